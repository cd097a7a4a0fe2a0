import type { OrgCode } from '../ids.ts';
import { epochMs, type CivilDate, type Instant } from '../time.ts';

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
  /** N3.1f: HRSS decides on a reconsideration. */
  | 'reconsideration'
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
  | 'batch-release'
  /** N3.4b: the agency demands what was ordered to be recovered. */
  | 'recovery-demand'
  /** N3.4b: the recipient pays back, where no plan of instalments says otherwise. */
  | 'recovery-payment'
  /** N3.4b: between one reminder and the next. */
  | 'recovery-reminder';

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
  /** When its people were reminded of its last day. */
  readonly remindedAt?: Instant;
  /** Units whose supervisors hear that it is late. */
  readonly escalatedTo?: readonly OrgCode[];
  /** `dropped`: the case ended before it was met. */
  readonly status: 'running' | 'stopped' | 'met' | 'overdue' | 'met-late' | 'dropped';
}

/**
 * Stops a deadline: that day and those after it do not count until it is resumed. One that is over is left as it is:
 * late stays late. While it is stopped, `dueOn` says what it was.
 * @param on the day of the notice that stops it (N3.1d, N3.3)
 */
export function stopDeadline<D extends Deadline>(deadline: D, on: CivilDate): D {
  if (deadline.status !== 'running' || on > deadline.dueOn) return deadline;
  return { ...deadline, status: 'stopped', stops: [...deadline.stops, { from: on, resumedOn: null }] };
}

/** Whether the last day is over; 24:00 itself is late. */
export const pastDue = (deadline: Pick<Deadline, 'dueAt'>, now: Instant): boolean =>
  epochMs(now) >= epochMs(deadline.dueAt);
