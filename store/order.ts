import { timingSafeEqual } from 'node:crypto';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { BatchId, CaseNo, OrderNo } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import {
  type BankReport,
  decideReport,
  type OrderDecision,
  type OrderStatus,
  type ReportSource,
} from '../domain/payment/order.ts';
import { decideCase, lockCase } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import type { Store } from './store.ts';
import { openJson, sha256 } from './vault.ts';

/** The bank names an order that was never released. */
export class UnknownOrder extends Error {}
/** A nonce that was taken by other bytes. */
export class NonceReused extends Error {}

/** An order as the bank gets it. Personal data. */
export interface OrderToPay {
  readonly orderNo: OrderNo;
  readonly caseNo: CaseNo;
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
    amount_fen: Fen;
    status: OrderStatus;
    since: number | null;
    payee: Buffer;
  }>(
    `SELECT order_no, case_no, amount_fen, status, payee,
            (extract(epoch FROM clock_timestamp() - asked_at) * 1000)::bigint AS since
     FROM payment_order
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
      amountFen: row.amount_fen,
      status: row.status,
      sinceAskedMs: row.since,
      payee: openJson<OrderToPay['payee']>(key, row.payee, 'payee'),
    };
  });
}

/**
 * Before an order goes out it is `unknown`: if this process dies now, the next one asks the bank first. Never called on
 * a final order.
 */
export async function markSending(db: Queryable, orderNo: OrderNo): Promise<void> {
  await db.query(
    `UPDATE payment_order SET status = 'unknown', asked_at = clock_timestamp()
     WHERE order_no = $1 AND status IN ('released', 'unknown')`,
    [orderNo],
  );
}

/** Applies the bank's word in a transaction of its own. @throws UnknownOrder */
export function reportOrder(
  store: Store,
  orderNo: OrderNo,
  report: BankReport,
  source: ReportSource,
): Promise<OrderDecision> {
  return store.db.transaction((tx) => applyReport(tx, store, orderNo, report, source));
}

/**
 * A signed callback, its nonce and its effect in one transaction: a byte-identical repeat finds the nonce and changes
 * nothing. @throws UnknownOrder; NonceReused for other bytes under a known nonce
 */
export function acceptCallback(
  store: Store,
  { nonce, bytes }: { readonly nonce: string; readonly bytes: string },
  orderNo: OrderNo,
  report: BankReport,
): Promise<OrderDecision | { readonly effect: 'repeated' }> {
  const digest = sha256(bytes);
  return store.db.transaction(async (tx) => {
    const taken = await tx.query(
      'INSERT INTO bank_nonce (nonce, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
      [nonce, digest],
    );
    if (taken.rows.length === 0) {
      const { rows } = await tx.query<{ digest: Buffer }>('SELECT digest FROM bank_nonce WHERE nonce = $1', [nonce]);
      if (!timingSafeEqual(only(rows, 'nonce').digest, digest)) throw new NonceReused(nonce);
      return { effect: 'repeated' };
    }
    return applyReport(tx, store, orderNo, report, 'callback');
  });
}

async function applyReport(
  tx: Transaction,
  store: Store,
  orderNo: OrderNo,
  report: BankReport,
  source: ReportSource,
): Promise<OrderDecision> {
  const found = await tx.query<{ case_no: CaseNo }>('SELECT case_no FROM payment_order WHERE order_no = $1', [orderNo]);
  const caseNo = found.rows[0]?.case_no;
  if (caseNo === undefined) throw new UnknownOrder(orderNo);
  await lockCase(tx, caseNo); // the case before its order, as at release
  const { rows } = await tx.query<{ status: OrderStatus; amount_fen: Fen }>(
    'SELECT status, amount_fen FROM payment_order WHERE order_no = $1 FOR UPDATE',
    [orderNo],
  );
  const { status, amount_fen } = only(rows, 'order');
  const decision = decideReport({ orderNo, caseNo, status, amountFen: amount_fen }, report);
  await keepReport(tx, orderNo, report, source, decision);
  if (decision.effect !== 'moved') return decision;
  const final = report.outcome === 'accepted' ? null : report;
  await tx.query(
    `UPDATE payment_order SET status = $2, asked_at = clock_timestamp(), code = $3, credited_at = $4 WHERE order_no = $1`,
    [orderNo, decision.to, final?.code ?? null, final?.outcome === 'paid' ? final.at : null],
  );
  if (final && final.outcome !== 'returned') {
    const command: CaseCommand = {
      type: 'record-payment',
      orderNo,
      outcome:
        final.outcome === 'paid'
          ? { result: 'paid', amountFen: final.amountFen, creditedAt: final.at }
          : { result: 'failed', code: final.code },
    };
    const outcome = await decideCase(
      tx,
      store,
      { caseNo, command },
      { actor: { kind: 'bank' }, commandId: null, ownRun: false },
    );
    if ('refused' in outcome)
      throw new Error(`${orderNo}: the case refused the bank's result: ${outcome.refused.code}`);
  }
  return decision;
}

async function keepReport(
  tx: Transaction,
  orderNo: OrderNo,
  report: BankReport,
  source: ReportSource,
  decision: OrderDecision,
) {
  const final = report.outcome === 'accepted' ? null : report;
  await tx.query(
    `INSERT INTO bank_report (order_no, source, at, outcome, code, amount_fen, effect)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      orderNo,
      source,
      final?.at ?? (await businessNow(tx)),
      report.outcome,
      final?.code ?? null,
      final?.amountFen ?? null,
      decision.effect,
    ],
  );
}
