import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { OwnPeriod } from '../policy/moved-deadlines.ts';
import type {
  BatchId,
  CaseNo,
  DocumentId,
  EntryId,
  EvidenceId,
  ObjectionId,
  OrderNo,
  OrgCode,
  RoundId,
  Sub,
} from '../ids.ts';
import type { Fen } from '../money.ts';
import type { CivilDate, Instant } from '../time.ts';
import type {
  AppraisalOpinion,
  CertificateFacts,
  Channel,
  LookUpAnswer,
  LookUpSource,
  ObjectionKind,
  Override,
  RegisterSource,
} from './events.ts';
import type { Attempt, Delivery, Way } from './tellings.ts';

import type { ReconsiderationSource } from './events-reconsideration.ts';

/**
 * Everything that can be asked of a case, by a person or by its own workflow run. Codes, ids and instants only,
 * like events: what people wrote is checked at the edge and sealed beside the events (`CaseText`).
 */
export type CaseCommand =
  | {
      readonly type: 'file';
      readonly caseNo: CaseNo;
      readonly channel: Channel;
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly certificate: CertificateFacts;
      /** Collective, with HRSS first (N2.5); the agency gets it by `hand-over`. */
      readonly throughHrss?: true;
      /** Somebody else files, and the applicant is told (N2.4, N2.5). */
      readonly onBehalf?: 'proxy' | 'employer';
      /** Moved across pooling regions (N2.3): claims of the level in this system's other regions. */
      readonly moved?: { readonly claims: number };
    }
  | { readonly type: 'hand-over'; readonly receivedOn: CivilDate }
  | { readonly type: 'ask-transfer'; readonly to: OrgCode; readonly by: Sub }
  | { readonly type: 'confirm-transfer'; readonly by: Sub; readonly accepted: boolean }
  | {
      readonly type: 'answer-look-up';
      readonly source: LookUpSource;
      readonly evidenceId: EvidenceId;
      readonly answer: LookUpAnswer;
    }
  | {
      readonly type: 'handle';
      readonly by: Sub;
      /** Approving and refusing wait for a second signature; asking the applicant does not (N3.1a, N3.1d). */
      readonly outcome: 'approve' | 'refuse' | 'supplement' | 'registration';
      readonly clauses: readonly string[];
      readonly overrides: readonly Override[];
      /** The canonical name of what the certificate is for, where the handler sets it (N4.3). */
      readonly occupation?: string;
    }
  | { readonly type: 'review'; readonly by: Sub; readonly outcome: 'approve' | 'refuse' | 'return' }
  | { readonly type: 'confirm-certificate'; readonly by: Sub; readonly documentId: DocumentId }
  | { readonly type: 'supplement'; readonly documents: readonly DocumentId[] }
  | { readonly type: 'receive-registration'; readonly by: Sub }
  | { readonly type: 'inspect-registration'; readonly by: Sub; readonly result: 'registered' | 'rejected' }
  | { readonly type: 'record-registration'; readonly evidenceId: EvidenceId }
  | { readonly type: 'merge'; readonly into: CaseNo; readonly by: Sub }
  | { readonly type: 'report-death'; readonly by: Sub }
  | { readonly type: 'decide-succession'; readonly by: Sub; readonly decision: 'heirs' | 'close' }
  | {
      readonly type: 'look-again';
      /** A certificate that was revoked since is reported whatever differed before; absent in commands of before. */
      readonly reportsRevoked?: true;
      readonly source: RegisterSource;
      readonly evidenceId: EvidenceId;
      readonly answer: LookUpAnswer;
      /** Under which HRSS gets it as a report, should the register no longer agree. */
      readonly reportId: ObjectionId;
    }
  /** The registers' answers are too old for a payment order: they are asked once more (N3.1c). */
  | { readonly type: 'ask-registers' }
  | { readonly type: 'ask-reconsideration' }
  | {
      readonly type: 'decide-reconsideration';
      readonly by: Sub;
      readonly decision: 'uphold' | 'overturn';
      readonly source: ReconsiderationSource;
      readonly documentId: DocumentId | null;
    }
  | { readonly type: 'lapse'; readonly kind: DeadlineKind; readonly dueAt: Instant }
  /** As runs of before tellings had a number told of a refusal. */
  | { readonly type: 'record-told'; readonly about: 'refusal'; readonly messageId: string }
  | { readonly type: 'record-delivery'; readonly n: number; readonly delivery: Delivery }
  | { readonly type: 'record-undelivered'; readonly n: number; readonly attempts: readonly Attempt[] }
  | {
      readonly type: 'tell-in-person';
      readonly n: number;
      readonly by: Sub;
      readonly on: CivilDate;
      readonly way: Way;
      readonly documentId: DocumentId;
    }
  | { readonly type: 'list'; readonly roundId: RoundId; readonly entryId: EntryId }
  | { readonly type: 'publish'; readonly roundId: RoundId; readonly publishedAt: Instant }
  /** HRSS takes the case off the list (N3.2); the reason is sealed beside the event. */
  | { readonly type: 'strike'; readonly roundId: RoundId; readonly by: Sub; readonly backTo: 'review' | 'approved' }
  /** The round's window ends later than was announced. */
  | { readonly type: 'move-window'; readonly roundId: RoundId; readonly window: Deadline<'publicity'> }
  /** The appraisal body answered on the certificate that an objection or report doubts (N3.4a). */
  | {
      readonly type: 'answer-appraisal';
      readonly objectionId: ObjectionId;
      readonly evidenceId: EvidenceId;
      readonly opinion: AppraisalOpinion;
    }
  | { readonly type: 'issue-recovery-order'; readonly objectionId: ObjectionId }
  | { readonly type: 'object'; readonly objectionId: ObjectionId; readonly kind: ObjectionKind }
  | {
      readonly type: 'decide-objection';
      readonly objectionId: ObjectionId;
      readonly by: Sub;
      readonly finding: 'upheld' | 'dismissed';
      readonly intentional: boolean;
    }
  | { readonly type: 'pass'; readonly roundId: RoundId }
  | { readonly type: 'reserve-fund' }
  | { readonly type: 'release'; readonly batchId: BatchId; readonly orderNo: OrderNo; readonly by: Sub }
  | { readonly type: 'record-payment'; readonly orderNo: OrderNo; readonly outcome: PaymentOutcome }
  | { readonly type: 'correct-account' }
  /** Of an account that is still not put right (N3.3): the business day's. */
  | { readonly type: 'remind-of-account'; readonly endedOrder: OrderNo }
  | { readonly type: 'carry-over'; readonly fromYear: number }
  /** `by`: a clerk at the applicant's request; absent: the applicant's own. */
  | { readonly type: 'withdraw'; readonly by?: Sub }
  /** `lastAt`: when the case changed last; `schedule`: the terms of that day (`domain/policy/retention.ts`). */
  | { readonly type: 'shred'; readonly schedule: string; readonly lastAt: Instant }
  | { readonly type: 'pass-deadline'; readonly kind: DeadlineKind; readonly dueAt: Instant }
  /**
   * By the calendar as it is known now. `starts`: first days that follow from another period's end as well (N3.3); absent
   * in commands of before.
   */
  | { readonly type: 'move-deadlines'; readonly starts?: true }
  | { readonly type: 'remind-deadline'; readonly kind: DeadlineKind; readonly dueAt: Instant }
  /** Of the end of a period of her own (N3.1a, N3.1d). */
  | { readonly type: 'remind-applicant'; readonly kind: OwnPeriod; readonly dueAt: Instant }
  | { readonly type: 'escalate-deadline'; readonly kind: DeadlineKind; readonly dueAt: Instant };

/** What the bank finally said of an order; `creditedAt` and `returnedAt` are the bank's own instants (N3.3). */
export type PaymentOutcome =
  | { readonly result: 'paid'; readonly amountFen: Fen; readonly creditedAt: Instant }
  | { readonly result: 'failed'; readonly code: string }
  | { readonly result: 'returned'; readonly amountFen: Fen; readonly code: string; readonly returnedAt: Instant };

/** The commands that a workflow run may give for its own case. */
export type RunCommand = Extract<CaseCommand, { type: 'pass' | 'pass-deadline' | 'lapse' }>;

/** One command of the union by its name. */
export type Ask<T extends CaseCommand['type']> = Extract<CaseCommand, { type: T }>;
