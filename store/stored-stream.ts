import type { CaseEvent } from '../domain/case/events.ts';
import { evolve } from '../domain/case/evolve.ts';
import { type CaseState, nothingComesAfter } from '../domain/case/state.ts';
import { nextTelling } from '../domain/case/tellings.ts';
import type { CaseNo } from '../domain/ids.ts';
import { type BatchEvent, type BatchState, evolveBatch } from '../domain/payment/batch.ts';
import { evolveIntake, type IntakeEvent, intakeIsOver, type IntakeState } from '../domain/intake/batch.ts';
import {
  evolveReconciliation,
  type ReconciliationEvent,
  type ReconciliationState,
} from '../domain/payment/reconciliation.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import { evolveRecovery } from '../domain/recovery/evolve.ts';
import { isOver, type RecoveryEvent, type RecoveryState } from '../domain/recovery/recovery.ts';
import { evolveRound, type RoundEvent, type RoundState } from '../domain/round/round.ts';
import type { Recorded } from '../domain/stream.ts';
import type { Actor } from '../domain/actor.ts';
import type { Queryable } from './database.ts';
import { firstParting, partingInWords } from './difference.ts';

/** A kind of durable process as it is stored: its table, and what its events mean. */
export interface StreamKind<S, E> {
  readonly prefix: 'case' | 'round' | 'batch' | 'intake' | 'recovery' | 'reconciliation';
  readonly table: 'cases' | 'round' | 'payment_batch' | 'intake_batch' | 'recovery' | 'reconciliation';
  readonly idColumn: 'case_no' | 'round_id' | 'batch_id' | 'reconciliation_id';
  readonly evolve: (id: string, state: S | null, recorded: Recorded<E>) => S;
  /** Nothing is left to do for a run: it has ended or never had to begin. */
  readonly needsNoRun: (state: S) => boolean;
}

export const caseStreams: StreamKind<CaseState, CaseEvent> = {
  prefix: 'case',
  table: 'cases',
  idColumn: 'case_no',
  evolve: (id, state, recorded) => evolve(id as CaseNo, state, recorded),
  needsNoRun: (state) => nothingComesAfter(state) !== null && !nextTelling(state),
};

export const roundStreams: StreamKind<RoundState, RoundEvent> = {
  prefix: 'round',
  table: 'round',
  idColumn: 'round_id',
  evolve: (_, state, { at, event }) => evolveRound(state, at, event),
  needsNoRun: ({ stage }) => stage === 'told' || stage === 'empty',
};

export const batchStreams: StreamKind<BatchState, BatchEvent> = {
  prefix: 'batch',
  table: 'payment_batch',
  idColumn: 'batch_id',
  evolve: (_, state, { at, event }) => evolveBatch(state, at, event),
  needsNoRun: ({ stage }) => stage !== 'released',
};

export const intakeStreams: StreamKind<IntakeState, IntakeEvent> = {
  prefix: 'intake',
  table: 'intake_batch',
  idColumn: 'batch_id',
  evolve: (_, state, { at, event }) => evolveIntake(state, at, event),
  needsNoRun: intakeIsOver,
};

export const reconciliationStreams: StreamKind<ReconciliationState, ReconciliationEvent> = {
  prefix: 'reconciliation',
  table: 'reconciliation',
  idColumn: 'reconciliation_id',
  evolve: (_, state, { at, event }) => evolveReconciliation(state, at, event),
  needsNoRun: ({ stage }) => stage === 'matched',
};

export const recoveryStreams: StreamKind<RecoveryState, RecoveryEvent> = {
  prefix: 'recovery',
  table: 'recovery',
  idColumn: 'case_no',
  evolve: (_, state, { at, event }) => evolveRecovery(state, at, event),
  needsNoRun: isOver,
};

/** An event as it is stored, with who caused it. */
export interface StoredEvent<E> extends Recorded<E> {
  readonly actor: Actor;
}

/** A row, its events, and what of them its run has not been told. */
export interface StoredStream<S, E> {
  readonly id: string;
  readonly stream: string;
  readonly row: { readonly state: S; readonly seq: number; readonly hash: string };
  /** In the order of their seq. */
  readonly events: readonly StoredEvent<E>[];
  /** Seqs in the outbox; `wakes`: one of them is told as soon as the pump comes by. */
  readonly outbox: { readonly seqs: readonly number[]; readonly wakes: boolean };
}

/** What does not agree with what; `seq` is where. */
export interface Difference {
  readonly seq: number;
  readonly what: string;
}

export type Which = { readonly ids: readonly string[] } | { readonly after: string; readonly limit: number };

/** Reads streams in the order of their ids. In a `REPEATABLE READ` transaction the parts fit each other. */
export async function readStreams<S, E>(
  db: Queryable,
  { prefix, table, idColumn }: StreamKind<S, E>,
  which: Which,
): Promise<readonly StoredStream<S, E>[]> {
  const columns = `${idColumn} AS id, state, seq, last_hash`;
  const found =
    'ids' in which
      ? await db.query<Row<S>>(`SELECT ${columns} FROM ${table} WHERE ${idColumn} = ANY ($1) ORDER BY 1`, [which.ids])
      : await db.query<Row<S>>(`SELECT ${columns} FROM ${table} WHERE ${idColumn} > $1 ORDER BY 1 LIMIT $2`, [
          which.after,
          which.limit,
        ]);
  const streams = found.rows.map((row) => `${prefix}-${row.id}`);
  const events = await db.query<EventRow<E>>(
    'SELECT stream, seq, at, body, actor, hash FROM event WHERE stream = ANY ($1) ORDER BY stream, seq',
    [streams],
  );
  const outbox = await db.query<{ stream: string; seq: number; wakes: boolean }>(
    'SELECT stream, seq, wakes FROM outbox WHERE stream = ANY ($1)',
    [streams],
  );
  const eventsOf = grouped(events.rows);
  const outboxOf = grouped(outbox.rows);
  return found.rows.map((row) => {
    const stream = `${prefix}-${row.id}`;
    const waiting = outboxOf.get(stream) ?? [];
    return {
      id: row.id,
      stream,
      row: { state: row.state, seq: row.seq, hash: row.last_hash.toString('hex') },
      events: (eventsOf.get(stream) ?? []).map(({ seq, at, body, actor, hash }) => ({
        ...{ seq, at: instantFromMs(at), hash: hash.toString('hex'), event: body, actor },
      })),
      outbox: { seqs: waiting.map((one) => one.seq), wakes: waiting.some((one) => one.wakes) },
    };
  });
}

interface Row<S> {
  id: string;
  state: S;
  seq: number;
  last_hash: Buffer;
}

interface EventRow<E> {
  stream: string;
  seq: number;
  at: number;
  body: E;
  actor: Actor;
  hash: Buffer;
}

function grouped<R extends { readonly stream: string }>(rows: readonly R[]): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const group = groups.get(row.stream);
    if (group) group.push(row);
    else groups.set(row.stream, [row]);
  }
  return groups;
}

/** The state after the events up to and including a seq; null before the first. @throws Error when they can't follow */
export function foldUpTo<S, E>(kind: StreamKind<S, E>, { id, events }: StoredStream<S, E>, seq: number): S | null {
  let state: S | null = null;
  for (const recorded of events) if (recorded.seq <= seq) state = kind.evolve(id, state, recorded);
  return state;
}

/** Holds a row against its events: the same state, seq and hash, and none missing. */
export function foldDifferences<S, E>(kind: StreamKind<S, E>, stored: StoredStream<S, E>): readonly Difference[] {
  const { row, events } = stored;
  const gap = events.findIndex((recorded, index) => recorded.seq !== index + 1);
  if (gap >= 0) return [{ seq: gap + 1, what: `event ${gap + 1} is missing` }];
  const last = events.at(-1);
  if (!last) return [{ seq: 0, what: 'it has no events' }];
  const differences: Difference[] = [];
  if (row.seq !== last.seq)
    differences.push({ seq: last.seq, what: `the row is at ${row.seq}, its last event is ${last.seq}` });
  else if (row.hash !== last.hash) differences.push({ seq: last.seq, what: "the row's hash is not its last event's" });
  try {
    const parting = firstParting(row.state, foldUpTo(kind, stored, last.seq));
    if (parting) differences.push({ seq: last.seq, what: `in the row ${partingInWords(parting, 'by its events')}` });
  } catch (error) {
    differences.push({ seq: last.seq, what: `its events can't follow each other: ${messageOf(error)}` });
  }
  return differences;
}

/** For errors of `decide` and `evolve`, which name stages and types only. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
