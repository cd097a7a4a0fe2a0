import type { CaseNo } from '../ids.ts';
import { addDays } from '../policy/dates.ts';
import type { Policy } from '../policy/policy.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import type { CivilDate } from '../time.ts';

/** What makes a paid case worth a second look (N3.4c); it is shown to people and decides nothing. */
export const riskSigns = {
  'shared-account': { label: '同一账户出现在多个案件' },
  'shared-phone': { label: '同一电话出现在多个案件' },
  'busy-proxy': { label: '同一代办人办理多个案件' },
  'consecutive-certificates': { label: '证书编号连续' },
} as const;
export type RiskSign = keyof typeof riskSigns;

export interface Sign {
  readonly sign: RiskSign;
  /** The other cases in which it was seen, in case-number order. */
  readonly others: readonly CaseNo[];
}

/** A paid case of the month, with its place in the lot: a number that follows from the seed. */
export interface Drawable {
  readonly caseNo: CaseNo;
  readonly lot: string;
  readonly signs: readonly Sign[];
}

export interface Drawn {
  readonly caseNo: CaseNo;
  readonly byLot: boolean;
  readonly signs: readonly Sign[];
}

/**
 * The sample of a month (N3.4c): so many percent at random, but not fewer than the least; and of the others those with
 * the most signs, up to the policy's number.
 */
export function draw(paid: readonly Drawable[], { sample }: Policy): readonly Drawn[] {
  const wanted = Math.max(Math.ceil((paid.length * sample.percent) / 100), sample.atLeast);
  const byLot = [...paid].sort((a, b) => (a.lot < b.lot ? -1 : 1)).slice(0, wanted);
  const chosen = new Set(byLot.map(({ caseNo }) => caseNo));
  const bySigns = paid
    .filter(({ caseNo, signs }) => signs.length > 0 && !chosen.has(caseNo))
    .sort((a, b) => b.signs.length - a.signs.length || (a.caseNo < b.caseNo ? -1 : 1))
    .slice(0, sample.signsAtMost);
  const drawn = (list: readonly Drawable[], isByLot: boolean): readonly Drawn[] =>
    list.map(({ caseNo, signs }) => ({ caseNo, byLot: isByLot, signs }));
  return [...drawn(byLot, true), ...drawn(bySigns, false)].sort((a, b) => (a.caseNo < b.caseNo ? -1 : 1));
}

/** Whether the day is the month's first working day, on which last month's payments are sampled. */
export const isSampleDay = (day: CivilDate, calendar: WorkingCalendar): boolean =>
  calendar.onOrAfter(firstOf(day)) === day;

const firstOf = (day: CivilDate): CivilDate => addDays(day, 1 - Number(day.slice(8)));

/** The month before a day's, by its first day. */
export const monthBefore = (day: CivilDate): CivilDate => firstOf(addDays(firstOf(day), -1));

/** First days of a month and of the one after. */
export function monthFrom(first: CivilDate): { readonly from: CivilDate; readonly before: CivilDate } {
  return { from: first, before: firstOf(addDays(first, 31)) };
}

/** `…0400001` → its neighbours `…0400000` and `…0400002`; none where a number does not end in digits. */
export function neighbours(certificateNumber: string): readonly string[] {
  const [, head = '', digits = ''] = /^(.*?)(\d{1,15})$/.exec(certificateNumber) ?? [];
  if (digits === '') return [];
  const number = Number(digits);
  return [number - 1, number + 1].filter((n) => n >= 0).map((n) => head + String(n).padStart(digits.length, '0'));
}

export const sampleId = (org: string, month: CivilDate): string => `${org}-${month.slice(0, 7)}`;
