import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CaseNo, OrderNo, OrgCode, Sub } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import type { BankStatement, StatementLine } from '../../domain/payment/statement.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { closeDifference, listDifferences } from '../../store/bank-difference.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { commandReconciliation, openDueDays, readReconciliation, reconcileDay } from '../../store/reconciliation.ts';
import { addBudget, beginLife, decide, endWindow, type Life, pay, publish } from './life.ts';

/** A bank day held against the books (对账): each line the bank's word, differences for people, the same end every time. */

const fund = '220100' as OrgCode;
const date = civilDate('2017-09-12');
const id = `${fund}-${date}`;
const actor = { kind: 'process', name: 'business-day' } as const;

let life: Life;
let cases: readonly CaseNo[];

beforeAll(async () => {
  life = await beginLife(77);
  await life.setNow('2017-09-04T09:00:00+08:00');
  await addBudget(life, 2017);
  cases = [];
  for (let n = 0; n < 6; n += 1) cases = [...cases, await decide(life, 'approve')];
  const round = await publish(life);
  await life.setNow('2017-09-12T00:00:01+08:00');
  await endWindow(life, round);
  await life.setNow('2017-09-12T09:00:00+08:00');
  // The bank has said paid of the first three; of the others nothing came.
  await pay(life, '2017-09-12T10:00:00+08:00', cases.slice(0, 3), cases.slice(3));
  await life.setNow('2017-09-13T10:00:00+08:00');
}, 120_000);
afterAll(() => life.close());

const orderNo = (n: number): OrderNo => `${cases[n] ?? ''}-1` as OrderNo;
const line = (n: number, more: Partial<StatementLine> = {}): StatementLine => ({
  ...{ line: n + 1, orderNo: orderNo(n), kind: 'transfer', amountFen: 195_000 },
  at: parseInstant('2017-09-12T10:00:00+08:00'),
  ...more,
});
const statementOf = (lines: BankStatement['lines'], movedFen: number): BankStatement => ({
  ...{ date, openingFen: 10_000_000, closingFen: 10_000_000 + movedFen, lines },
});
/** All six paid, the first one sent back the same day. */
const whole = (): BankStatement =>
  statementOf([...cases.map((_, n) => line(n)), line(0, { line: 7, kind: 'return' })], -5 * 195_000);

const open = async (): Promise<readonly string[]> => {
  const found = await listDifferences(life.store.db, [fund, '220102' as OrgCode], { open: true, after: 0, limit: 100 });
  return found
    .map(({ kind, ref, times }) => `${kind} ${ref.replace(`${id.slice(0, 6)} ${date} `, '')} ${times}`)
    .sort();
};
const statuses = async (): Promise<readonly string[]> => {
  const { rows } = await life.store.db.query<{ status: string }>('SELECT status FROM payment_order ORDER BY order_no');
  return rows.map(({ status }) => status);
};
let keys = 0;
const again = async (statement: BankStatement | null): Promise<void> => {
  const claim = { caller: 'test', route: 'reconcile', key: String(++keys), body: '' };
  await commandReconciliation(life.store, claim, actor, { fund, date });
  await reconcileDay(life.store, id, statement);
};
const day = () => readReconciliation(life.store.db, id);

test('a missing statement is an alarm from noon of the next working day, once, and gone when it comes', async () => {
  await openDueDays(life.store, actor, { from: date, before: civilDate('2017-09-13') });
  await openDueDays(life.store, actor, { from: date, before: civilDate('2017-09-13') });
  expect(await day()).toMatchObject({ stage: 'open', times: 1 });
  await reconcileDay(life.store, id, null);
  expect([(await day()).stage, await open()]).toEqual(['open', []]);
  await life.setNow('2017-09-13T12:00:00+08:00');
  await reconcileDay(life.store, id, null);
  await reconcileDay(life.store, id, null);
  expect([(await day()).stage, await open()]).toEqual(['missing', [`statement-missing ${fund} ${date} 1`]]);
});

test('lines bring what no callback brought; a bad line is set aside, not the file; nothing is proven with it', async () => {
  const lines = [line(0), line(1), line(3), line(4), { line: 5, bad: true } as const];
  await reconcileDay(life.store, id, statementOf(lines, -4 * 195_000));
  expect(await statuses()).toEqual(['paid', 'paid', 'paid', 'paid', 'paid', 'unknown']);
  expect(await open()).toEqual([`bad-line line 5 1`, `not-in-statement transfer ${orderNo(2)} 1`]);
  expect(await day()).toMatchObject({ stage: 'matched', matching: { lines: 5, badLines: 1, proven: false } });
});

test('what is wrong with the whole is told apart: unknown, double, another amount, and balances that do not add up', async () => {
  const stranger = '220102-2017-9999999-1';
  const lines = [
    ...[line(0), line(1), line(2), line(3), line(4)],
    line(5, { amountFen: 195_001 }),
    line(1, { line: 7 }),
    line(0, { line: 8, orderNo: stranger }),
  ];
  await again(statementOf(lines, -1));
  expect(await open()).toEqual([
    `amount-differs ${orderNo(5)} 1`,
    'balance-differs sum 1',
    `twice-in-statement transfer ${orderNo(1)} 1`,
    'unknown-order line 8 1',
  ]);
  expect((await statuses())[5]).toBe('unknown');
});

test('the right statement: everything agrees, the balance is proven, and what was found gone is closed', async () => {
  await again(whole());
  expect(await statuses()).toEqual(['returned', 'paid', 'paid', 'paid', 'paid', 'paid']);
  // The other amount was the bank's word on an order: a person says what it was.
  expect(await open()).toEqual([`amount-differs ${orderNo(5)} 1`]);
  expect(await day()).toMatchObject({ matching: { lines: 7, badLines: 0, proven: true, differences: 0 } });
});

test('run again any number of times it ends the same, and what a person closed stays closed', async () => {
  const ledger = () => life.store.db.query('SELECT * FROM fund_balance ORDER BY 1, 2, 3').then(({ rows }) => rows);
  const before = [await ledger(), await statuses()];
  await again(whole());
  await again(whole());
  expect([await ledger(), await statuses()]).toEqual(before);
  const lines = [...cases.slice(0, 5).map((_, n) => line(n)), line(5, { amountFen: 195_001 })];
  await again(statementOf([...lines, line(0, { line: 7, kind: 'return' })], -5 * 195_000 - 1));
  const [difference] = await listDifferences(life.store.db, ['220102' as OrgCode], { open: true, after: 0, limit: 1 });
  const claim = { caller: 'test', route: 'close', key: 'close', body: '' };
  await closeDifference(life.store, claim, staffMember, difference?.id ?? 0, '银行更正。');
  await again(statementOf([...lines, line(0, { line: 7, kind: 'return' })], -5 * 195_000 - 1));
  expect(await open()).toEqual([]);
});
const staffMember = { kind: 'staff', sub: 'fin1' as Sub, role: 'finance', org: fund } as const;

test('a late word of the bank after the statement agrees', async () => {
  const report = {
    outcome: 'paid',
    code: '00',
    amountFen: fen(195_000),
    at: parseInstant('2017-09-12T10:00:00+08:00'),
  };
  expect(await reportOrder(life.store, orderNo(5), { ...report, outcome: 'paid' }, 'callback')).toEqual({
    effect: 'agreed',
  });
});
