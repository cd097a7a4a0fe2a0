import type { PaymentOutcome } from '../domain/case/commands.ts';
import type { CaseNo, OrderNo } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import {
  type BankReport,
  decideReport,
  type OrderDecision,
  type OrderStatus,
  type ReportSource,
} from '../domain/payment/order.ts';
import { raiseDifference } from './bank-difference.ts';
import { decideCase, lockCase } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import { followCase } from './recovery-begin.ts';
import type { Store } from './store.ts';
import { closeUnanswered } from './unanswered.ts';

/** The bank names an order that was never released. */
export class UnknownOrder extends Error {}

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
 * The bank's word on an order, from whichever side: the first changes order, case and ledger, the others agree or raise a
 * difference, all in the caller's transaction. @throws UnknownOrder
 */
export async function applyReport(
  tx: Transaction,
  store: Store,
  orderNo: OrderNo,
  report: BankReport,
  source: ReportSource,
): Promise<OrderDecision> {
  const found = await tx.query<{ case_no: CaseNo }>('SELECT case_no FROM payment_order WHERE order_no = $1', [orderNo]);
  const caseNo = found.rows[0]?.case_no;
  if (caseNo === undefined) throw new UnknownOrder(orderNo);
  const { state } = await lockCase(tx, caseNo); // the case before its order, as at release
  const { rows } = await tx.query<{ status: OrderStatus; amount_fen: Fen }>(
    'SELECT status, amount_fen FROM payment_order WHERE order_no = $1 FOR UPDATE',
    [orderNo],
  );
  const { status, amount_fen } = only(rows, 'order');
  const decision = decideReport({ orderNo, caseNo, status, amountFen: amount_fen }, report);
  await keepReport(tx, orderNo, report, source, decision);
  if (report.outcome === 'accepted') {
    if (decision.effect === 'moved') await moveOrder(tx, orderNo, decision.to);
    return decision;
  }
  if (decision.effect === 'difference') {
    const { outcome, amountFen, code, at } = report;
    const detail = { source, orderFen: amount_fen, outcome, saidFen: amountFen, code, at };
    const how = source === 'statement' ? 'once' : 'count';
    await raiseDifference(tx, { kind: decision.why, ref: orderNo, org: state.org, caseNo, detail }, how);
  }
  if (decision.effect !== 'moved') return decision;
  await moveOrder(tx, orderNo, decision.to, report);
  await closeUnanswered(tx, orderNo, { kind: 'bank' });
  const options = { actor: { kind: 'bank' }, commandId: null, ownRun: false } as const;
  const command = { type: 'record-payment', orderNo, outcome: outcomeOf(report) } as const;
  const recorded = await decideCase(tx, store, { caseNo, command }, options);
  if ('refused' in recorded)
    throw new Error(`${orderNo}: the case refused the bank's result: ${recorded.refused.code}`);
  await followCase(tx, store, recorded.done.state, options); // reported while the order was out, or sent back (N3.4b)
  return decision;
}

/**
 * The bank took these orders: nothing about their cases changes, so a page of them is one transaction. Orders that have
 * become final meanwhile are left as they are. @throws UnknownOrder
 */
export function acceptOrders(
  store: Store,
  orderNos: readonly OrderNo[],
  source: Extract<ReportSource, 'submission' | 'query'>,
): Promise<void> {
  return store.db.transaction(async (tx) => {
    const { rows } = await tx.query<{ order_no: OrderNo; case_no: CaseNo; amount_fen: Fen; status: OrderStatus }>(
      `SELECT order_no, case_no, amount_fen, status FROM payment_order WHERE order_no = ANY ($1)
       ORDER BY order_no FOR UPDATE`,
      [orderNos],
    );
    const stranger = orderNos.find((orderNo) => !rows.some((row) => row.order_no === orderNo));
    if (stranger !== undefined) throw new UnknownOrder(stranger);
    const decided = rows.map(({ order_no: orderNo, case_no: caseNo, amount_fen: amountFen, status }) => ({
      orderNo,
      effect: decideReport({ orderNo, caseNo, amountFen, status }, { outcome: 'accepted' }).effect,
    }));
    await tx.query(
      `INSERT INTO bank_report (order_no, source, at, outcome, effect)
       SELECT order_no, $3, business_now(), 'accepted', effect
       FROM unnest($1::text[], $2::text[]) AS new (order_no, effect)`,
      [decided.map(({ orderNo }) => orderNo), decided.map(({ effect }) => effect), source],
    );
    await tx.query(
      `UPDATE payment_order SET status = 'accepted', asked_at = clock_timestamp() WHERE order_no = ANY ($1)`,
      [decided.filter(({ effect }) => effect === 'moved').map(({ orderNo }) => orderNo)],
    );
  });
}

type FinalReport = Exclude<BankReport, { outcome: 'accepted' }>;

function outcomeOf({ outcome, code, amountFen, at }: FinalReport): PaymentOutcome {
  switch (outcome) {
    case 'paid':
      return { result: 'paid', amountFen, creditedAt: at };
    case 'failed':
      return { result: 'failed', code };
    case 'returned':
      return { result: 'returned', amountFen, code, returnedAt: at };
  }
}

async function moveOrder(tx: Transaction, orderNo: OrderNo, to: OrderStatus, report?: FinalReport): Promise<void> {
  const at = (outcome: FinalReport['outcome']) => (report?.outcome === outcome ? report.at : null);
  await tx.query(
    `UPDATE payment_order SET status = $2, asked_at = clock_timestamp(), code = $3,
       credited_at = coalesce($4, credited_at), returned_at = $5 WHERE order_no = $1`,
    [orderNo, to, report?.code ?? null, at('paid'), at('returned')],
  );
}

async function keepReport(
  tx: Transaction,
  orderNo: OrderNo,
  report: BankReport,
  source: ReportSource,
  decision: OrderDecision,
): Promise<void> {
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
