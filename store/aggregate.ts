import type { Actor } from '../domain/actor.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { NotFound } from './not-found.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import type { Refused } from './once.ts';
import { append, type AppendOptions, type Head } from './stream.ts';

/** A kind of process with a stream and a row of its own beside the cases: rounds, payment batches, filings, recoveries. */
export interface Kind<S, E extends { readonly type: string }> {
  readonly table:
    | 'round'
    | 'payment_batch'
    | 'intake_batch'
    | 'calendar_change'
    | 'adjustment_request'
    | 'budget_correction'
    | 'reconciliation'
    | 'recovery';
  readonly idColumn: 'round_id' | 'batch_id' | 'id' | 'request_id' | 'correction_id' | 'reconciliation_id' | 'case_no';
  readonly streamOf: (id: string) => string;
  readonly evolve: (state: S | null, at: Instant, event: E) => S;
}

export interface Locked<S> {
  readonly head: Head;
  readonly state: S;
  readonly changed: NonNullable<Refused['changed']>;
}

interface Read<S> {
  seq: number;
  last_hash: Buffer;
  last_at: number;
  last_actor: Actor;
  state: S;
}

/** Reads one by id; under lock it is what the transaction decides on. @throws NotFound */
export async function readOne<S, E extends { readonly type: string }>(
  db: Queryable,
  kind: Kind<S, E>,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<Locked<S>> {
  const { rows } = await db.query<Read<S>>(
    `SELECT seq, last_hash, last_at, last_actor, state FROM ${kind.table} WHERE ${kind.idColumn} = $1 ${lock}`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new NotFound(id);
  return {
    head: { stream: kind.streamOf(id), seq: row.seq, lastHash: row.last_hash },
    state: row.state,
    changed: { by: row.last_actor, at: instantFromMs(row.last_at), seq: row.seq },
  };
}

export interface Happening<E> {
  readonly at: Instant;
  readonly event: E;
  readonly wakes: boolean;
  /** What people wrote beside it. */
  readonly sealed?: Buffer | null;
}

/** Appends an event to the stream and keeps the row; `head` null begins it. */
export async function recordOne<S, E extends { readonly type: string }>(
  tx: Transaction,
  kind: Kind<S, E>,
  id: string,
  before: Locked<S> | null,
  { at, event, wakes, sealed = null }: Happening<E>,
  options: AppendOptions,
): Promise<{ readonly seq: number; readonly state: S }> {
  const head = before?.head ?? { stream: kind.streamOf(id), seq: 0, lastHash: null };
  const events = [{ type: event.type, body: JSON.stringify(event), sealed, wakes }];
  const { seq, lastHash } = only(await append(tx, [{ head, at, events }], options), 'new head');
  const state = kind.evolve(before?.state ?? null, at, event);
  await tx.query(
    `INSERT INTO ${kind.table} (${kind.idColumn}, seq, last_hash, last_at, last_actor, state)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (${kind.idColumn}) DO UPDATE SET seq = EXCLUDED.seq, last_hash = EXCLUDED.last_hash,
       last_at = EXCLUDED.last_at, last_actor = EXCLUDED.last_actor, state = EXCLUDED.state`,
    [id, seq, lastHash, at, JSON.stringify(options.actor), JSON.stringify(state)],
  );
  return { seq, state };
}
