import { addDays, addMonths, civilDate } from '../policy/dates.ts';
import type { Policy } from '../policy/policy.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import type { CivilDate } from '../time.ts';

/**
 * The days of a month on which agencies report their passed list (N3.2): the last working day on or before each day that
 * the policy names; in a month that is too short, on or before its last day.
 * @param month any day of it
 */
function cutOffDays(
  month: CivilDate,
  { publicityReports }: Pick<Policy, 'publicityReports'>,
  calendar: WorkingCalendar,
): readonly CivilDate[] {
  const first = firstOf(month);
  const last = addDays(addMonths(first, 1), -1);
  return publicityReports.daysOfMonth.map((n) => {
    const day = addDays(first, n - 1);
    return calendar.onOrBefore(day < last ? day : last);
  });
}

/** Whether agencies report on this day. Holidays could push the first report of a month back into the one before. */
export const isCutOffDay = (
  day: CivilDate,
  policy: Pick<Policy, 'publicityReports'>,
  calendar: WorkingCalendar,
): boolean => [day, addMonths(firstOf(day), 1)].some((month) => cutOffDays(month, policy, calendar).includes(day));

const firstOf = (date: CivilDate): CivilDate => civilDate(`${date.slice(0, 8)}01`);
