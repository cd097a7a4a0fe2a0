import { randomUUID } from 'node:crypto';
import type { CaseCommand } from '../../domain/case/commands.ts';
import { decide } from '../../domain/case/decide.ts';
import type { CaseEvent, LookUpSource } from '../../domain/case/events.ts';
import { evolve } from '../../domain/case/evolve.ts';
import { type CaseState, entryOf } from '../../domain/case/state.ts';
import { wakesProcedure } from '../../domain/case/wakes.ts';
import type { BatchId, CaseNo, IntakeBatchId, ObjectionId, OrgCode, RoundId } from '../../domain/ids.ts';
import {
  decideIntake,
  evolveIntake,
  type IntakeCommand,
  type IntakeEvent,
  type IntakeState,
} from '../../domain/intake/batch.ts';
import { type BatchEvent, type BatchState, evolveBatch } from '../../domain/payment/batch.ts';
import { type BatchCommand, decideBatch } from '../../domain/payment/decide-batch.ts';
import {
  evolveReconciliation,
  type Matching,
  reconciliationId,
  type ReconciliationEvent,
  type ReconciliationState,
} from '../../domain/payment/reconciliation.ts';
import { decideRecovery, type RecoveryCommand } from '../../domain/recovery/decide.ts';
import { evolveRecovery } from '../../domain/recovery/evolve.ts';
import type { RecoveryEvent, RecoveryState } from '../../domain/recovery/recovery.ts';
import { decideRound, type RoundCommand } from '../../domain/round/decide.ts';
import { evolveRound, type RoundEvent, type RoundState } from '../../domain/round/round.ts';
import type { Sight } from '../../domain/round/visibility.ts';
import type { WorkingCalendar } from '../../domain/policy/working-days.ts';
import type { Recorded } from '../../domain/stream.ts';
import type { CivilDate, Instant } from '../../domain/time.ts';
import { eventHash } from '../../store/stream.ts';
import { factsAt, type FactsOfStory } from '../case/story.ts';

/** A stream as PostgreSQL would have it: its state, its events, and what its run has not been told. */
export interface Stream<S, E> {
  readonly name: string;
  state: S | null;
  readonly events: Recorded<E>[];
  untold: Recorded<E>[];
}

/** A stream whose first event was recorded. */
export interface Begun<S, E> extends Stream<S, E> {
  state: S;
}

export type AnyStream =
  | Begun<CaseState, CaseEvent>
  | Begun<RoundState, RoundEvent>
  | Begun<BatchState, BatchEvent>
  | Begun<IntakeState, IntakeEvent>
  | Begun<ReconciliationState, ReconciliationEvent>
  | Begun<RecoveryState, RecoveryEvent>;

/** What was decided; `refused` names why not. */
export interface Answer<E> {
  readonly events: readonly Recorded<E>[];
  readonly refused?: string;
}

/** An order as the bank of a test knows it. */
export interface Order {
  readonly caseNo: CaseNo;
  status: 'released' | 'unknown' | 'paid' | 'failed';
}

type Tell = (stream: AnyStream, events: readonly Recorded<unknown>[]) => Promise<void>;

/**
 * PostgreSQL in memory, for workflow tests: the real `decide` and `evolve`, the same streams and hashes, one command at
 * a time. What others than the run recorded is told to it as the pump does.
 */
export class World {
  readonly cases = new Map<CaseNo, Stream<CaseState, CaseEvent>>();
  readonly rounds = new Map<RoundId, Stream<RoundState, RoundEvent>>();
  readonly batches = new Map<BatchId, Stream<BatchState, BatchEvent>>();
  readonly intakes = new Map<IntakeBatchId, Stream<IntakeState, IntakeEvent>>();
  readonly recoveries = new Map<CaseNo, Stream<RecoveryState, RecoveryEvent>>();
  readonly bankDays = new Map<string, Stream<ReconciliationState, ReconciliationEvent>>();
  /** Statements that the bank has given out, by bank day. */
  readonly statements = new Map<string, Matching>();
  readonly orders = new Map<BatchId, Order[]>();
  readonly openedDays: { readonly day: CivilDate; readonly at: Instant }[] = [];
  readonly chores: string[] = [];
  readonly now: () => Promise<Instant>;
  /** What the site does not show as it should, by day. */
  readonly sights = new Map<CivilDate, Exclude<Sight, 'seen'>>();
  /** What the partners say of the applicants, where it is not all in order. */
  story: FactsOfStory = {};
  /** Registers that do not find the certificate when they are looked up. */
  readonly notFound = new Set<LookUpSource>();
  /** What is known of working days; a test that says nothing knows every notice. */
  calendar: WorkingCalendar | null = null;
  readonly #tell: Tell;
  /** Cases whose runs are not told by themselves: the test does it, or nobody. */
  readonly silent = new Set<string>();

  constructor(now: () => Promise<Instant>, tell: Tell) {
    this.now = now;
    this.#tell = tell;
  }

  /** A person, the bank or another process commands; the case's run is told. @throws Error when it is refused */
  async command(caseNo: CaseNo, command: CaseCommand): Promise<void> {
    const { refused } = await this.decideCase(caseNo, command, 0, false);
    if (refused !== undefined) throw new Error(`${caseNo}: ${command.type} refused: ${refused}`);
  }

  /** Someone objects to an entry or reports a case. @returns the objection's id */
  async object(caseNo: CaseNo, kind: 'objection' | 'report'): Promise<ObjectionId> {
    const objectionId = randomUUID() as string as ObjectionId;
    await this.command(caseNo, { type: 'object', objectionId, kind });
    return objectionId;
  }

  async commandRound(roundId: RoundId, command: RoundCommand): Promise<void> {
    const { refused } = await this.decideRound(roundId, command, 0, false);
    if (refused !== undefined) throw new Error(`${roundId}: ${command.type} refused: ${refused}`);
  }

  /** Decides as the store does; `ownRun`: the stream's run reads the answer and is not told. */
  async decideCase(
    caseNo: CaseNo,
    command: CaseCommand,
    knownSeq: number,
    ownRun: boolean,
  ): Promise<Answer<CaseEvent>> {
    const now = await this.now();
    const stream = kept(this.cases, caseNo, `case-${caseNo}`);
    const decision = decide(stream.state, command, this.#facts(now));
    if ('refusal' in decision) return { events: since(stream, knownSeq), refused: decision.refusal.code };
    const events = decision.events.map(({ event }) => event);
    const begun = append(stream, now, events, (state, event) => evolve(caseNo, state, { at: now, event }));
    await this.#told(
      begun,
      ownRun,
      events.some((event) => wakesProcedure(event.type)),
    );
    return { events: since(stream, knownSeq) };
  }

  async decideRound(
    roundId: RoundId,
    command: RoundCommand,
    knownSeq: number,
    ownRun: boolean,
  ): Promise<Answer<RoundEvent>> {
    const now = await this.now();
    const stream = kept(this.rounds, roundId, `round-${roundId}`);
    const decision = decideRound(stream.state, command, this.#facts(now));
    if ('refusal' in decision) return { events: since(stream, knownSeq), refused: decision.refusal.code };
    const begun = append(stream, now, [decision.event], (state, event) => evolveRound(state, now, event));
    await this.#told(begun, ownRun, true);
    return { events: since(stream, knownSeq) };
  }

  /** Begins a batch as prepared. */
  async prepareBatch(event: Extract<BatchEvent, { type: 'prepared' }>): Promise<void> {
    const now = await this.now();
    const stream = kept(this.batches, event.batchId, `batch-${event.batchId}`);
    append(stream, now, [event], (state, one) => evolveBatch(state, now, one));
    stream.untold = []; // a prepared batch needs no run
  }

  async decideBatch(batchId: BatchId, command: BatchCommand, ownRun: boolean): Promise<string | undefined> {
    const now = await this.now();
    const stream = begunOf(kept(this.batches, batchId, `batch-${batchId}`));
    const decision = decideBatch(stream.state, command, now);
    if ('refusal' in decision) return decision.refusal.code;
    append(stream, now, [decision.event], (state, event) => evolveBatch(state, now, event));
    await this.#told(stream, ownRun, decision.event.type === 'released');
    return undefined;
  }

  /** Begins a collective filing as received. */
  async receiveIntake(event: Extract<IntakeEvent, { type: 'received' }>): Promise<void> {
    const now = await this.now();
    const stream = kept(this.intakes, event.batchId, `intake-${event.batchId}`);
    const begun = append(stream, now, [event], (state, one) => evolveIntake(state, now, one));
    await this.#told(begun, false, true);
  }

  async decideIntake(
    batchId: IntakeBatchId,
    command: IntakeCommand,
    ownRun: boolean,
    knownSeq = 0,
  ): Promise<readonly Recorded<IntakeEvent>[]> {
    const now = await this.now();
    const stream = begunOf(kept(this.intakes, batchId, `intake-${batchId}`));
    const decision = decideIntake(stream.state, command, now);
    if ('event' in decision) {
      append(stream, now, [decision.event], (state, event) => evolveIntake(state, now, event));
      await this.#told(stream, ownRun, true);
    }
    return since(stream, knownSeq);
  }

  intake(batchId: IntakeBatchId): Begun<IntakeState, IntakeEvent> {
    return begunOf(kept(this.intakes, batchId, `intake-${batchId}`));
  }

  #facts(now: Instant) {
    const facts = factsAt(now, this.story);
    return this.calendar ? { ...facts, calendar: this.calendar } : facts;
  }

  async decideRecovery(
    caseNo: CaseNo,
    command: RecoveryCommand,
    knownSeq: number,
    ownRun: boolean,
  ): Promise<Answer<RecoveryEvent>> {
    const now = await this.now();
    const stream = kept(this.recoveries, caseNo, `recovery-${caseNo}`);
    const decision = decideRecovery(stream.state, command, this.#facts(now));
    if ('refusal' in decision) return { events: since(stream, knownSeq), refused: decision.refusal.code };
    const begun = append(stream, now, [decision.event], (state, event) => evolveRecovery(state, now, event));
    await this.#told(begun, ownRun, true);
    return { events: since(stream, knownSeq) };
  }

  async commandRecovery(caseNo: CaseNo, command: RecoveryCommand): Promise<void> {
    const { refused } = await this.decideRecovery(caseNo, command, 0, false);
    if (refused !== undefined) throw new Error(`${caseNo}: ${command.type} refused: ${refused}`);
  }

  /** Opens a bank day, or opens it again. */
  async openBankDay(fund: OrgCode, date: CivilDate): Promise<void> {
    await this.recordBankDay(reconciliationId(fund, date), { type: 'reconciliation-opened', fund, date }, false);
  }

  async recordBankDay(id: string, event: ReconciliationEvent, ownRun: boolean): Promise<void> {
    const now = await this.now();
    const stream = kept(this.bankDays, id, `reconciliation-${id}`);
    const begun = append(stream, now, [event], (state, one) => evolveReconciliation(state, now, one));
    await this.#told(begun, ownRun, true);
  }

  bankDay(id: string): Begun<ReconciliationState, ReconciliationEvent> {
    return begunOf(kept(this.bankDays, id, `reconciliation-${id}`));
  }

  /** The case as it stands. @throws Error for an unknown one */
  case(caseNo: CaseNo): Begun<CaseState, CaseEvent> {
    return begunOf(kept(this.cases, caseNo, `case-${caseNo}`));
  }

  round(roundId: RoundId): Begun<RoundState, RoundEvent> {
    return begunOf(kept(this.rounds, roundId, `round-${roundId}`));
  }

  batch(batchId: BatchId): Begun<BatchState, BatchEvent> {
    return begunOf(kept(this.batches, batchId, `batch-${batchId}`));
  }

  recovery(caseNo: CaseNo): Begun<RecoveryState, RecoveryEvent> {
    return begunOf(kept(this.recoveries, caseNo, `recovery-${caseNo}`));
  }

  /** Cases of a round in a stage, in case-number order. */
  entriesIn(roundId: RoundId, stage: CaseState['stage']): readonly CaseNo[] {
    return this.#caseNos((state) => state.stage === stage && entryOf(state)?.roundId === roundId);
  }

  approved(): readonly CaseNo[] {
    return this.#caseNos((state) => state.stage === 'approved');
  }

  #caseNos(wanted: (state: CaseState) => boolean): readonly CaseNo[] {
    return [...this.cases].flatMap(([caseNo, { state }]) => (state && wanted(state) ? [caseNo] : [])).sort();
  }

  async #told(stream: AnyStream, ownRun: boolean, wakes: boolean): Promise<void> {
    if (ownRun) stream.untold = [];
    else if (wakes && !this.silent.has(stream.name)) {
      const events = stream.untold;
      stream.untold = [];
      await this.#tell(stream, events);
    }
  }
}

function kept<K, S, E>(streams: Map<K, Stream<S, E>>, key: K, name: string): Stream<S, E> {
  const found = streams.get(key);
  if (found) return found;
  const made: Stream<S, E> = { name, state: null, events: [], untold: [] };
  streams.set(key, made);
  return made;
}

function begunOf<S, E>(stream: Stream<S, E>): Begun<S, E> {
  if (!isBegun(stream)) throw new Error(`${stream.name} has not begun`);
  return stream;
}

const isBegun = <S, E>(stream: Stream<S, E>): stream is Begun<S, E> => stream.state !== null;

const since = <E>(stream: Stream<unknown, E>, seq: number): readonly Recorded<E>[] =>
  stream.events.filter((recorded) => recorded.seq > seq);

/** Records events on a stream: seq, hash and state as the store keeps them. */
function append<S, E extends { readonly type: string }>(
  stream: Stream<S, E>,
  at: Instant,
  events: readonly E[],
  evolve: (state: S | null, event: E) => S,
): Begun<S, E> {
  for (const event of events) {
    const last = stream.events.at(-1);
    const seq = (last?.seq ?? 0) + 1;
    const previous = last ? Buffer.from(last.hash, 'hex') : null;
    const body = JSON.stringify(event);
    const hash = eventHash(previous, { stream: stream.name, seq, at, type: event.type, actor: '', body, sealed: null });
    const recorded = { seq, at, hash: hash.toString('hex'), event };
    stream.state = evolve(stream.state, event);
    stream.events.push(recorded);
    stream.untold.push(recorded);
  }
  return begunOf(stream);
}

/** A stream's seq and last hash, as its row has them. */
export function headOf(stream: Stream<unknown, unknown>): { readonly seq: number; readonly hash: string } {
  const last = stream.events.at(-1);
  return { seq: last?.seq ?? 0, hash: last?.hash ?? '' };
}
