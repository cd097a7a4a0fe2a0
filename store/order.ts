import type { BatchId, CaseNo, OrderNo, OrgCode } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import type { OrderStatus } from '../domain/payment/order.ts';
import { only, type Queryable } from './database.ts';
import type { Store } from './store.ts';
import { openJson } from './vault.ts';

/** An order as the bank gets it. Personal data. */
export interface OrderToPay {
  readonly orderNo: OrderNo;
  readonly caseNo: CaseNo;
  readonly batchId: BatchId;
  /** Whose account pays: the fund of the batch. */
  readonly fund: OrgCode;
  readonly amountFen: Fen;
  readonly status: OrderStatus;
  /** Real milliseconds since the last word with the bank; null: never sent. */
  readonly sinceAskedMs: number | null;
  readonly payee: { readonly account: string; readonly bank: string; readonly holder: string };
}

/** Orders of a batch that have no final outcome, in order-number order after `after`. */
export async function unsettledOrders(
  store: Store,
  batchId: BatchId,
  after: OrderNo | '',
  limit: number,
): Promise<readonly OrderToPay[]> {
  const { rows } = await store.db.query<{
    order_no: OrderNo;
    case_no: CaseNo;
    fund: OrgCode;
    amount_fen: Fen;
    status: OrderStatus;
    since: number | null;
    payee: Buffer;
  }>(
    `SELECT order_no, case_no, fund, amount_fen, status, payee,
            (extract(epoch FROM clock_timestamp() - asked_at) * 1000)::bigint AS since
     FROM payment_order JOIN payment_batch USING (batch_id)
     WHERE batch_id = $1 AND order_no > $2 AND status IN ('released', 'accepted', 'unknown')
     ORDER BY order_no LIMIT $3`,
    [batchId, after, limit],
  );
  const keys = await store.vault.caseKeys(
    store.db,
    rows.map((row) => row.case_no),
  );
  return rows.map((row) => {
    const key = keys.get(row.case_no);
    if (!key) throw new Error(`${row.order_no}: the payee can't be read`);
    return {
      orderNo: row.order_no,
      caseNo: row.case_no,
      batchId,
      fund: row.fund,
      amountFen: row.amount_fen,
      status: row.status,
      sinceAskedMs: row.since,
      payee: openJson<OrderToPay['payee']>(key, row.payee, 'payee'),
    };
  });
}

/** The bank adapter that a batch's orders are with. */
export async function bankOfBatch(db: Queryable, batchId: BatchId): Promise<string> {
  const { rows } = await db.query<{ bank: string }>('SELECT bank FROM payment_order WHERE batch_id = $1 LIMIT 1', [
    batchId,
  ]);
  return only(rows, 'order').bank;
}

/**
 * Before orders go out they are `unknown`: if this process dies now, the next one asks the bank first. One that has
 * become final meanwhile is left as it is.
 */
export async function markSending(db: Queryable, orderNos: readonly OrderNo[]): Promise<void> {
  await db.query(
    `UPDATE payment_order SET status = 'unknown', asked_at = clock_timestamp()
     WHERE order_no = ANY ($1) AND status IN ('released', 'unknown')`,
    [orderNos],
  );
}
