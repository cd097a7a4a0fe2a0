import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { CheckCode } from '../policy/checks.ts';
import type { Level } from '../policy/policy.ts';
import type { BatchId, DocumentId, EntryId, EvidenceId, ObjectionId, OrderNo, OrgCode, RoundId, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Instant } from '../time.ts';

/** Who a look-up asks (N3.1a, N3.1c). */
export const lookUpSources = ['insurance', 'provincial', 'national'] as const;
export type LookUpSource = (typeof lookUpSources)[number];
export type LookUpAnswer = 'found' | 'not-found' | 'not-covered';

export type Channel = 'online' | 'counter' | 'collective';
export type CertificateKind = 'qualification' | 'skill-level';

/** What of a certificate may be known outside PostgreSQL: never its number, never whose it is. */
export interface CertificateFacts {
  readonly kind: CertificateKind;
  /** Canonical occupation, or as normalised while `occupationKnown` is false (N4.3). */
  readonly occupation: string;
  readonly occupationKnown: boolean;
  readonly level: Level;
}

/** One automatic check; its wording for people stays in PostgreSQL. */
export interface CheckResult {
  readonly clause: string;
  readonly code: CheckCode;
  readonly passed: boolean;
}

/** A failed check that a handler answers for, with a document (design.md: checks inform, two people decide). */
export interface Override {
  readonly code: CheckCode;
  readonly documentId: DocumentId;
}

/** From anyone during publicity: an objection; at any time: a report (N3.4a, N3.4b). */
export type ObjectionKind = 'objection' | 'report';

/**
 * Everything that happens to a case. Codes, ids, instants and amounts only: events travel to Temporal.
 * What people wrote goes beside an event as `CaseText` and stays in PostgreSQL, encrypted.
 */
export type CaseEvent =
  | {
      readonly type: 'filed';
      readonly channel: Channel;
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly certificate: CertificateFacts;
      readonly policyVersion: string;
      readonly review: Deadline;
    }
  | {
      readonly type: 'looked-up';
      readonly source: LookUpSource;
      readonly evidenceId: EvidenceId;
      readonly answer: LookUpAnswer;
    }
  | { readonly type: 'checked'; readonly checks: readonly CheckResult[] }
  | {
      readonly type: 'handled';
      readonly by: Sub;
      readonly outcome: 'approve' | 'refuse';
      readonly clauses: readonly string[];
      readonly overrides: readonly Override[];
    }
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
  | { readonly type: 'applicant-told'; readonly about: 'refusal'; readonly messageId: string }
  | { readonly type: 'listed'; readonly roundId: RoundId; readonly entryId: EntryId }
  | { readonly type: 'published'; readonly roundId: RoundId; readonly window: Deadline }
  | {
      readonly type: 'objection-received';
      readonly objectionId: ObjectionId;
      readonly kind: ObjectionKind;
      readonly holds: boolean;
    }
  | {
      readonly type: 'objection-dismissed';
      readonly objectionId: ObjectionId;
      readonly by: Sub;
      readonly payout: Deadline | null;
    }
  | {
      readonly type: 'objection-upheld';
      readonly objectionId: ObjectionId;
      readonly by: Sub;
      readonly intentional: boolean;
    }
  | { readonly type: 'passed'; readonly roundId: RoundId; readonly payout: Deadline }
  | { readonly type: 'fund-reserved'; readonly amountFen: Fen; readonly budgetYear: number }
  | {
      readonly type: 'released';
      readonly batchId: BatchId;
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly by: Sub;
    }
  | {
      readonly type: 'paid';
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly creditedAt: Instant;
      readonly returnPeriod: Deadline;
    }
  | { readonly type: 'payment-failed'; readonly orderNo: OrderNo; readonly code: string }
  | { readonly type: 'withdrawn' }
  | { readonly type: 'deadline-passed'; readonly kind: DeadlineKind; readonly dueAt: Instant };

export type CaseEventType = CaseEvent['type'];

/** Words of people beside an event, and check details: sealed with the case's key, never outside PostgreSQL. */
export interface CaseText {
  readonly note?: string;
  readonly reasons?: readonly { readonly clause: string; readonly text: string }[];
  readonly overrideReasons?: readonly { readonly code: string; readonly reason: string }[];
  readonly checkDetails?: readonly { readonly code: string; readonly detail: string }[];
  readonly hearing?: { readonly on: string; readonly documentId?: string };
  readonly appraisal?: { readonly body: string; readonly opinion: string; readonly documentId?: string };
}
