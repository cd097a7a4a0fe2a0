import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CaseNo, OrderNo, OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { addDays, civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { closeDifference, listDifferences } from '../../store/bank-difference.ts';
import { acceptOrders, reportOrder } from '../../store/bank-report.ts';
import { commandReconciliation, reconcileDay } from '../../store/reconciliation.ts';
import { addBudget, beginLife, claim, decide, done, endWindow, type Life, pay, publish, staff } from './life.ts';

/** Orders on whose end the bank says nothing: no statement has what failed, and a file bank can't be asked. */
const fund = '220100' as OrgCode;
const released = civilDate('2017-09-12');

let life: Life;
let cases: readonly CaseNo[];

beforeAll(async () => {
  life = await beginLife(97);
  await life.setNow('2017-09-04T09:00:00+08:00');
  await addBudget(life, 2017);
  cases = [await decide(life, 'approve'), await decide(life, 'approve'), await decide(life, 'approve')];
  const round = await publish(life);
  await life.setNow('2017-09-12T00:00:01+08:00');
  await endWindow(life, round);
  await life.setNow('2017-09-12T09:00:00+08:00');
  await pay(life, '2017-09-12T10:00:00+08:00', cases.slice(2), cases.slice(0, 2));
  await acceptOrders(life.store, [orderNo(1)], 'query');
}, 120_000);
afterAll(() => life.close());

const orderNo = (n: number): OrderNo => `${cases[n] ?? ''}-1` as OrderNo;
const open = async () =>
  (await listDifferences(life.store.db, ['220102' as OrgCode], { open: true, after: 0, limit: 100 })).map(
    ({ id, kind, ref, orderNo: of, caseNo, times }) => ({ id, kind, ref, of, caseNo, times }),
  );
/** The bank day `n` after the release, with nothing in its statement but what was credited that day. */
async function reconciled(n: number): Promise<void> {
  const date = addDays(released, n);
  await life.setNow(`${addDays(date, 1)}T09:30:00+08:00`);
  done(await commandReconciliation(life.store, claim('reconcile'), staff('fin1', 'finance'), { fund, date }));
  const at = parseInstant('2017-09-12T10:00:00+08:00');
  const line = { line: 1, orderNo: orderNo(2), kind: 'transfer', amountFen: 195_000, at } as const;
  const [openingFen, closingFen] = n === 0 ? [195_000, 0] : [0, 0];
  await reconcileDay(life.store, `${fund}-${date}`, { date, openingFen, closingFen, lines: n === 0 ? [line] : [] });
}

test('on the day of its release an order may still be on its way', async () => {
  await reconciled(0);
  expect(await open()).toEqual([]);
});

test('out for a whole bank day without an end, taken by the bank or not: finance hears of it, once', async () => {
  await reconciled(1);
  const found = [
    { kind: 'unanswered', ref: orderNo(0), of: orderNo(0), caseNo: cases[0], times: 1 },
    { kind: 'unanswered', ref: orderNo(1), of: orderNo(1), caseNo: cases[1], times: 1 },
  ];
  expect(await open()).toMatchObject(found);
  await reconciled(1);
  await reconciled(2);
  expect(await open()).toMatchObject(found);
});

test('the bank’s answer ends it, also that it failed; one that a person closed comes back on the next bank day', async () => {
  const [, second] = await open();
  done(await closeDifference(life.store, claim('close'), staff('fin1', 'finance'), second?.id ?? 0, '银行正在查询。'));
  await acceptOrders(life.store, [orderNo(0)], 'query');
  expect(await open()).toHaveLength(1); // that it has the order is no end
  const at = parseInstant('2017-09-15T10:00:00+08:00');
  const failed = { outcome: 'failed', code: 'account-closed', amountFen: fen(195_000), at } as const;
  await reportOrder(life.store, orderNo(0), failed, 'query');
  expect(await open()).toEqual([]);
  await reconciled(3);
  expect(await open()).toMatchObject([{ kind: 'unanswered', ref: orderNo(1), times: 1 }]);
  const { rows } = await life.store.db.query<{ by: string | null }>(
    `SELECT closed_by ->> 'kind' AS by FROM bank_difference WHERE kind = 'unanswered' ORDER BY ref, id`,
  );
  expect(rows.map(({ by }) => by)).toEqual(['bank', 'staff', null]);
});

test('days off are none on which the bank owes an answer', async () => {
  const [one] = await open();
  done(await closeDifference(life.store, claim('close'), staff('fin1', 'finance'), one?.id ?? 0, '银行正在查询。'));
  await reconciled(4); // Saturday, 16 September
  await reconciled(5);
  expect(await open()).toEqual([]);
  await reconciled(6);
  expect(await open()).toMatchObject([{ kind: 'unanswered', ref: orderNo(1) }]);
});
