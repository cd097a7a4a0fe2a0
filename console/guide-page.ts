import { type ComponentChildren, h } from 'preact';
import { documentLabels, type RequiredDocument } from '../domain/document.ts';
import type { OrgCode } from '../domain/ids.ts';
import { yuan } from '../domain/money.ts';
import { channelLabels } from '../domain/policy/eligibility.ts';
import { certificateKindLabels, levelLabels, type Policy } from '../domain/policy/policy.ts';
import type { SelfCheckAnswer } from '../domain/policy/self-check.ts';
import { hotline, type Office } from '../domain/reference/office.ts';
import { agencyName, orgUnits } from '../domain/reference/org-units.ts';
import { framed } from './layout.ts';
import { type FilledIn, selfCheckAnswer, type SelfCheckErrors, selfCheckForm } from './self-check.ts';
import { chineseDate } from './words.ts';

export interface GuidePage {
  /** In force today: every number on the page is its. */
  readonly policy: Policy;
  /** Address and telephone of each agency. */
  readonly offices: ReadonlyMap<OrgCode, Office>;
  readonly filled: FilledIn;
  readonly errors: SelfCheckErrors;
  /** Null while nothing, or something wrong, was filled in. */
  readonly answer: SelfCheckAnswer | null;
}

/** Conditions, ways to apply, papers, offices and time limits in plain words, and the self-check (N6.5). */
export function guidePage({ policy, offices, filled, errors, answer }: GuidePage): string {
  const title = '职工技能提升补贴办事指南';
  return framed({
    title: answer ? `自查结果 - ${title}` : title,
    section: 'guide',
    main: [
      h('h1', null, title),
      h('p', { class: 'lead' }, `依据：${policy.document}，自${chineseDate(policy.inForceFrom)}起执行。`),
      contents(),
      ...conditions(policy),
      ...standards(policy),
      ...timeToApply(policy),
      ...ways(),
      ...procedure(policy),
      ...officeList(offices),
      h('h2', { id: 'self-check' }, '自查：我能不能申领'),
      h('p', { class: 'lead screen-only' }, '不用登录，不需要填写姓名和证件号码，填写的内容不会保存。'),
      answer && selfCheckAnswer(answer),
      Object.keys(errors).length > 0 && mistakes(errors),
      h('div', { class: 'screen-only' }, selfCheckForm(filled, errors)),
    ],
  });
}

const sections = {
  conditions: '申领条件',
  standards: '补贴标准',
  time: '申领期限',
  ways: '怎样申领',
  procedure: '办理流程和时限',
  offices: '到哪里办理',
} as const;
const heading = (section: keyof typeof sections): ComponentChildren => h('h2', { id: section }, sections[section]);

const contents = (): ComponentChildren =>
  h(
    'nav',
    { 'aria-label': '本页内容', class: 'screen-only' },
    h(
      'ul',
      null,
      [...Object.entries(sections), ['self-check', '自查：我能不能申领']].map(([id, label]) =>
        h('li', null, h('a', { href: `#${id ?? ''}` }, label)),
      ),
    ),
  );

const mistakes = (errors: SelfCheckErrors): ComponentChildren =>
  h(
    'div',
    { id: 'answer', class: 'box bad', role: 'alert' },
    h('h3', null, '请改正以下内容'),
    h(
      'ul',
      null,
      Object.entries(errors).map(([name, message]) => h('li', null, h('a', { href: `#${name}` }, message))),
    ),
  );

const tableHead = (labels: readonly string[]): ComponentChildren =>
  h(
    'thead',
    null,
    h(
      'tr',
      null,
      labels.map((label) => h('th', { scope: 'col' }, label)),
    ),
  );

function conditions({ contributionMonths, certificates }: Policy): readonly ComponentChildren[] {
  const kinds = certificates.kinds.map((kind) => certificateKindLabels[kind]).join('或');
  const levels = certificates.levels.map((level) => levelLabels[level]).join('、');
  return [
    heading('conditions'),
    h('p', null, '同时符合以下条件的，可以申领：'),
    h(
      'ol',
      null,
      h('li', null, '申请之日是参加失业保险的企业职工；'),
      h('li', null, `累计缴纳失业保险费${contributionMonths}个月以上（含${contributionMonths}个月），没有欠费；`),
      h('li', null, `${chineseDate(certificates.issuedFrom)}（含）以后取得${levels}${kinds}。`),
    ),
    h(
      'p',
      null,
      '外省或行业机构核发的证书，须先由参保地人社部门查验备案，记入本省的证书查询系统。尚未备案的也可以先申请：' +
        '经办机构会书面告知您到哪里、带什么材料、在什么期限内办理，其间审核时限中止计算。',
    ),
  ];
}

function standards(policy: Policy): readonly ComponentChildren[] {
  const { occupations } = policy.shortage;
  const amount = (amountFen: Policy['standards'][5]) => (amountFen === undefined ? '无' : yuan(amountFen));
  return [
    heading('standards'),
    h(
      'table',
      null,
      h('caption', null, '一次性发放，单位：元'),
      tableHead(['证书等级', '一般职业', '紧缺职业']),
      h(
        'tbody',
        null,
        policy.certificates.levels.map((level) =>
          h(
            'tr',
            null,
            h('th', { scope: 'row' }, levelLabels[level]),
            h('td', null, amount(policy.standards[level])),
            h('td', null, amount(policy.shortage.standards[level])),
          ),
        ),
      ),
    ),
    h('p', null, `紧缺职业（工种）：${[...new Set(occupations.map(({ name }) => name))].join('、')}。`),
    h('p', null, '同一职业（工种）同一等级只能享受一次。'),
  ];
}

function timeToApply({ claimWindowMonths, counterClosingTime }: Policy): readonly ComponentChildren[] {
  return [
    heading('time'),
    h(
      'p',
      null,
      `自证书核发之日起${claimWindowMonths}个月内申请；最后一日是法定休假日、休息日的，顺延到其后的第一个工作日。` +
        `网上申请到最后一日24时，现场申请和集中申请到最后一日${counterClosingTime}。补发的证书按首次核发日期计算。`,
    ),
    h('p', null, '您的证书最后可以申请到哪一天，请用', h('a', { href: '#self-check' }, '本页的自查'), '查看。'),
  ];
}

const papersOf = (...kinds: readonly RequiredDocument[]): string =>
  kinds.map((kind) => documentLabels[kind]).join('；');

function ways(): readonly ComponentChildren[] {
  const counter = `${papersOf('certificate', 'id-card')}（均须原件和复印件）；申请表`;
  const rows = [
    [
      `${channelLabels.online}申请`,
      '登录参保地经办机构网站填写申请表，上传材料扫描件。',
      papersOf('certificate', 'id-card'),
    ],
    [`${channelLabels.counter}申请`, '到参保地经办机构窗口；省直行业企业职工到省级经办机构。', counter],
    [
      `${channelLabels.collective}申请`,
      '由企业人力资源部门统一报送参保地人社部门失业保险科（处），省直行业企业报送省人社厅失业保险处，可约定联合办公或上门服务。',
      `${papersOf('certificate', 'id-card')}；每位职工${documentLabels.commitment}`,
    ],
    [
      '他人代办',
      '只能到窗口办理，办理后会通知您本人。',
      `窗口申请的全部材料；另须${papersOf('id-card', 'proxy-id-card')}（均须原件）`,
    ],
    [
      '跨统筹地区转入的',
      '按上述任何一种方式申请。',
      `该方式所需的全部材料；另须${papersOf('no-subsidy-proof')}（每个原参保地各一份）`,
    ],
  ];
  const labels = ['方式', '怎样办', '需要的材料'];
  return [
    heading('ways'),
    h(
      'table',
      { class: 'cards' },
      tableHead(labels),
      h(
        'tbody',
        null,
        rows.map((cells) =>
          h(
            'tr',
            null,
            cells.map((cell, at) =>
              at === 0
                ? h('th', { scope: 'row', 'data-label': labels[at] }, cell)
                : h('td', { 'data-label': labels[at] }, cell),
            ),
          ),
        ),
      ),
    ),
    h('p', null, '材料不全的先受理，会一次性告知需要补充的材料。补贴发放到您本人的社会保障卡或银行账户。'),
  ];
}

function procedure({ deadlines, reconsiderationDays }: Policy): readonly ComponentChildren[] {
  return [
    heading('procedure'),
    h(
      'ol',
      null,
      h('li', null, `审核：经办机构收到申请后${deadlines.review}个工作日内审核，由两人签署意见。`),
      h(
        'li',
        null,
        `未通过的：审核后${deadlines['refusal-notice']}个工作日内告知原因；有异议的，可自收到告知之日起${reconsiderationDays}日内向同级人社部门申请复核。`,
      ),
      h('li', null, `公示：审核通过的名单每月分两次报人社部门，在其网站公示，不少于${deadlines.publicity}个工作日。`),
      h(
        'li',
        null,
        `发放：公示无异议的，自人社部门将名单告知经办机构起${deadlines.payout}个工作日内一次性发放到本人账户。`,
      ),
    ),
  ];
}

function officeList(offices: GuidePage['offices']): readonly ComponentChildren[] {
  const regions = orgUnits.filter(({ kind }) => kind === 'city' || kind === 'provincial-direct');
  return [
    heading('offices'),
    h('p', null, '到参加失业保险的县（市、区）经办机构办理；省直行业企业职工到省级经办机构办理。'),
    h('p', null, `没有列出电话的，请拨打${hotline}。`),
    h(
      'table',
      { class: 'cards' },
      tableHead(officeLabels),
      h(
        'tbody',
        null,
        regions.map(({ code, name }) => officeRow(code, name, offices)),
      ),
    ),
  ];
}

const officeLabels = ['统筹地区', '经办机构'];
function officeRow(region: OrgCode, name: string, offices: GuidePage['offices']): ComponentChildren {
  const units = orgUnits.filter(({ code, parent }) => code === region || parent === region);
  return h(
    'tr',
    null,
    h('th', { scope: 'row', 'data-label': officeLabels[0] }, name),
    h('td', { 'data-label': officeLabels[1] }, units.map(({ code }) => officeText(code, offices.get(code))).join('、')),
  );
}

/** 长春市南关区社会保险经办机构（大经路1号，0431-12345678）; what nobody told is left out. */
function officeText(org: OrgCode, office: Office | undefined): string {
  const known = [office?.address, office?.phone].filter((one) => typeof one === 'string');
  return known.length === 0 ? agencyName(org) : `${agencyName(org)}（${known.join('，')}）`;
}
