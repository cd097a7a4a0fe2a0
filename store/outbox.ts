import type { CalendarEvent, CalendarState } from '../domain/calendar/change.ts';
import type { CaseEvent } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { BatchEvent, BatchState } from '../domain/payment/batch.ts';
import type { IntakeEvent, IntakeState } from '../domain/intake/batch.ts';
import type { ReconciliationEvent, ReconciliationState } from '../domain/payment/reconciliation.ts';
import type { RecoveryEvent, RecoveryState } from '../domain/recovery/recovery.ts';
import type { RoundEvent, RoundState } from '../domain/round/round.ts';
import type { Recorded } from '../domain/stream.ts';
import { only, type Queryable } from './database.ts';
import { noEvent } from './look-request.ts';
import { eventsSince } from './run.ts';
import type { Store } from './store.ts';

interface Told<Kind extends string, S, E> {
  readonly kind: Kind;
  /** The stream, which is also the workflow's id. */
  readonly stream: string;
  /** Ready to start a run from, and how far it goes. */
  readonly state: S;
  readonly seq: number;
  readonly hash: string;
  readonly events: readonly Recorded<E>[];
  /** A round's page has to change. */
  readonly asksForLook?: boolean;
}

/** What a workflow has to be told: its process's state now and the events that wait. */
export type Telling =
  | Told<'case', CaseState, CaseEvent>
  | Told<'round', RoundState, RoundEvent>
  | Told<'batch', BatchState, BatchEvent>
  | Told<'intake', IntakeState, IntakeEvent>
  | Told<'calendar', CalendarState, CalendarEvent>
  | Told<'reconciliation', ReconciliationState, ReconciliationEvent>
  | Told<'recovery', RecoveryState, RecoveryEvent>;

/**
 * What stands for many cases (rounds, batches, collective filings) is told before single cases, of which thousands may
 * wait; as the index `outbox_by_turn` has it.
 */
const isOneCase = `(stream LIKE 'case-%')`;

/** Streams told in one go. */
const pageSize = 50;

/**
 * Hands over what waits in the outbox, at least once: rows are locked while `tell` runs and deleted for every stream
 * that it told. Several pumps work side by side; commands only insert rows and never wait for a pump.
 * @param tell tells one workflow; what it throws leaves that stream for later
 * @returns how many streams were told, and the first failure
 */
export function drainOutbox(
  store: Store,
  tell: (telling: Telling) => Promise<void>,
): Promise<{ readonly told: number; readonly failure?: unknown }> {
  return store.db.transaction(async (tx) => {
    const waking = await tx.query<{ stream: string }>(
      `SELECT stream FROM outbox WHERE wakes ORDER BY ${isOneCase}, id LIMIT ${pageSize} FOR UPDATE SKIP LOCKED`,
    );
    const streams = [...new Set(waking.rows.map((row) => row.stream))];
    if (streams.length === 0) return { told: 0 };
    const { rows } = await tx.query<{ id: number; stream: string; seq: number }>(
      'SELECT id, stream, seq FROM outbox WHERE stream = ANY ($1) FOR UPDATE SKIP LOCKED',
      [streams],
    );
    const results = await Promise.allSettled(
      streams.map(async (stream) => {
        const seqs = rows.filter((row) => row.stream === stream).map((row) => row.seq);
        const news = seqs.filter((seq) => seq !== noEvent);
        const telling = await tellingOf(store.db, stream, news.length > 0 ? Math.min(...news) - 1 : null);
        await tell({ ...telling, asksForLook: seqs.length > news.length });
        return stream;
      }),
    );
    const told = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const done = rows.filter((row) => told.includes(row.stream)).map((row) => row.id);
    await tx.query('DELETE FROM outbox WHERE id = ANY ($1::bigint[])', [done]);
    const failed = results.find((result) => result.status === 'rejected');
    return failed ? { told: told.length, failure: failed.reason as unknown } : { told: told.length };
  });
}

const tables = {
  case: { table: 'cases', id: 'case_no' },
  round: { table: 'round', id: 'round_id' },
  batch: { table: 'payment_batch', id: 'batch_id' },
  intake: { table: 'intake_batch', id: 'batch_id' },
  calendar: { table: 'calendar_change', id: 'id' },
  reconciliation: { table: 'reconciliation', id: 'reconciliation_id' },
  recovery: { table: 'recovery', id: 'case_no' },
} as const;

const isKind = (prefix: string): prefix is keyof typeof tables => prefix in tables;

/** State and events of a stream as a workflow is told them. @param afterSeq null: no events wait */
async function tellingOf(db: Queryable, stream: string, afterSeq: number | null): Promise<Telling> {
  const dash = stream.indexOf('-');
  const kind = stream.slice(0, dash);
  if (!isKind(kind)) throw new Error(`outbox: no workflow for ${stream}`);
  const { table, id } = tables[kind];
  const { rows } = await db.query<{ state: unknown; seq: number; last_hash: Buffer }>(
    `SELECT state, seq, last_hash FROM ${table} WHERE ${id} = $1`,
    [stream.slice(dash + 1)],
  );
  const { state, seq, last_hash } = only(rows, stream);
  const events = afterSeq === null ? [] : await eventsSince(db, stream, afterSeq);
  // The kinds keep state and events of their own type under their own prefix.
  return { kind, stream, state, seq, hash: last_hash.toString('hex'), events } as Telling;
}
