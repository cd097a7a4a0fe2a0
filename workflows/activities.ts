import { proxyActivities } from '@temporalio/workflow';
import type { Moved } from '../domain/calendar/change.ts';
import type { RunCommand } from '../domain/case/commands.ts';
import type { Chore, Opening } from '../domain/chores.ts';
import type { BatchId, CaseNo, IntakeBatchId, ObjectionId, RoundId } from '../domain/ids.ts';
import type { LookUpSource, RegisterSource } from '../domain/case/events.ts';
import type { IntakeEvent } from '../domain/intake/batch.ts';
import type { ReconciliationEvent } from '../domain/payment/reconciliation.ts';
import type { RecoveryRunCommand } from '../domain/recovery/decide.ts';
import type { RecoveryEvent, Untold } from '../domain/recovery/recovery.ts';
import type { RoundCommand } from '../domain/round/decide.ts';
import type { RoundEvent } from '../domain/round/round.ts';
import type { CaseNews, Recorded } from '../domain/stream.ts';
import type { CivilDate, Instant } from '../domain/time.ts';

/** What a case's run asks of the outside. Every answer that changes the case brings its events since `knownSeq`. */
export interface CaseActivities {
  submitCaseStep(ask: { caseNo: CaseNo; knownSeq: number; command: RunCommand }): Promise<CaseNews>;
  askAppraisal(ask: { caseNo: CaseNo; knownSeq: number; objectionId: ObjectionId }): Promise<CaseNews>;
  lookUp(ask: { caseNo: CaseNo; knownSeq: number; source: LookUpSource }): Promise<CaseNews>;
  /** Asks a register again before the payment order (N3.1c). */
  lookAgain(ask: { caseNo: CaseNo; knownSeq: number; source: RegisterSource }): Promise<CaseNews>;
  /** Enters a certificate from elsewhere in the provincial register (N3.1d). */
  registerCertificate(ask: { caseNo: CaseNo; knownSeq: number }): Promise<CaseNews>;
  /** For runs that began before tellings had a number. */
  tellApplicant(ask: { caseNo: CaseNo; knownSeq: number; about: 'refusal' }): Promise<CaseNews>;
  /** Tells the applicant what is number `n` of the case's tellings, by one carrier after the other. */
  sendTelling(ask: { caseNo: CaseNo; knownSeq: number; n: number }): Promise<CaseNews>;
}

export interface RoundActivities {
  freezeRound(ask: { roundId: RoundId; knownSeq: number }): Promise<RoundNews>;
  publishNotice(ask: { roundId: RoundId; knownSeq: number }): Promise<RoundNews>;
  /** Looks at the site, once; `nextAt`: when to look again. */
  watchNotice(ask: { roundId: RoundId; knownSeq: number }): Promise<RoundNews & { readonly nextAt: Instant }>;
  /** Tells the entries that their window ends later. */
  moveWindows(ask: { roundId: RoundId }): Promise<void>;
  publishEntries(ask: { roundId: RoundId }): Promise<void>;
  /** Asks both registers again about every entry that they have not answered on since `day` began (N3.1c). */
  lookAgainAtEntries(ask: { roundId: RoundId; day: CivilDate }): Promise<void>;
  passEntries(ask: { roundId: RoundId; knownSeq: number }): Promise<RoundNews>;
  submitRoundStep(ask: { roundId: RoundId; knownSeq: number; command: RoundCommand }): Promise<RoundNews>;
  takeDownNotice(ask: { roundId: RoundId }): Promise<void>;
}

export interface RoundNews {
  readonly events: readonly Recorded<RoundEvent>[];
  readonly refused?: string;
}

export interface BatchActivities {
  /** Sends, asks after and re-sends orders as each needs it. */
  payOrders(ask: { batchId: BatchId }): Promise<{ open: number }>;
  settleBatch(ask: { batchId: BatchId }): Promise<{ open: number }>;
}

export interface IntakeActivities {
  fileRows(ask: { batchId: IntakeBatchId; knownSeq: number }): Promise<{ events: readonly Recorded<IntakeEvent>[] }>;
  handOverRows(ask: {
    batchId: IntakeBatchId;
    knownSeq: number;
  }): Promise<{ events: readonly Recorded<IntakeEvent>[] }>;
}

export interface CalendarActivities {
  /** Moves every open deadline that the calendar now touches, and records that it is done. */
  applyCalendar(ask: { id: string }): Promise<Moved>;
}

export interface ReconciliationActivities {
  /** Asks for the day's statement and matches it; answers with what was recorded since `knownSeq`. */
  reconcile(ask: {
    reconciliationId: string;
    knownSeq: number;
  }): Promise<{ readonly events: readonly Recorded<ReconciliationEvent>[] }>;
}

export interface RecoveryActivities {
  submitRecoveryStep(ask: { caseNo: CaseNo; knownSeq: number; command: RecoveryRunCommand }): Promise<RecoveryNews>;
  tellRecipient(ask: { caseNo: CaseNo; knownSeq: number } & Untold): Promise<RecoveryNews>;
}

export interface RecoveryNews {
  readonly events: readonly Recorded<RecoveryEvent>[];
  readonly refused?: string;
}

export interface DayActivities {
  nextBusinessDay(ask: { after: CivilDate | null }): Promise<Opening>;
  /** The day's chores in the order of their hours; days that were opened before there were any answered nothing. */
  openBusinessDay(ask: { day: CivilDate }): Promise<{ readonly chores: readonly Chore[] } | undefined>;
  doChore(ask: { day: CivilDate; kind: Chore['kind'] }): Promise<void>;
}

// Partners and databases come back: everything is retried until it answers, the pause growing to five minutes. What
// retrying can't cure comes as a non-retryable failure.
const patient = {
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const;
const long = { ...patient, startToCloseTimeout: '2 hours', heartbeatTimeout: '1 minute' } as const;
// People wait for their money: a worker that died in the middle is replaced sooner. A page asks the bank twice at most.
const paying = { ...long, heartbeatTimeout: '30 seconds' } as const;

export const { submitCaseStep, lookUp, lookAgain, askAppraisal, registerCertificate, tellApplicant, sendTelling } =
  proxyActivities<CaseActivities>(patient);
export const { submitRoundStep, takeDownNotice } = proxyActivities<RoundActivities>(patient);
export const { freezeRound, publishNotice, publishEntries, watchNotice, moveWindows, lookAgainAtEntries, passEntries } =
  proxyActivities<RoundActivities>(long);
export const { fileRows, handOverRows } = proxyActivities<IntakeActivities>(long);
export const { payOrders } = proxyActivities<BatchActivities>(paying);
export const { reconcile } = proxyActivities<ReconciliationActivities>(long);
export const { settleBatch } = proxyActivities<BatchActivities>(patient);
export const { submitRecoveryStep, tellRecipient } = proxyActivities<RecoveryActivities>(patient);
export const { nextBusinessDay, openBusinessDay } = proxyActivities<DayActivities>(patient);
export const { applyCalendar } = proxyActivities<CalendarActivities>(long);
export const { doChore } = proxyActivities<DayActivities>(long);
