import type { CaseNo, OrderNo, OrgCode } from '../domain/ids.ts';
import { fen } from '../domain/money.ts';
import type { OrderStatus } from '../domain/payment/order.ts';
import { type BankStatement, isBad, movedFen, type StatementLine } from '../domain/payment/statement.ts';
import { addDays, endOfDay } from '../domain/policy/dates.ts';
import { startOfDay } from '../domain/time.ts';
import type { NewDifference } from './bank-difference.ts';
import { reportOrder } from './bank-report.ts';
import type { Queryable, Transaction } from './database.ts';
import type { Store } from './store.ts';

interface KnownOrder {
  order_no: OrderNo;
  case_no: CaseNo;
  org: OrgCode;
  amount_fen: number;
  status: OrderStatus;
}

const goodLines = ({ lines }: BankStatement): readonly StatementLine[] =>
  lines.flatMap((line) => (isBad(line) ? [] : [line]));

async function ordersOf(
  db: Queryable,
  fund: OrgCode,
  statement: BankStatement,
): Promise<ReadonlyMap<string, KnownOrder>> {
  const { rows } = await db.query<KnownOrder>(
    `SELECT order_no, case_no, cases.org, payment_order.amount_fen, status
     FROM payment_order JOIN payment_batch USING (batch_id) JOIN cases USING (case_no)
     WHERE order_no = ANY ($1) AND payment_batch.fund = $2`,
    [goodLines(statement).map((line) => line.orderNo), fund],
  );
  return new Map(rows.map((row) => [row.order_no, row]));
}

/** Each line is the bank's word on its order; what it only repeats needs no transaction. */
export async function takeLines(store: Store, fund: OrgCode, statement: BankStatement): Promise<void> {
  const orders = await ordersOf(store.db, fund, statement);
  for (const { orderNo, kind, amountFen, at } of goodLines(statement)) {
    const order = orders.get(orderNo);
    if (!order) continue;
    const isKnown = order.status === 'returned' || (order.status === 'paid' && kind === 'transfer');
    if (isKnown && order.amount_fen === amountFen) continue;
    const outcome = kind === 'transfer' ? 'paid' : 'returned';
    const report = { outcome, code: 'statement', amountFen: fen(amountFen), at } as const;
    await reportOrder(store, order.order_no, report, 'statement');
  }
}

/** What does not agree once the lines were taken: bad, unknown, double and missing lines, and balances. */
export async function findDifferences(
  tx: Transaction,
  fund: OrgCode,
  statement: BankStatement,
): Promise<{ readonly differences: readonly NewDifference[]; readonly proven: boolean }> {
  const { date, lines, openingFen, closingFen } = statement;
  const about = (ref: string) => `${fund} ${date} ${ref}`;
  const orders = await ordersOf(tx, fund, statement);
  const differences: NewDifference[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    if (isBad(line)) {
      differences.push({ kind: 'bad-line', ref: about(`line ${line.line}`), org: fund, detail: { line: line.line } });
      continue;
    }
    const { orderNo, kind, amountFen } = line;
    const order = orders.get(orderNo);
    const detail = { line: line.line, kind, amountFen };
    if (!order) differences.push({ kind: 'unknown-order', ref: about(`line ${line.line}`), org: fund, detail });
    else if (seen.has(`${kind} ${orderNo}`)) {
      const { org, case_no: caseNo } = order;
      differences.push({ kind: 'twice-in-statement', ref: about(`${kind} ${orderNo}`), org, caseNo, detail });
    }
    seen.add(`${kind} ${orderNo}`);
  }
  differences.push(...(await missingLines(tx, fund, statement, seen)));
  const moved = movedFen(lines);
  const addsUp = moved !== null && openingFen + moved === closingFen;
  const closedAt = await closingOfDayBefore(tx, fund, statement);
  const opensRight = closedAt === null || closedAt === openingFen;
  if (moved !== null && !addsUp) {
    const detail = { openingFen, movedFen: moved, closingFen };
    differences.push({ kind: 'balance-differs', ref: about('sum'), org: fund, detail });
  }
  if (!opensRight) {
    const detail = { openingFen, closingBeforeFen: closedAt };
    differences.push({ kind: 'balance-differs', ref: about('opening'), org: fund, detail });
  }
  return { differences, proven: addsUp && opensRight };
}

/** What our books have as paid or come back that day and the bank does not. */
async function missingLines(
  tx: Transaction,
  fund: OrgCode,
  { date }: BankStatement,
  seen: ReadonlySet<string>,
): Promise<readonly NewDifference[]> {
  const { rows } = await tx.query<KnownOrder & { kind: 'transfer' | 'return' }>(
    `SELECT order_no, case_no, cases.org, payment_order.amount_fen, status, kind
     FROM payment_order JOIN payment_batch USING (batch_id) JOIN cases USING (case_no),
       LATERAL (VALUES ('transfer', credited_at), ('return', returned_at)) AS booked (kind, at)
     WHERE payment_batch.fund = $1 AND booked.at >= $2 AND booked.at < $3 ORDER BY order_no`,
    [fund, startOfDay(date), endOfDay(date)],
  );
  return rows
    .filter(({ kind, order_no }) => !seen.has(`${kind} ${order_no}`))
    .map(({ order_no, case_no, org, amount_fen, kind }) => ({
      kind: 'not-in-statement',
      ref: `${fund} ${date} ${kind} ${order_no}`,
      org,
      caseNo: case_no,
      detail: { kind, amountFen: amount_fen },
    }));
}

/** Null where the day before was not reconciled. */
async function closingOfDayBefore(tx: Transaction, fund: OrgCode, { date }: BankStatement): Promise<number | null> {
  const { rows } = await tx.query<{ closing: number | null }>(
    `SELECT (state #>> '{matching,closingFen}')::bigint AS closing FROM reconciliation
     WHERE fund = $1 AND day = $2 AND stage = 'matched'`,
    [fund, addDays(date, -1)],
  );
  return rows[0]?.closing ?? null;
}
