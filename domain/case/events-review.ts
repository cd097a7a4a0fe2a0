import type { Deadline } from '../policy/deadlines.ts';
import type { DocumentId, EvidenceId, OrgCode, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Instant } from '../time.ts';
import type { CertificateFacts, Channel, CheckResult, LookUpAnswer, LookUpSource, Override } from './events.ts';

/** From filing to the decision (N2, N3.1), and what may happen in any stage. */
export type ReviewEvent =
  | {
      readonly type: 'filed';
      readonly channel: Channel;
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly certificate: CertificateFacts;
      readonly policyVersion: string;
      /** The agency's clock (N3.1); collectively it starts when HRSS has handed the case over. */
      readonly review?: Deadline;
      /** HRSS hands the case over (N2.5). */
      readonly handover?: Deadline;
      /** Who filed in the applicant's place (N2.4, N2.5). */
      readonly onBehalf?: 'proxy' | 'employer';
      /** Moved across pooling regions: what this system's own records say (N2.3). */
      readonly moved?: { readonly claims: number };
    }
  | {
      readonly type: 'looked-up';
      readonly source: LookUpSource;
      readonly evidenceId: EvidenceId;
      readonly answer: LookUpAnswer;
    }
  | { readonly type: 'checked'; readonly checks: readonly CheckResult[] }
  /** A person said which occupation of the canonical list the certificate means (N4.3). */
  | { readonly type: 'occupation-set'; readonly by: Sub; readonly occupation: string }
  | {
      readonly type: 'handled';
      readonly by: Sub;
      readonly outcome: 'approve' | 'refuse';
      readonly clauses: readonly string[];
      readonly overrides: readonly Override[];
    }
  /** The issuing body's written confirmation, where a register does not hold the kind (N3.1c). */
  | { readonly type: 'certificate-confirmed'; readonly by: Sub; readonly documentId: DocumentId }
  /** A register's "not found" of an earlier day before it refuses, an answer that is too old before it pays (N3.1c). */
  | { readonly type: 'asked-again'; readonly sources: readonly LookUpSource[] }
  | { readonly type: 'returned'; readonly by: Sub }
  | {
      readonly type: 'approved';
      readonly by: Sub;
      readonly amountFen: Fen;
      readonly shortage: boolean;
      /** False: the fund had too little; the case goes on and waits before release (N5.2). */
      readonly reserved: boolean;
      readonly budgetYear: number;
    }
  | {
      readonly type: 'refused';
      readonly by: Sub;
      readonly clauses: readonly string[];
      readonly notice: Deadline;
      readonly reconsiderUntil: Instant;
    }
  /** `by`: entered by the staff, and the applicant is told; absent: her own, and in events of before it was kept. */
  | { readonly type: 'withdrawn'; readonly by?: Sub };
