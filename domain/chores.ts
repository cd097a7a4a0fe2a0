import { atTime, startOfDay } from './policy/dates.ts';
import type { Policy } from './policy/policy.ts';
import type { WorkingCalendar } from './policy/working-days.ts';
import { isCutOffDay } from './round/cut-off-days.ts';
import type { CivilDate, Instant } from './time.ts';

/** What a business day brings at an hour of its own. */
export interface Chore {
  /**
   * `move-deadlines`: the calendar changed; `remind`: what is due soon, and what is late goes up (N3.1); `cut-off`:
   * agencies report their passed lists (N3.2); `housekeeping`: archive and retention.
   */
  readonly kind: 'move-deadlines' | 'remind' | 'housekeeping' | 'cut-off';
  readonly at: Instant;
}

/** While offices are closed. */
const housekeepingTime = '03:00';

/** A day's chores in the order of their hours. */
export function choresOf(day: CivilDate, policy: Policy, calendar: WorkingCalendar): readonly Chore[] {
  const at = atTime(day, policy.publicityReports.cutOffTime);
  const remind: Chore = { kind: 'remind', at: startOfDay(day) };
  const housekeeping: Chore = { kind: 'housekeeping', at: atTime(day, housekeepingTime) };
  const daily = [remind, housekeeping];
  return isCutOffDay(day, policy, calendar) ? [...daily, { kind: 'cut-off', at }] : daily;
}
