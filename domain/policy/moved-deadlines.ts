import type { CivilDate } from '../time.ts';
import { addDays, endOfDay } from './dates.ts';
import { type Deadline, type DeadlineKind } from './deadlines.ts';
import { endOf } from './deadline-days.ts';
import type { WorkingCalendar } from './working-days.ts';

/** Periods in which the applicant has to do something (N3.1a, N3.1d). */
const ownPeriods = ['supplement', 'registration-filing'] as const;
export type OwnPeriod = (typeof ownPeriods)[number];

export const isOwnPeriod = (kind: DeadlineKind): kind is OwnPeriod => (ownPeriods as readonly string[]).includes(kind);

/** Periods that people have, and windows that were announced: a changed calendar may lengthen them, never shorten them. */
const neverShorter: ReadonlySet<DeadlineKind> = new Set([...ownPeriods, 'publicity']);

/** What an office has to meet: it is late when it passes, and supervisors hear of it. */
export const isOffices = (kind: DeadlineKind): boolean => !neverShorter.has(kind) && kind !== 'bank-return';

/**
 * The deadline as a changed calendar has it; null where the change does not touch it. An office's deadline follows the
 * calendar both ways, but never to a day that is over: nobody is late by a notice that was not there yet. A stopped one
 * is computed anew when it goes on. Who was reminded of the old day, or heard that it was over, hears of the new one.
 * @param today the day on which it is moved
 * @param startedOn its first day by the calendar, where that follows from another period's end
 */
export function movedDeadline<K extends DeadlineKind>(
  deadline: Deadline<K>,
  calendar: WorkingCalendar,
  today: CivilDate,
  startedOn: CivilDate = deadline.startedOn,
): Deadline<K> | null {
  const { kind, workingDays, stops, status } = deadline;
  if ((status !== 'running' && status !== 'overdue') || deadline.calendarVersion === calendar.version) return null;
  const end = endOf(startedOn, workingDays, stops, calendar);
  const dueOn = end.dueOn >= deadline.dueOn ? end.dueOn : shortened(deadline, end.dueOn, today);
  if (dueOn === deadline.dueOn)
    return end.provisional === deadline.provisional && startedOn === deadline.startedOn
      ? null
      : { ...deadline, startedOn, calendarVersion: end.calendarVersion, provisional: end.provisional };
  const now = today <= dueOn ? 'running' : status;
  return { kind, startedOn, workingDays, ...end, dueOn, dueAt: endOfDay(dueOn), stops, status: now };
}

function shortened({ kind, dueOn }: Deadline, end: CivilDate, today: CivilDate): CivilDate {
  if (neverShorter.has(kind) || dueOn <= today) return dueOn;
  return end > today ? end : today;
}

/**
 * Working days that are left after today, visible to everyone: as many as the period has on the day it starts, 0 on its
 * last day, below 0 by the days that it is late. Null once it was met or dropped. A stopped one keeps its rest.
 */
export function remainingWorkingDays(deadline: Deadline, calendar: WorkingCalendar, today: CivilDate): number | null {
  const { status, startedOn, workingDays, dueOn, stops } = deadline;
  if (status === 'running' || status === 'overdue') return calendar.count(today < startedOn ? startedOn : today, dueOn);
  if (status !== 'stopped') return null;
  let used = 0;
  let before = startedOn;
  for (const { from, resumedOn } of stops) {
    used += Math.max(0, calendar.count(before, addDays(from, -1)));
    if (resumedOn !== null) before = addDays(resumedOn, -1);
  }
  return workingDays - used;
}
