import { addDays, atTime, civilDate, yearOf } from './policy/dates.ts';
import type { Policy } from './policy/policy.ts';
import type { WorkingCalendar } from './policy/working-days.ts';
import { isSampleDay } from './sample/sample.ts';
import { isCutOffDay } from './round/cut-off-days.ts';
import { type CivilDate, dateOf, epochMs, type Instant, startOfDay } from './time.ts';

/** What a business day brings at an hour of its own. */
export interface Chore {
  /**
   * `move-deadlines`: the calendar changed; `remind`: what is due soon, and what is late goes up (N3.1); `cut-off`:
   * agencies report their passed lists (N3.2); `housekeeping`: archive and retention; `reconcile`: the bank days since
   * the last working day are held against the books; `year-end`: what is open of the last budget year moves over (N5.1);
   * `sample`: last month's payments are looked at (N3.4c).
   */
  readonly kind: 'move-deadlines' | 'remind' | 'housekeeping' | 'cut-off' | 'reconcile' | 'year-end' | 'sample';
  readonly at: Instant;
}

export interface Opening {
  readonly day: CivilDate;
  readonly opensAt: Instant;
  /** A later notice may put a working day before it: until then it is asked again, each midnight. Absent: it is the next day. */
  readonly askAgainAt?: Instant;
}

/** The working day after the one that was opened last. */
export function nextOpening(last: CivilDate, now: Instant, calendar: WorkingCalendar): Opening {
  const day = calendar.next(last);
  const tomorrow = addDays(dateOf(now), 1);
  return { day, opensAt: startOfDay(day), ...(day > tomorrow ? { askAgainAt: startOfDay(tomorrow) } : {}) };
}

/** While offices are closed. */
const housekeepingTime = '03:00';

/** A day's chores in the order of their hours. */
export function choresOf(day: CivilDate, policy: Policy, calendar: WorkingCalendar): readonly Chore[] {
  const newYear = civilDate(`${yearOf(day)}-01-01`);
  const isFirst = calendar.next(addDays(newYear, -1)) === day;
  const yearEnd: readonly Chore[] = isFirst ? [{ kind: 'year-end', at: startOfDay(day) }] : [];
  const cutOff: readonly Chore[] = isCutOffDay(day, policy, calendar)
    ? [{ kind: 'cut-off', at: atTime(day, policy.publicityReports.cutOffTime) }]
    : [];
  const reconcile: Chore = { kind: 'reconcile', at: atTime(day, policy.bankDays.reconcileAt) };
  const sample: readonly Chore[] = isSampleDay(day, calendar)
    ? [{ kind: 'sample', at: atTime(day, policy.sample.drawnAt) }]
    : [];
  const remind: Chore = { kind: 'remind', at: startOfDay(day) };
  const housekeeping: Chore = { kind: 'housekeeping', at: atTime(day, housekeepingTime) };
  const chores: readonly Chore[] = [...yearEnd, remind, housekeeping, ...cutOff, ...sample, reconcile];
  return [...chores].sort((one, other) => epochMs(one.at) - epochMs(other.at));
}
