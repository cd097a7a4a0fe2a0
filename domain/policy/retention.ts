import type { CaseState } from '../case/state.ts';
import { civilDate, yearOf } from './dates.ts';
import { type CivilDate, dateOf, type Instant } from '../time.ts';

/**
 * How long the personal data of a case is kept, by what became of it. Books, events and the entitlement name nobody and
 * are kept for good.
 */
export type RetentionClass =
  /** 支付类: money was sent, there are vouchers of payment. */
  | 'payment'
  /** 决定类: refused or cancelled by a decision. */
  | 'decision'
  /** 未决终结类: ended without a decision, as withdrawn, lapsed or merged. */
  | 'ended';

/** A version of the terms: dated data, as the archive's table sets it. */
export interface RetentionSchedule {
  readonly id: string;
  readonly inForceFrom: CivilDate;
  /** Years, counted from the 1 January after the case was over. */
  readonly years: Readonly<Record<RetentionClass, number>>;
  /** Calendar days for what was begun and never handed in: uploads that no case took. */
  readonly draftDays: number;
}

/** The notice sets no terms; these are the project's until the province's archive confirms them (docs/open-questions.md). */
export const retentionSchedules: readonly RetentionSchedule[] = [
  {
    id: 'retention-2017',
    inForceFrom: civilDate('2017-08-23'),
    years: { payment: 30, decision: 10, ended: 10 },
    draftDays: 90,
  },
];

/** The schedule of a day; the first one for a day before it. */
export function retentionOn(day: CivilDate, schedules = retentionSchedules): RetentionSchedule {
  const [first] = schedules;
  const found = schedules.findLast((one) => one.inForceFrom <= day) ?? first;
  if (!found) throw new Error('there is no schedule of retention');
  return found;
}

/** The schedule by its id, as a decision recorded it. */
export const retentionNamed = (id: string): RetentionSchedule | undefined =>
  retentionSchedules.find((one) => one.id === id);

/** What became of the case. */
export function retentionClassOf(state: CaseState): RetentionClass {
  if (state.stage === 'paid' || state.endedOrders > 0) return 'payment';
  return state.stage === 'refused' || state.stage === 'cancelled' ? 'decision' : 'ended';
}

/** The first day on which the data is no longer kept. @param over when the case was over */
export const keptUntil = ({ years }: RetentionSchedule, kind: RetentionClass, over: Instant): CivilDate =>
  civilDate(`${yearOf(dateOf(over)) + 1 + years[kind]}-01-01`);
