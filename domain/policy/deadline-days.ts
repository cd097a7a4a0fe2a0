import type { CivilDate } from '../time.ts';
import { addDays, endOfDay } from './dates.ts';
import type { Deadline, DeadlineKind, Stop } from './deadlines.ts';
import type { WorkingCalendar } from './working-days.ts';

/**
 * Starts a deadline: the start day is not counted, the n-th working day after it is the last (N3.1). 0: the start day
 * itself is the last.
 */
export function startDeadline<K extends DeadlineKind>(
  kind: K,
  startedOn: CivilDate,
  workingDays: number,
  calendar: WorkingCalendar,
): Deadline<K> {
  return { kind, startedOn, workingDays, ...endOf(startedOn, workingDays, [], calendar), stops: [], status: 'running' };
}

/**
 * Resumes a stopped deadline on the working day after what it waited for, with the rest of its days (N3.1d). One that is
 * not stopped is left as it is.
 * @param after the day of the entry, the supplement, the new account; not counted itself
 */
export function resumeDeadline<D extends Deadline>(deadline: D, after: CivilDate, calendar: WorkingCalendar): D {
  if (deadline.status !== 'stopped') return deadline;
  const resumedOn = calendar.next(after);
  const stops = deadline.stops.map((stop) => (stop.resumedOn === null ? { ...stop, resumedOn } : stop));
  const end = endOf(deadline.startedOn, deadline.workingDays, stops, calendar);
  // A calendar published meanwhile may count days as worked that were not: the last day is one that still comes.
  const isOver = end.dueOn < resumedOn;
  return { ...deadline, ...end, ...(isOver ? lastDay(resumedOn) : {}), stops, status: 'running' };
}

/** The end of a period with that ledger of stops, by a calendar; a stop that still lasts takes no days yet. */
export function endOf(
  startedOn: CivilDate,
  workingDays: number,
  stops: readonly Stop[],
  calendar: WorkingCalendar,
): Pick<Deadline, 'dueOn' | 'dueAt' | 'calendarVersion' | 'provisional'> {
  let dueOn = startedOn;
  for (let counted = 0; counted < workingDays; counted += 1) dueOn = nextCounting(dueOn, stops, calendar);
  return {
    ...lastDay(dueOn),
    calendarVersion: calendar.version,
    provisional: calendar.provisional(startedOn) || calendar.provisional(dueOn),
  };
}

const lastDay = (dueOn: CivilDate) => ({ dueOn, dueAt: endOfDay(dueOn) });

/** The next working day after the date on which nothing stops the clock. */
function nextCounting(date: CivilDate, stops: readonly Stop[], calendar: WorkingCalendar): CivilDate {
  let day = calendar.next(date);
  for (const { from, resumedOn } of stops) {
    if (resumedOn !== null && from <= day && day < resumedOn) day = calendar.next(addDays(resumedOn, -1));
  }
  return day;
}
