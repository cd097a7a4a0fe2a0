import { addDays, dateOf } from '../policy/dates.ts';
import { levelLabels, type Policy } from '../policy/policy.ts';
import type { CivilDate } from '../time.ts';
import type { TellingFacts } from './tellings.ts';

/** Salutation, paragraphs, who signs and when: the form of every letter. */
export const letterOf = ({ name, agency, on, caseNo }: TellingFacts, paragraphs: readonly string[]): string =>
  [`${name}：`, ...paragraphs.map((one) => `　　${one}`), `案件编号：${caseNo}`, agency, dayInWords(on)].join('\n');

/** N3.1e: facts, clause, reason, date, and the remedies with their periods. */
export function refusalLetter(facts: TellingFacts): string {
  const { state, policy, reasons } = facts;
  const { occupation, level } = state.certificate;
  const filed = `您于${dayInWords(dateOf(state.filedAt))}申请职工技能提升补贴（职业（工种）：${occupation}，等级：${levelLabels[level]}）。`;
  return letterOf(facts, [
    `${filed}经审核，您的申请不符合规定，决定不予通过。理由如下：`,
    ...reasons.map(({ clause, text }, index) => `${index + 1}．${text}（依据：${basisOf(clause, policy)}）`),
    ...remedies(facts),
  ]);
}

/** The remedies in the policy's words; `{until}` is the last day to ask for reconsideration (N3.1f). */
export function remedies({ state, policy }: TellingFacts): readonly string[] {
  const until = state.stage === 'refused' ? dayInWords(addDays(dateOf(state.reconsiderUntil), -1)) : '';
  return policy.letters.remedies
    .filter((one) => until !== '' || !one.includes('{until}'))
    .map((one) => one.replaceAll('{until}', until));
}

/** Where the notice says so, in the notice's own numbering; the document alone where the catalog does not know the clause. */
export const basisOf = (clause: string, policy: Policy): string => {
  const row = policy.refusalReasons.find((one) => one.clause === clause);
  return row ? `${policy.letters.citation}${row.basis}` : policy.letters.citation;
};

/** `2017年9月5日`. */
export const dayInWords = (date: CivilDate): string => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
};
