import type { OrgCode } from '../ids.ts';
import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { OwnPeriod } from '../policy/moved-deadlines.ts';
import type { CivilDate, Instant } from '../time.ts';

/** What becomes of deadlines by themselves (N3.1; design.md, Time). */
export type DeadlineEvent =
  | { readonly type: 'deadline-passed'; readonly kind: DeadlineKind; readonly dueAt: Instant }
  | { readonly type: 'deadline-reminded'; readonly kind: DeadlineKind; readonly dueAt: Instant }
  /** The applicant is told that a period of hers ends. */
  | { readonly type: 'applicant-reminded'; readonly kind: OwnPeriod; readonly dueAt: Instant }
  | {
      readonly type: 'deadline-escalated';
      readonly kind: DeadlineKind;
      readonly dueAt: Instant;
      /** Units whose supervisors hear of it from now on. */
      readonly to: readonly OrgCode[];
    }
  /** A changed calendar: each deadline that it touches as it is now, with the day that was its last. */
  | {
      readonly type: 'deadlines-moved';
      readonly calendarVersion: string;
      readonly moved: readonly { readonly was: CivilDate; readonly deadline: Deadline }[];
    };
