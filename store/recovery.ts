import type { Actor } from '../domain/actor.ts';
import type { Move } from '../domain/fund/postings.ts';
import type { CaseText } from '../domain/case/events.ts';
import type { CaseNo, DocumentId } from '../domain/ids.ts';
import { dateOf } from '../domain/time.ts';
import {
  decideRecovery,
  type RecoveryCommand,
  type RecoveryFacts,
  type RecoveryRunCommand,
} from '../domain/recovery/decide.ts';
import { evolveRecovery } from '../domain/recovery/evolve.ts';
import type { RecoveryEvent, RecoveryState } from '../domain/recovery/recovery.ts';
import type { Recorded } from '../domain/stream.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { lockCase, type StillMay } from './case.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import { takeDocuments } from './document.ts';
import { bookMoves } from './ledger.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { eventsSince, type RunStep } from './run.ts';
import type { Store } from './store.ts';
import type { AppendOptions } from './stream.ts';
import { sealJson } from './vault.ts';

export const recoveryStream = (caseNo: string): string => `recovery-${caseNo}`;

export const recoveryKind: Kind<RecoveryState, RecoveryEvent> = {
  table: 'recovery',
  idColumn: 'case_no',
  streamOf: recoveryStream,
  evolve: evolveRecovery,
};

/** A recovery as its row has it. */
export interface RecordedRecovery {
  readonly seq: number;
  readonly state: RecoveryState;
}

/** What comes beside a person's command: words, papers, the seq decided on, the right once more. */
export interface Beside {
  readonly text?: CaseText;
  /** What the command names, and whose uploads they may be. */
  readonly documents?: { readonly uploader: string; readonly ids: readonly DocumentId[] };
  /** The recovery's seq that the caller decided on; a later one is refused as `case-changed`. */
  readonly expectedSeq?: number | undefined;
  readonly stillMay?: StillMay;
}

async function factsFor(tx: Transaction, store: Store, state: RecoveryState | null): Promise<RecoveryFacts> {
  const now = await businessNow(tx);
  const { rules } = store;
  const policy = state ? await rules.policy(tx, state.policyVersion) : await rules.policyOn(tx, dateOf(now));
  return { now, policy, calendar: await rules.calendar(tx, now) };
}

/** Decides inside the caller's transaction, the case and its recovery locked; `locked` null: about to be ordered. */
export async function decideOnRecovery(
  tx: Transaction,
  store: Store,
  caseNo: CaseNo,
  locked: Locked<RecoveryState> | null,
  command: RecoveryCommand,
  { text, documents, expectedSeq }: Beside,
  options: AppendOptions,
): Promise<Outcome<RecordedRecovery>> {
  if (locked && expectedSeq !== undefined && expectedSeq !== locked.head.seq)
    return { refused: { code: 'case-changed', detail: {}, changed: locked.changed } };
  const facts = await factsFor(tx, store, locked?.state ?? null);
  const decision = decideRecovery(locked?.state ?? null, command, facts);
  if ('refusal' in decision) {
    const { refusal } = decision;
    return { refused: locked ? { ...refusal, changed: locked.changed } : refusal };
  }
  const { event } = decision;
  const { now: at } = facts;
  if (documents) await takeDocuments(tx, store, { caseNo, uploader: documents.uploader, at }, documents.ids);
  const sealed = text ? sealJson(await store.vault.caseKey(tx, caseNo), text, 'event') : null;
  const happened = { at, event, sealed, wakes: true };
  const { seq, state } = await recordOne(tx, recoveryKind, caseNo, locked, happened, options);
  await keepDecision(tx, caseNo, seq - 1, command, facts);
  await bookReceipt(tx, state, event, { at, seq });
  return { done: { seq, state } };
}

/** For auditors, who decide again. */
async function keepDecision(
  tx: Transaction,
  caseNo: CaseNo,
  afterSeq: number,
  command: RecoveryCommand,
  { now, policy, calendar }: RecoveryFacts,
): Promise<void> {
  const facts = { now, policyVersion: policy.id, calendarVersion: calendar.version };
  await tx.query('INSERT INTO decision (stream, after_seq, command, facts, events) VALUES ($1, $2, $3, $4, 1)', [
    recoveryStream(caseNo),
    afterSeq,
    JSON.stringify(command),
    JSON.stringify(facts),
  ]);
}

/**
 * What pays the debt is no longer spent, in the budget year that spent it (N5.1); what was too much is nobody's income.
 * Where the bank sent the payment itself back, what had been recovered is the recipient's.
 */
async function bookReceipt(
  tx: Transaction,
  { caseNo, fund, budgetYear }: RecoveryState,
  event: RecoveryEvent,
  { at, seq }: { readonly at: RecoveryFacts['now']; readonly seq: number },
): Promise<void> {
  if (event.type !== 'instalment-received' && event.type !== 'payment-came-back') return;
  const { type: reason, appliedFen: amountFen } = event;
  if (amountFen === 0) return;
  const way: Pick<Move, 'from' | 'to'> =
    reason === 'instalment-received' ? { from: 'spent', to: 'recovered' } : { from: 'recovered', to: 'spent' };
  await bookMoves(tx, [{ ...way, amountFen, budgetYear, fund, at, reason, stream: recoveryStream(caseNo), seq }]);
}

/** The case first, then its recovery: the order that everyone keeps. @throws NotFound */
async function lockRecovery(tx: Transaction, caseNo: CaseNo, stillMay?: StillMay): Promise<Locked<RecoveryState>> {
  await lockCase(tx, caseNo, stillMay);
  return readOne(tx, recoveryKind, caseNo, 'FOR UPDATE');
}

/** A person's command on a recovery, once per key. @throws NotFound, KeyReused */
export function commandRecovery(
  store: Store,
  claim: Claim,
  actor: Actor,
  caseNo: CaseNo,
  command: RecoveryCommand,
  beside: Beside = {},
): Promise<Outcome<RecordedRecovery>> {
  return once(store, claim, async (tx, commandId) => {
    const locked = await lockRecovery(tx, caseNo, beside.stillMay);
    return decideOnRecovery(tx, store, caseNo, locked, command, beside, { actor, commandId, ownRun: false });
  });
}

/** What a run's own command brings back: everything since the seq it knew, and the refusal if it was refused. */
export interface RecoveryNews {
  readonly events: readonly Recorded<RecoveryEvent>[];
  readonly refused?: string;
}

/** A run's own command on its recovery, as `submitForRun` for cases. */
export async function submitRecoveryStep(
  store: Store,
  step: RunStep,
  caseNo: CaseNo,
  command: RecoveryRunCommand | Extract<RecoveryCommand, { type: 'record-told' }>,
): Promise<RecoveryNews> {
  const claim: Claim = { caller: step.workflowId, route: command.type, key: step.key, body: '' };
  const outcome = await once(store, claim, async (tx, commandId) => {
    const actor = { kind: 'process', name: step.workflowId } as const;
    const ownRun = step.workflowId === recoveryStream(caseNo);
    const locked = await lockRecovery(tx, caseNo);
    const decided = await decideOnRecovery(tx, store, caseNo, locked, command, {}, { actor, commandId, ownRun });
    return 'refused' in decided ? decided : { done: decided.done.seq };
  });
  const events = await eventsSince<RecoveryEvent>(store.db, recoveryStream(caseNo), step.knownSeq);
  return 'refused' in outcome ? { events, refused: outcome.refused.code } : { events };
}
