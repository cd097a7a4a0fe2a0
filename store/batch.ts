import type { Actor } from '../domain/actor.ts';
import { decide } from '../domain/case/decide.ts';
import type { BatchId, CaseNo, OrderNo, OrgCode } from '../domain/ids.ts';
import { type Fen, sumFen } from '../domain/money.ts';
import { dateOf } from '../domain/policy/dates.ts';
import { startDeadline } from '../domain/policy/deadlines.ts';
import {
  type BatchCommand,
  type BatchEvent,
  type BatchList,
  type BatchState,
  decideBatch,
  evolveBatch,
} from '../domain/payment/batch.ts';
import { orderNumber, type OrderStatus } from '../domain/payment/order.ts';
import { fundOf } from '../domain/reference/org-units.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { readApplications } from './application.ts';
import { decidePage, factsForAll } from './bulk.ts';
import { lockCases, withFund } from './case.ts';
import { recordCases } from './case-record.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sealJson, sha256 } from './vault.ts';

const batchKind: Kind<BatchState, BatchEvent> = {
  table: 'payment_batch',
  idColumn: 'batch_id',
  streamOf: (id) => `batch-${id}`,
  evolve: evolveBatch,
};

export interface BatchAnswer extends BatchList {
  readonly batchId: BatchId;
}

type Staff = Actor & { kind: 'staff' };

/** More in one batch would hold too many locks at release. */
const largestBatch = 10_000;

/**
 * Prepares a batch (N3.3): every payable case of the agency that nothing holds and no batch has, in the order of their
 * payout deadlines; cases that wait for money are asked again first (N5.2).
 */
export function prepareBatch(store: Store, claim: Claim, actor: Staff, org: OrgCode): Promise<Outcome<BatchAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('batch ' || $1))`, [org]);
    await reserveForWaiting(tx, store, org, actor, commandId);
    const items = await tx.query<{ case_no: CaseNo }>(
      `SELECT case_no FROM cases
       WHERE org = $1 AND stage = 'payable' AND NOT held
         AND NOT EXISTS (SELECT FROM batch_item WHERE batch_item.case_no = cases.case_no)
       ORDER BY (SELECT due_at FROM open_deadline d WHERE d.case_no = cases.case_no AND kind = 'payout'), case_no
       LIMIT ${largestBatch}`,
      [org],
    );
    const locked = await lockCases(
      tx,
      items.rows.map((row) => row.case_no),
    );
    const list = locked.flatMap(({ caseNo, state }) =>
      state.stage === 'payable' && state.holds.length === 0
        ? [{ case_no: caseNo, amount_fen: state.award.amountFen }]
        : [],
    );
    if (list.length === 0) return { refused: { code: 'nothing-payable', detail: {} } };

    const now = await businessNow(tx);
    const batchId = await nextBatchId(tx, org, now);
    const policy = await store.rules.policyOn(tx, dateOf(now));
    const calendar = await store.rules.calendar(tx, now);
    const expires = startDeadline('batch-release', dateOf(now), policy.deadlines['batch-release'], calendar);
    const summary = summarise(list);
    const event: BatchEvent = { type: 'prepared', batchId, org, fund: fundOf(org), by: actor.sub, expires, ...summary };
    await recordOne(
      tx,
      batchKind,
      batchId,
      null,
      { at: now, event, wakes: false },
      { actor, commandId, ownRun: false },
    );
    await tx.query(
      `INSERT INTO batch_item (case_no, batch_id, amount_fen) SELECT case_no, $1, amount_fen
       FROM unnest($2::text[], $3::bigint[]) AS new (case_no, amount_fen)`,
      [batchId, list.map((item) => item.case_no), list.map((item) => item.amount_fen)],
    );
    return { done: { batchId, ...summary } };
  });
}

/** N5.2: whoever found the fund short at approval is asked again, earliest payout deadline first. */
async function reserveForWaiting(tx: Transaction, store: Store, org: OrgCode, actor: Staff, commandId: number) {
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM cases WHERE org = $1 AND stage = 'payable' AND held AND state -> 'reservation' = 'null'
     ORDER BY (SELECT due_at FROM open_deadline d WHERE d.case_no = cases.case_no AND kind = 'payout'), case_no`,
    [org],
  );
  const order = rows.map((row) => row.case_no);
  const locked = new Map((await lockCases(tx, order)).map((row) => [row.caseNo, row]));
  const factsOf = await factsForAll(tx, store);
  for (const caseNo of order) {
    const row = locked.get(caseNo);
    if (!row) continue;
    const facts = await withFund(tx, row.state, await factsOf(row.state));
    const decision = decide(row.state, { type: 'reserve-fund' }, facts);
    if ('refusal' in decision) continue;
    const command = { type: 'reserve-fund' } as const;
    await recordCases(tx, store, [{ row, command, facts, events: decision.events }], {
      actor,
      commandId,
      ownRun: false,
    });
  }
}

async function nextBatchId(tx: Transaction, org: OrgCode, now: Parameters<typeof dateOf>[0]): Promise<BatchId> {
  const prefix = `${org}-${dateOf(now)}-`;
  const { rows } = await tx.query<{ n: number }>('SELECT count(*) AS n FROM payment_batch WHERE batch_id LIKE $1', [
    `${prefix}%`,
  ]);
  return `${prefix}${only(rows, 'count').n + 1}` as BatchId;
}

interface Item {
  readonly case_no: CaseNo;
  readonly amount_fen: Fen;
}

/** Length, sum and hash of a list in case-number order; two people sign these three. */
function summarise(items: readonly Item[]): BatchList {
  const lines = items.map((item) => `${item.case_no}:${item.amount_fen}`).sort();
  return {
    orders: items.length,
    totalFen: sumFen(items.map((item) => item.amount_fen)),
    listHash: sha256(lines.join('\n')).toString('hex'),
  };
}

/** The list as it stands now. */
async function presentList(db: Queryable, batchId: BatchId): Promise<readonly Item[]> {
  const { rows } = await db.query<Item>(
    'SELECT case_no, amount_fen FROM batch_item WHERE batch_id = $1 ORDER BY case_no',
    [batchId],
  );
  return rows;
}

/**
 * Releases a batch (N3.3): the point of no return, one transaction. The cases are locked before the list is read again,
 * so that a hold comes before or after it, never in between.
 */
export function releaseBatch(
  store: Store,
  claim: Claim,
  actor: Staff,
  batchId: BatchId,
  signed: Pick<BatchList, 'totalFen' | 'listHash'>,
): Promise<Outcome<BatchAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    const batch = await readOne(tx, batchKind, batchId, 'FOR UPDATE');
    const listed = await presentList(tx, batchId);
    await lockCases(
      tx,
      listed.map((item) => item.case_no),
    );
    const items = await presentList(tx, batchId);
    const command: BatchCommand = { type: 'release', by: actor.sub, present: summarise(items), ...signed };
    const decision = decideBatch(batch.state, command, await businessNow(tx));
    if ('refusal' in decision) return { refused: { ...decision.refusal, changed: batch.changed } };

    const orderNos = new Map<CaseNo, OrderNo>();
    const page = await decidePage(
      tx,
      store,
      items.map((item) => item.case_no),
      { actor, commandId },
      ({ caseNo, state }) => {
        const orderNo = orderNumber(caseNo, state.endedOrders);
        orderNos.set(caseNo, orderNo);
        return { type: 'release', batchId, orderNo, by: actor.sub };
      },
    );
    // A case on the list is payable and unheld, or it would have left the list; anything else is a broken invariant.
    if (page.refused.length > 0)
      throw new Error(`${batchId}: ${page.refused[0]?.caseNo} on the list can't be released`);
    await insertOrders(tx, store, batchId, items, orderNos);
    await record(tx, batch, decision.event, actor, commandId);
    return { done: { batchId, ...command.present } };
  });
}

/** The payee as of release: a later change of account touches no order that is out. */
async function insertOrders(
  tx: Transaction,
  store: Store,
  batchId: BatchId,
  items: readonly Item[],
  orderNos: ReadonlyMap<CaseNo, OrderNo>,
): Promise<void> {
  const caseNos = items.map((item) => item.case_no);
  const applications = await readApplications(tx, store, caseNos);
  const keys = await store.vault.caseKeys(tx, caseNos);
  const payees = caseNos.map((caseNo) => {
    const application = applications.get(caseNo);
    const key = keys.get(caseNo);
    if (!application || !key) throw new Error(`${caseNo}: the payee can't be read`);
    const { number, bank, holder } = application.account;
    return sealJson(key, { account: number, bank, holder }, 'payee');
  });
  await tx.query(
    `INSERT INTO payment_order (order_no, case_no, batch_id, amount_fen, payee, status)
     SELECT order_no, case_no, $1, amount_fen, payee, 'released'
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bytea[]) AS new (order_no, case_no, amount_fen, payee)`,
    [batchId, caseNos.map((caseNo) => orderNos.get(caseNo)), caseNos, items.map((item) => item.amount_fen), payees],
  );
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
    await record(tx, batch, decision.event, actor, null);
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
  await record(tx, batch, decision.event, actor, commandId);
  return { done: { batchId } };
}

/** The batch's own run asks to close it once every order is final. */
export async function settleBatch(store: Store, batchId: BatchId): Promise<{ readonly open: number }> {
  return store.db.transaction(async (tx) => {
    const batch = await readOne(tx, batchKind, batchId, 'FOR UPDATE');
    if (batch.state.stage !== 'released') return { open: 0 };
    const { rows } = await tx.query<{ open: number; paid: number; failed: number }>(
      `SELECT count(*) FILTER (WHERE status IN ('released', 'accepted', 'unknown')) AS open,
              count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status = 'failed') AS failed
       FROM payment_order WHERE batch_id = $1`,
      [batchId],
    );
    const counts = only(rows, 'order counts');
    const decision = decideBatch(batch.state, { type: 'settle', ...counts }, await businessNow(tx));
    if ('refusal' in decision) return { open: counts.open };
    const actor: Actor = { kind: 'process', name: batch.head.stream };
    await record(tx, batch, decision.event, actor, null, true);
    return { open: 0 };
  });
}

/** Only a release has work for a run; what the run itself records it knows. */
async function record(
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

/** A batch as it stands; a prepared one with its present list, which holds and withdrawals shorten. @throws NotFound */
export async function readBatch(store: Store, batchId: BatchId): Promise<BatchState> {
  const { state } = await readOne(store.db, batchKind, batchId);
  if (state.stage !== 'prepared') return state;
  return { ...state, ...summarise(await presentList(store.db, batchId)) };
}

/** An order as lists show it: without its payee. */
export interface OrderLine {
  readonly orderNo: OrderNo;
  readonly caseNo: CaseNo;
  readonly amountFen: Fen;
  readonly status: OrderStatus;
}

/** Orders of a released batch in order-number order. */
export async function batchOrders(
  store: Store,
  batchId: BatchId,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly OrderLine[]> {
  const { rows } = await store.db.query<{ order_no: OrderNo; case_no: CaseNo; amount_fen: Fen; status: OrderStatus }>(
    `SELECT order_no, case_no, amount_fen, status FROM payment_order
     WHERE batch_id = $1 AND order_no > $2 ORDER BY order_no LIMIT $3`,
    [batchId, after, limit],
  );
  return rows.map((row) => ({
    orderNo: row.order_no,
    caseNo: row.case_no,
    amountFen: row.amount_fen,
    status: row.status,
  }));
}

/** Batches of the given units, the latest first. */
export async function listBatches(
  store: Store,
  orgs: readonly OrgCode[],
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly BatchState[]> {
  const { rows } = await store.db.query<{ state: BatchState }>(
    `SELECT state FROM payment_batch WHERE org = ANY ($1) AND ($2::text IS NULL OR batch_id < $2)
     ORDER BY batch_id DESC LIMIT $3`,
    [orgs, before, limit],
  );
  return rows.map(({ state }) => state);
}
