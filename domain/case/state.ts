import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
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
  CheckResult,
  LookUpAnswer,
  LookUpSource,
  ObjectionKind,
} from './events.ts';
import type { ReconsiderationSource } from './events-reconsideration.ts';
import { holds as holdTable, type HoldKind, type Stage, type VisibleState } from './procedure.ts';
import type { Tellings } from './tellings.ts';

export interface Handling {
  readonly by: Sub;
  readonly outcome: 'approve' | 'refuse';
  readonly clauses: readonly string[];
}

/** What was approved (N4): the amount stays what it was, whatever the policy says later. */
export interface Award {
  readonly amountFen: Fen;
  readonly shortage: boolean;
}

export interface Transfer {
  readonly to: OrgCode;
  readonly by: Sub;
  readonly since: Instant;
}

export interface Entry {
  readonly roundId: RoundId;
  readonly entryId: EntryId;
}

export interface Order {
  readonly orderNo: OrderNo;
  readonly batchId: BatchId;
  readonly amountFen: Fen;
}

export interface Hold {
  readonly kind: HoldKind;
  readonly since: Instant;
  /** The objection, or the order that failed; empty for the fund. */
  readonly ref: string;
  /** How often the applicant was reminded of her account, and when first (N3.3); absent where she was not. */
  readonly reminders?: number;
  readonly remindedAt?: Instant;
}

export interface Objection {
  readonly objectionId: ObjectionId;
  readonly kind: ObjectionKind;
  readonly state: 'open' | 'dismissed' | 'upheld';
  readonly receivedAt: Instant;
  /** What the appraisal body answered; absent until then. */
  readonly appraisal?: { readonly opinion: AppraisalOpinion; readonly evidenceId: EvidenceId };
}

/** What the fund keeps for a case; `returned`: booked as returned by the bank until the account is put right. */
export interface Reservation {
  readonly amountFen: Fen;
  readonly budgetYear: number;
  readonly returned?: true;
}

/** A partner's answer on record; `at` is absent in states of before it was kept. */
export interface LookUp {
  readonly evidenceId: EvidenceId;
  readonly answer: LookUpAnswer;
  readonly at?: Instant;
  /** Too old for a payment order from here on (N3.1c); absent in answers to the review and of before there was a term. */
  readonly goodUntil?: Instant;
}

/** What is true of a case whatever its stage. */
interface Common {
  readonly caseNo: CaseNo;
  readonly org: OrgCode;
  readonly fund: OrgCode;
  readonly channel: Channel;
  readonly filedAt: Instant;
  readonly certificate: CertificateFacts;
  readonly policyVersion: string;
  readonly lookUps: Partial<Record<LookUpSource, LookUp>>;
  /** The issuing body's written confirmation (N3.1c); absent where none was entered. */
  readonly confirmation?: { readonly by: Sub; readonly documentId: DocumentId };
  readonly checks: readonly CheckResult[];
  /** Who signed, for four eyes in every later step and in the database (N3.1g). */
  readonly signatures: { readonly handler: Sub | null; readonly reviewer: Sub | null };
  /** Reserved from the fund and not yet spent or given back. */
  readonly reservation: Reservation | null;
  readonly holds: readonly Hold[];
  readonly objections: readonly Objection[];
  readonly deadlines: readonly Deadline[];
  /** What the applicant has been and still has to be told; absent where there was nothing yet. */
  readonly tellings?: Tellings;
  /** What the applicant was asked, which is done once (N3.1a, N3.1d), and when; absent where nothing was. */
  readonly asked?: { readonly supplement?: Instant; readonly registration?: Instant };
  /** Who decided last on a refusal's reconsideration, and who had signed the refusal (N3.1f); absent where nobody did. */
  readonly reconsidered?: {
    readonly by: Sub;
    readonly source: ReconsiderationSource;
    readonly refusedBy: { readonly handler: Sub | null; readonly reviewer: Sub | null };
  };
  /** Orders that ended failed or returned; the next order is number `endedOrders + 1`. */
  readonly endedOrders: number;
  /** Moved across pooling regions (N2.3), and this system's own records of it at filing; absent where nobody moved. */
  readonly moved?: { readonly claims: number };
  /** Collective with HRSS first (N2.5): when it was received there, when the agency was handed it. */
  readonly throughHrss?: { readonly receivedOn: CivilDate | null; readonly handedOverOn: CivilDate | null };
  /** When its personal data was destroyed after its term; absent while it is kept. */
  readonly shreddedAt?: Instant;
}

/** What is true in one stage only. */
export type InStage =
  | { readonly stage: 'filed' | 'checking' }
  | { readonly stage: 'supplement' }
  | {
      readonly stage: 'certificate-registration';
      /** Not with HRSS yet, with HRSS, accepted and on its way into the provincial register. */
      readonly step: 'awaited' | 'received' | 'entering';
    }
  | {
      readonly stage: 'review';
      readonly handling: Handling | null;
      /** Asked of another agency and not answered yet (N2.1). */
      readonly transfer?: Transfer;
    }
  | { readonly stage: 'approved'; readonly award: Award }
  | { readonly stage: 'listed'; readonly award: Award; readonly entry: Entry }
  | { readonly stage: 'publicity'; readonly award: Award; readonly entry: Entry; readonly window: Deadline }
  | { readonly stage: 'payable'; readonly award: Award; readonly entry: Entry }
  | { readonly stage: 'paying'; readonly award: Award; readonly entry: Entry; readonly order: Order }
  | {
      readonly stage: 'paid';
      readonly award: Award;
      readonly entry: Entry;
      readonly order: Order;
      readonly creditedAt: Instant;
      /** The budget year in which it was booked as spent. */
      readonly spentYear?: number;
      /** How long the bank may still send the money back. */
      readonly returnPeriod: Deadline;
    }
  | {
      readonly stage: 'refused';
      readonly clauses: readonly string[];
      readonly told: boolean;
      readonly reconsiderUntil: Instant;
    }
  | { readonly stage: 'reconsideration'; readonly clauses: readonly string[]; readonly reconsiderUntil: Instant }
  | { readonly stage: 'merged'; readonly into: CaseNo }
  | { readonly stage: 'withdrawn' }
  | { readonly stage: 'lapsed'; readonly of: DeadlineKind | 'succession' }
  | { readonly stage: 'cancelled'; readonly objectionId: ObjectionId };

/** A case as its events tell it. Plain data without personal data: it is also the input of a workflow run. */
export type CaseState = Common & InStage;

/** The state in one stage: `In<'review'>` has `handling`. */
export type In<S extends Stage> = Extract<CaseState, { readonly stage: S }>;

/** The state that people see: the stage, or the first hold that shows in it. */
export function visibleState(state: CaseState): VisibleState {
  for (const hold of state.holds) {
    const row = holdTable[hold.kind];
    if ((row.shownIn as readonly Stage[]).includes(state.stage)) return row.state;
  }
  return state.stage;
}

/** Every deadline of the case, the publicity window included. */
export const allDeadlines = (state: CaseState): readonly Deadline[] =>
  state.stage === 'publicity' ? [...state.deadlines, state.window] : state.deadlines;

/** The award of a case that has one. */
export const awardOf = (state: CaseState): Award | null => ('award' in state ? state.award : null);

/** The transfer that waits for another agency's answer. */
export const transferOf = (state: CaseState): Transfer | null =>
  state.stage === 'review' ? (state.transfer ?? null) : null;

/** The round entry of a case that has one. */
export const entryOf = (state: CaseState): Entry | null => ('entry' in state ? state.entry : null);

/**
 * Nothing more can come by itself after this instant; null while the case still has a way to go.
 * A refused case is open to reconsideration (N3.1f), a paid one to the bank's return of the money.
 */
export function nothingComesAfter(state: CaseState): Instant | 'now' | null {
  switch (state.stage) {
    case 'withdrawn':
    case 'lapsed':
    case 'merged':
    case 'cancelled':
      return 'now';
    case 'refused':
      return state.told ? state.reconsiderUntil : null;
    case 'paid':
      return state.objections.some((objection) => objection.state === 'open') ? null : state.returnPeriod.dueAt;
    default:
      return null;
  }
}
