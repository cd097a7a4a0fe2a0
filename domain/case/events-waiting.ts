import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { DocumentId, EvidenceId, Sub } from '../ids.ts';

/** Waiting for the applicant, or for the register: supplement (N3.1a) and certificate registration (N3.1d). */
export type WaitingEvent =
  /** Told once, with the complete list; `review` is the stopped clock, null where it was late already. */
  | {
      readonly type: 'supplement-asked';
      readonly by: Sub;
      readonly clauses: readonly string[];
      readonly until: Deadline;
      readonly review: Deadline | null;
    }
  /** The papers are there: everything is looked at again, with the rest of the days. */
  | { readonly type: 'supplemented'; readonly documents: readonly DocumentId[]; readonly review: Deadline | null }
  | {
      readonly type: 'registration-asked';
      readonly by: Sub;
      readonly until: Deadline;
      readonly review: Deadline | null;
    }
  /** The applicant brought the certificate to HRSS, whose own days begin. */
  | { readonly type: 'registration-received'; readonly by: Sub; readonly inspection: Deadline }
  /** HRSS found it in order; it is on its way into the provincial register. */
  | { readonly type: 'registration-accepted'; readonly by: Sub }
  | { readonly type: 'registration-rejected'; readonly by: Sub; readonly review: Deadline | null }
  /** It stands in the provincial register; `evidenceId`: the register's own answer. */
  | { readonly type: 'certificate-registered'; readonly evidenceId: EvidenceId; readonly review: Deadline | null }
  /** Nothing came before the period was over; who it is may file again. */
  | { readonly type: 'lapsed'; readonly of: DeadlineKind };
