import type { Actor } from '../domain/actor.ts';
import type { CaseNo, OrderNo, OrgCode } from '../domain/ids.ts';
import { type CivilDate, startOfDay } from '../domain/time.ts';
import { raiseDifference } from './bank-difference.ts';
import { lockCase } from './case.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import type { Store } from './store.ts';

const isOpen = `status IN ('released', 'accepted', 'unknown')`;

/**
 * N3.3: orders that were out for the whole of a working day and whose end the bank has not said, neither by itself nor in
 * the day's statement, become finance's tasks: again on every such day, until the bank answers.
 */
export async function raiseUnanswered(store: Store, fund: OrgCode, date: CivilDate): Promise<void> {
  const calendar = await store.rules.calendar(store.db, await businessNow(store.db));
  if (!calendar.isWorkingDay(date)) return;
  const { rows } = await store.db.query<{ order_no: OrderNo; case_no: CaseNo; amount_fen: number }>(
    `SELECT order_no, case_no, amount_fen
     FROM payment_order JOIN payment_batch USING (batch_id)
       JOIN event ON event.stream = 'batch-' || batch_id AND event.type = 'released'
     WHERE payment_batch.fund = $1 AND payment_batch.stage = 'released' AND ${isOpen} AND event.at < $2
     ORDER BY order_no`,
    [fund, startOfDay(date)],
  );
  for (const { order_no: ref, case_no: caseNo, amount_fen: amountFen } of rows) {
    await store.db.transaction(async (tx) => {
      const { state } = await lockCase(tx, caseNo); // the case before its order, as when the bank answers
      const still = await tx.query(`SELECT FROM payment_order WHERE order_no = $1 AND ${isOpen}`, [ref]);
      if (still.rows.length === 0) return;
      const detail = { amountFen, day: date };
      await raiseDifference(tx, { kind: 'unanswered', ref, org: state.org, caseNo, detail }, 'once');
    });
  }
}

/** The bank has said at last how the order ended. Call it with the order's case locked. */
export async function closeUnanswered(tx: Transaction, orderNo: OrderNo, actor: Actor): Promise<void> {
  await tx.query(
    `UPDATE bank_difference SET closed_at = $2, closed_by = $3
     WHERE kind = 'unanswered' AND ref = $1 AND closed_at IS NULL`,
    [orderNo, await businessNow(tx), JSON.stringify(actor)],
  );
}
