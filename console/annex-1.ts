import { type Annex1, commitmentText, type AgencyOpinion } from '../domain/annex-1.ts';
import { yuan } from '../domain/money.ts';
import { levelLabels } from '../domain/policy/policy.ts';
import type { CivilDate, Instant } from '../domain/time.ts';
import { type Content, type Pdf, pdf, type TableCell } from './pdf.ts';
import { chineseDate, dayAndTime, genderLabels, levelWords } from './words.ts';

/** Annex 1 as the notice prints it, filled in, for signature and for the file; confirmed online, it says so in the signature's place. @param at when it was made */
export function annex1Pdf(form: Annex1, at: Instant): Promise<Pdf> {
  return pdf({
    title: '吉林省参保企业职工技能提升补贴申请表',
    at,
    footer: `案件编号：${form.caseNo}`,
    content: [
      { text: '附件1', fontSize: 10.5 },
      {
        text: '吉林省参保企业职工技能提升补贴申请表',
        fontSize: 16,
        alignment: 'center',
        margin: [0, 4, 0, 10],
      },
      { table: { widths: [72, '*', 52, 102, 52, 80], body: rowsOf(form) }, layout: lines },
    ],
  });
}

const lines = { hLineWidth: () => 0.7, vLineWidth: () => 0.7, paddingTop: () => 5, paddingBottom: () => 5 };

const label = (text: string): TableCell => ({ text, alignment: 'center' });
const wide = (columns: number, ...stack: Content[]): TableCell[] => [
  { stack, colSpan: columns },
  ...Array.from({ length: columns - 1 }, (): TableCell => ''),
];

function rowsOf(form: Annex1): TableCell[][] {
  const { applicant, employer, certificate, account } = form;
  const { handler, reviewer } = signatures(form);
  return [
    [
      label('姓　　名'),
      applicant.name,
      label('性别'),
      genderLabels[applicant.gender],
      label('出生日期'),
      chineseDate(applicant.birthDate),
    ],
    [label('单位全称'), ...wide(5, { columns: [employer.name, { text: '（营业执照为准）', width: 'auto' }] })],
    [label('所属行业'), employer.industry, label('单位地址'), ...wide(3, employer.address)],
    [
      label('职业（工种）及等级'),
      `${certificate.occupation}\n${levelLabels[certificate.level]}`,
      label('证书编号'),
      { text: certificate.number, wordBreak: 'break-all' },
      label('核发日期'),
      chineseDate(certificate.issuedOn),
    ],
    [label('家庭地址'), ...wide(3, applicant.homeAddress), label('联系电话'), applicant.phone],
    [label('身份证号'), ...wide(5, boxes(applicant.idNumber, 18, 1))],
    [label('社会保障卡或银行卡号'), ...wide(5, boxes(account.number, 19, 2))],
    [label('开户银行'), ...wide(5, account.bank)],
    [label('技能补贴\n申领情况'), ...wide(5, ...claimsOf(form))],
    wide(6, ...commitmentOf(form)),
    [
      { text: '社保\n经办\n机构\n审核', alignment: 'center', margin: [0, 14, 0, 0] },
      ...wide(5, ...opinionOf(form.opinion)),
    ],
    wide(6, {
      columns: [`经办人（签章）：${handler}`, { text: `复核人（签章）：${reviewer}`, width: 200 }],
    }),
  ];
}

/** Who signed, by name; by sign-in name where nobody gave one. */
const signatures = ({ signers }: Annex1) => ({
  handler: signers?.handlerName ?? signers?.handler ?? '',
  reviewer: signers?.reviewerName ?? signers?.reviewer ?? '',
});

/** One character a box, as the form asks for numbers. @param high lines of the label beside it */
function boxes(number: string, atLeast: number, high: 1 | 2): Content {
  const characters = Array.from(number.padEnd(atLeast));
  const room = { 1: 5, 2: 13.5 }[high];
  return {
    table: {
      widths: characters.map(() => '*'),
      body: [characters.map((character) => ({ text: character, alignment: 'center' }))],
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: (at: number) => (at === 0 || at === characters.length ? 0 : 0.5),
      paddingLeft: () => 1,
      paddingRight: () => 1,
      paddingTop: () => room,
      paddingBottom: () => room,
    },
    margin: [-4, -5, -4, -5],
  };
}

const tick = (isTicked: boolean): string => (isTicked ? '√' : '□');

function claimsOf({ priorClaims }: Annex1): Content[] {
  const isFirst = priorClaims.length === 0;
  const claims = priorClaims.map(({ month, occupation, level }) => {
    const [year = '', monthOfYear = ''] = month.split('-');
    return `${year}年${Number(monthOfYear)}月已申领过${occupation}职业（工种）${levelLabels[level]}等级的技能提升补贴。`;
  });
  const blank = '______年____月已申领过________________职业（工种）______等级的技能提升补贴。';
  const [first = blank, ...others] = claims;
  return [`${tick(isFirst)}初次申请；　${tick(!isFirst)}多次申请，${first}`, ...others];
}

const onThatDay = (day: CivilDate | null): Content => ({
  text: day === null ? '年　　月　　日' : chineseDate(day),
  alignment: 'right',
  margin: [0, 6, 24, 6],
});

function commitmentOf({ commitment, proxy, confirmedAt }: Annex1): Content[] {
  const confirmed = confirmedAt === null ? '' : `申请人已于${dayAndTime(confirmedAt)}通过本人实名账号在线确认`;
  return [
    { text: '承　诺　书', alignment: 'center', fontSize: 12, margin: [0, 0, 0, 4] },
    { text: commitmentText, leadingIndent: 21 },
    onThatDay(commitment.signedOn),
    { text: `申请人签字：${confirmed}`, margin: [230, 0, 0, 8] },
    { text: `代办人签字：${proxy ? `　　　　　　　（${proxy.name}）` : ''}`, margin: [230, 0, 0, 8] },
    { text: `代办人身份证号：${proxy?.idNumber ?? ''}`, margin: [230, 0, 0, 0] },
  ];
}

function opinionOf(opinion: AgencyOpinion | null): Content[] {
  const seal: Content = { text: '（盖章）', alignment: 'right', margin: [0, 0, 24, 0] };
  if (opinion?.outcome === 'refuse') {
    // In words: clauses go by ids of this system's own, which no letter or form shows.
    const reasons = opinion.reasons.map(({ text }) => text.replace(/。$/u, '')).join('；');
    return [
      { text: `根据吉林省参保职工技能提升补贴政策有关规定，审核未通过。原因：${reasons}。`, leadingIndent: 21 },
      onThatDay(opinion.decidedOn),
      seal,
    ];
  }
  const text = [
    '根据吉林省参保职工技能提升补贴政策有关规定，申请人取得',
    under(opinion?.occupation ?? '____________'),
    '职业（工种）',
    under(opinion ? levelWords[opinion.level] : '____'),
    '级资格证书，（',
    opinion ? under(opinion.shortage ? '是' : '否') : '是、否',
    '）属本地区紧缺急需职业（工种）目录，可享受技能提升补贴',
    under(opinion ? yuan(opinion.amountFen) : '________'),
    '元。',
  ];
  return [{ text, leadingIndent: 21 }, onThatDay(opinion?.decidedOn ?? null), seal];
}

/** What is filled in stands on a line; an empty place is a line already. */
const under = (text: string): Content => (text.startsWith('_') ? text : { text: ` ${text} `, decoration: 'underline' });
