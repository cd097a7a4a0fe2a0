import type { Actor } from '../domain/actor.ts';
import type { BatchId, CaseNo, OrderNo, OrgCode } from '../domain/ids.ts';
import { type Fen, sumFen } from '../domain/money.ts';
import { type BatchEvent, type BatchList, type BatchState, evolveBatch } from '../domain/payment/batch.ts';
import { type BatchCommand, decideBatch } from '../domain/payment/decide-batch.ts';
import type { OrderStatus } from '../domain/payment/order.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sha256 } from './vault.ts';

export const batchKind: Kind<BatchState, BatchEvent> = {
  table: 'payment_batch',
  idColumn: 'batch_id',
  streamOf: (id) => `batch-${id}`,
  evolve: evolveBatch,
};

export type Staff = Actor & { kind: 'staff' };

/** A line of a prepared batch. */
export interface Item {
  readonly case_no: CaseNo;
  readonly amount_fen: Fen;
}

/** Length, sum and hash of a list in case-number order; two people sign these three. */
export function summarise(items: readonly Item[]): BatchList {
  const lines = items.map((item) => `${item.case_no}:${item.amount_fen}`).sort();
  return {
    orders: items.length,
    totalFen: sumFen(items.map((item) => item.amount_fen)),
    listHash: sha256(lines.join('\n')).toString('hex'),
  };
}

/** The list as it stands now. */
export async function presentList(db: Queryable, batchId: BatchId): Promise<readonly Item[]> {
  const { rows } = await db.query<Item>(
    'SELECT case_no, amount_fen FROM batch_item WHERE batch_id = $1 ORDER BY case_no',
    [batchId],
  );
  return rows;
}

/** Only a release has work for a run; what the run itself records it knows. */
export async function recordBatch(
  tx: Transaction,
  batch: Locked<BatchState>,
  event: BatchEvent,
  actor: Actor,
  commandId: number | null,
  ownRun = false,
): Promise<void> {
  const happened = { at: await businessNow(tx), event, wakes: event.type === 'released' };
  await recordOne(tx, batchKind, batch.state.batchId, batch, happened, { actor, commandId, ownRun });
}

/** Gives a prepared batch's cases back. */
export function cancelBatch(
  store: Store,
  claim: Claim,
  actor: Staff,
  batchId: BatchId,
): Promise<Outcome<{ batchId: BatchId }>> {
  return once(store, claim, (tx, commandId) =>
    endPrepared(tx, batchId, { type: 'cancel', by: actor.sub }, actor, commandId),
  );
}

/** Batches that nobody released in time give their cases back (design.md, Window). @returns how many expired */
export async function expireBatches(store: Store, actor: Actor): Promise<number> {
  const { rows } = await store.db.query<{ batch_id: BatchId }>(
    `SELECT batch_id FROM payment_batch WHERE stage = 'prepared' AND state #>> '{expires,dueAt}' <= $1`,
    [await businessNow(store.db)],
  );
  for (const { batch_id } of rows)
    await store.db.transaction((tx) => endPrepared(tx, batch_id, { type: 'expire' }, actor, null));
  return rows.length;
}

/** A changed calendar: a prepared batch may be released until another day. @returns whether it touched it */
export const moveBatch = (store: Store, batchId: BatchId, actor: Actor): Promise<boolean> =>
  store.db.transaction(async (tx) => {
    const batch = await readOne(tx, batchKind, batchId, 'FOR UPDATE');
    const now = await businessNow(tx);
    const command = { type: 'move-expiry', calendar: await store.rules.calendar(tx, now) } as const;
    const decision = decideBatch(batch.state, command, now);
    if ('refusal' in decision) return false;
    await recordBatch(tx, batch, decision.event, actor, null);
    return true;
  });

async function endPrepared(
  tx: Transaction,
  batchId: BatchId,
  command: BatchCommand,
  actor: Actor,
  commandId: number | null,
): Promise<Outcome<{ batchId: BatchId }>> {
  const batch = await readOne(tx, batchKind, batchId, 'FOR UPDATE');
  const decision = decideBatch(batch.state, command, await businessNow(tx));
  if ('refusal' in decision) return { refused: { ...decision.refusal, changed: batch.changed } };
  await tx.query('DELETE FROM batch_item WHERE batch_id = $1', [batchId]);
  await recordBatch(tx, batch, decision.event, actor, commandId);
  return { done: { batchId } };
}

/** The batch's own run asks to close it once every order is final. */
export async function settleBatch(store: Store, batchId: BatchId): Promise<{ readonly open: number }> {
  return store.db.transaction(async (tx) => {
    const batch = await readOne(tx, batchKind, batchId, 'FOR UPDATE');
    if (batch.state.stage !== 'released') return { open: 0 };
    const { rows } = await tx.query<{ open: number; paid: number; failed: number; returned: number }>(
      `SELECT count(*) FILTER (WHERE status IN ('released', 'accepted', 'unknown')) AS open,
              count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status = 'failed') AS failed,
              count(*) FILTER (WHERE status = 'returned') AS returned
       FROM payment_order WHERE batch_id = $1`,
      [batchId],
    );
    const counts = only(rows, 'order counts');
    const decision = decideBatch(batch.state, { type: 'settle', ...counts }, await businessNow(tx));
    if ('refusal' in decision) return { open: counts.open };
    const actor: Actor = { kind: 'process', name: batch.head.stream };
    await recordBatch(tx, batch, decision.event, actor, null, true);
    return { open: 0 };
  });
}

/** A batch as it stands; a prepared one with its present list, which holds and withdrawals shorten. @throws NotFound */
export async function readBatch(store: Store, batchId: BatchId): Promise<BatchState> {
  const { state } = await readOne(store.db, batchKind, batchId);
  if (state.stage !== 'prepared') return state;
  return { ...state, ...summarise(await presentList(store.db, batchId)) };
}

/** An order as lists show it: without its payee; `prepared`: its number comes with the release. */
export interface OrderLine {
  readonly orderNo: OrderNo | null;
  readonly caseNo: CaseNo;
  readonly amountFen: Fen;
  readonly status: OrderStatus | 'prepared';
}

/** The list of a prepared batch, which somebody else confirms, or the orders of a released one; in case-number order. */
export async function batchOrders(
  store: Store,
  batchId: BatchId,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly OrderLine[]> {
  const { rows } = await store.db.query<{
    order_no: OrderNo | null;
    case_no: CaseNo;
    amount_fen: Fen;
    status: OrderLine['status'];
  }>(
    `SELECT order_no, case_no, amount_fen, status FROM payment_order WHERE batch_id = $1 AND case_no > $2
     UNION ALL SELECT NULL, case_no, amount_fen, 'prepared' FROM batch_item JOIN payment_batch USING (batch_id)
       WHERE batch_id = $1 AND stage = 'prepared' AND case_no > $2
     ORDER BY case_no LIMIT $3`,
    [batchId, after, limit],
  );
  return rows.map((row) => ({
    orderNo: row.order_no,
    caseNo: row.case_no,
    amountFen: row.amount_fen,
    status: row.status,
  }));
}

const position = `(state ->> 'preparedAt') || ' ' || batch_id`;

/** Where a list goes on after a batch: ids of several units, and of more than nine on one day, are in no order. */
export const batchPosition = ({ preparedAt, batchId }: BatchState): string => `${preparedAt} ${batchId}`;

/** Batches of the given units, the latest first. */
export async function listBatches(
  store: Store,
  orgs: readonly OrgCode[],
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly BatchState[]> {
  const { rows } = await store.db.query<{ state: BatchState }>(
    `SELECT state FROM payment_batch WHERE org = ANY ($1) AND ($2::text IS NULL OR ${position} < $2)
     ORDER BY ${position} DESC LIMIT $3`,
    [orgs, before, limit],
  );
  return rows.map(({ state }) => state);
}
