import { addDays, dayInWords } from '../policy/dates.ts';
import { dateOf } from '../time.ts';
import type { DeadlineKind } from '../policy/deadlines.ts';
import { levelLabels, type Policy } from '../policy/policy.ts';
import { phoneOf } from '../reference/office.ts';
import { agencyName, hrssName } from '../reference/org-units.ts';
import type { TellingFacts } from './telling-texts.ts';

/** Who signs a letter, by full name: the agency, or HRSS where it decided (N3.1f, N3.4a). */
const signers = { agency: agencyName, hrss: hrssName } as const;
export type Signer = keyof typeof signers;

/** Salutation, paragraphs, who signs and when: the form of every letter. */
export const letterOf = (
  { name, org, on, caseNo }: TellingFacts,
  paragraphs: readonly string[],
  signer: Signer = 'agency',
): string =>
  [
    `${name}：`,
    ...paragraphs.map((one) => `　　${one}`),
    `案件编号：${caseNo}`,
    signers[signer](org),
    dayInWords(on),
  ].join('\n');

/** N3.1e: facts, clause, reason, date, and the remedies with their periods. */
export function refusalLetter(facts: TellingFacts): string {
  const { state, policy, reasons } = facts;
  const { occupation, level } = state.certificate;
  const filed = `您于${dayInWords(dateOf(state.filedAt))}申请职工技能提升补贴（职业（工种）：${occupation}，等级：${levelLabels[level]}）。`;
  return letterOf(facts, [
    `${filed}经审核，您的申请不符合规定，决定不予通过。理由如下：`,
    ...reasons.map(({ clause, text }, index) => `${index + 1}．${text}（依据：${basisOf(clause, policy)}）`),
    ...remedies(facts),
    inquiries(facts),
  ]);
}

const inquiries = ({ office }: TellingFacts): string => {
  const address = office.address === null ? '' : `办公地址：${office.address}。`;
  return `${address}咨询电话：${phoneOf(office)}。`;
};

/** N3.1a: the complete list, until when, and what follows if nothing comes. */
export const supplementLetter = (facts: TellingFacts): string =>
  letterOf(facts, [
    '您的职工技能提升补贴申请需要补正。现将需要补正的全部内容一次性告知如下：',
    ...listOf(facts),
    `请于${lastDayOf(facts, 'supplement')}前（含当日）在网上或到经办机构补齐。补正期间不计入审核期限。逾期未补正的，申请失效，您可以重新申请。`,
  ]);

/** N3.1d: where, with what and until when. */
export const registrationLetter = (facts: TellingFacts): string =>
  letterOf(facts, [
    '您的证书由外省或行业职业技能鉴定机构核发，须先由参保地人力资源和社会保障部门查验备案，再继续审核。',
    ...listOf(facts),
    `请于${lastDayOf(facts, 'registration-filing')}前（含当日）持证书原件和居民身份证原件到参保地人力资源和社会保障部门办理。办理期间不计入审核期限，申请日期不变。逾期未办理的，申请失效，您可以重新申请。`,
  ]);

/** Taken back at the counter: what was written down there, so that she can say it was not so. */
export const withdrawalLetter = (facts: TellingFacts): string =>
  letterOf(facts, [
    '您的职工技能提升补贴申请已由经办机构按您的要求撤回，不再办理。登记的原因如下：',
    ...listOf(facts),
    '如非您本人意愿，请尽快与经办机构联系。您可以在规定的期限内重新申请。',
  ]);

const listOf = ({ reasons }: TellingFacts): readonly string[] =>
  reasons.map(({ text }, index) => `${index + 1}．${text}`);

/** The last day of what the case waits for, in words. */
export const lastDayOf = ({ state }: TellingFacts, kind: DeadlineKind): string => {
  const deadline = state.deadlines.findLast((one) => one.kind === kind);
  return deadline ? dayInWords(deadline.dueOn) : '规定的日期';
};

/** N3.1f: upheld, why, and what is left outside this system. */
export const upheldLetter = (facts: TellingFacts): string =>
  letterOf(
    facts,
    [
      '您对技能提升补贴申请审核结果提出的复核申请，经重新核查，决定维持不予通过。理由如下：',
      ...listOf(facts),
      ...facts.policy.letters.remedies.filter((one) => !one.includes('{until}')),
    ],
    'hrss',
  );

/** The remedies in the policy's words; `{until}` is the last day to ask for reconsideration (N3.1f). */
export function remedies({ state, policy }: Pick<TellingFacts, 'state' | 'policy'>): readonly string[] {
  const until = state.stage === 'refused' ? dayInWords(addDays(dateOf(state.reconsiderUntil), -1)) : '';
  return policy.letters.remedies
    .filter((one) => until !== '' || !one.includes('{until}'))
    .map((one) => one.replaceAll('{until}', until));
}

/** Where the notice says so, in the notice's own numbering; the document alone where the catalog does not know the clause. */
const basisOf = (clause: string, policy: Policy): string => {
  const row = policy.refusalReasons.find((one) => one.clause === clause);
  return row ? `${policy.letters.citation}${row.basis}` : policy.letters.citation;
};
