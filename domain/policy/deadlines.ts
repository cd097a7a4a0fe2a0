import { epochMs, type CivilDate, type Instant } from '../time.ts';
import { endOfDay } from './dates.ts';
import type { WorkingCalendar } from './working-days.ts';

/** The periods that are counted in working days; their lengths are policy data. */
export type DeadlineKind =
  /** N2.5: HRSS hands collective applications to the agency. */
  | 'handover'
  /** N3.1: the agency reviews. */
  | 'review'
  /** N3.1c: the applicant supplies what is missing. */
  | 'supplement'
  /** N3.1d: the applicant brings a certificate from elsewhere to HRSS. */
  | 'registration-filing'
  /** N3.1d: HRSS inspects and registers that certificate. */
  | 'certificate-registration'
  /** N3.1e: the applicant is told why not. */
  | 'refusal-notice'
  /** N3.2: the agency's list, cut off that day, is with HRSS. */
  | 'publicity-report'
  /** N3.2: HRSS puts the reported list on its site. */
  | 'publication'
  /** N3.2: the list stands on the site. */
  | 'publicity'
  /** N3.3: HRSS tells the agency who passed. */
  | 'passed-list'
  /** N3.3: the money reaches the applicant. */
  | 'payout'
  /** The bank may still send a paid transfer back. */
  | 'bank-return'
  /** A prepared payment batch is released, or expires. */
  | 'batch-release';

/** A pause of a deadline, from its first day that doesn't count to the first that counts again; null while it lasts. */
export interface Stop {
  readonly from: CivilDate;
  readonly resumedOn: CivilDate | null;
}

/** A deadline as a case keeps it: with the calendar it was computed from, so that it can be computed again. */
export interface Deadline<K extends DeadlineKind = DeadlineKind> {
  readonly kind: K;
  readonly startedOn: CivilDate;
  readonly workingDays: number;
  /** The last day. */
  readonly dueOn: CivilDate;
  /** 24:00 of the last day: the first instant that is late. */
  readonly dueAt: Instant;
  readonly calendarVersion: string;
  /** True when it reaches into a year whose calendar is not published yet. */
  readonly provisional: boolean;
  readonly stops: readonly Stop[];
  /** `dropped`: the case ended before it was met. */
  readonly status: 'running' | 'stopped' | 'met' | 'overdue' | 'met-late' | 'dropped';
}

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
  const dueOn = workingDays === 0 ? startedOn : calendar.add(startedOn, workingDays);
  return {
    kind,
    startedOn,
    workingDays,
    dueOn,
    dueAt: endOfDay(dueOn),
    calendarVersion: calendar.version,
    provisional: calendar.provisional(startedOn) || calendar.provisional(dueOn),
    stops: [],
    status: 'running',
  };
}

/** Whether the last day is over; 24:00 itself is late. */
export const pastDue = (deadline: Pick<Deadline, 'dueAt'>, now: Instant): boolean =>
  epochMs(now) >= epochMs(deadline.dueAt);
