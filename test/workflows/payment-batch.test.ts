import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { BatchId, CaseNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { startDeadline } from '../../domain/policy/deadline-days.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { epochMs } from '../../domain/time.ts';
import { org, sub } from '../case/story.ts';
import { workflowBundlePath } from '../setup/services.ts';
import { type Office, openOffice } from './office.ts';
import type { Order } from './world.ts';

let bundle: string;
let office: Office;

beforeAll(async () => {
  bundle = await workflowBundlePath();
}, 300_000);
afterEach(() => office.close());

const batchId = '220102-2017-09-26-1' as BatchId;
const calls = (name: string) => office.calls.filter((call) => call.name === name);
const batch = () => office.world.batch(batchId);

/** A batch of three orders, released at 09:00 of 26 September. */
async function released(): Promise<[Order, Order, Order]> {
  office = await openOffice(bundle, '2017-09-26T08:59:00+08:00');
  const orders: [Order, Order, Order] = [order(1), order(2), order(3)];
  office.world.orders.set(batchId, orders);
  const list = { orders: 3, totalFen: fen(585_000), listHash: 'list' };
  const expires = startDeadline('batch-release', civilDate('2017-09-26'), 2, workingCalendar(calendarNotices));
  await office.world.prepareBatch({ type: 'prepared', batchId, org, fund: org, by: sub('fin1'), expires, ...list });
  const refused = await office.world.decideBatch(
    batchId,
    { type: 'release', by: sub('fin2'), present: list, ...list },
    false,
  );
  expect(refused).toBeUndefined();
  await office.until(() => calls('payOrders').length > 0, 'sending');
  return orders;
}

const order = (n: number): Order => ({ caseNo: `220102-2017-000000${n}` as CaseNo, status: 'released' });

test('a batch sends its orders, asks after what is open, and is settled when the last one is final', async () => {
  const [first, second, third] = await released();
  expect([first.status, second.status, third.status]).toEqual(['unknown', 'unknown', 'unknown']);
  first.status = 'paid';
  third.status = 'failed';
  await office.at('2017-09-26T09:30:00+08:00');
  expect(batch().state.stage).toBe('released');
  second.status = 'paid';
  await office.at('2017-09-26T10:00:00+08:00');
  await office.result(batch());
  expect(batch().state.stage).toBe('settled');
  expect(batch().events.at(-1)?.event).toEqual({ type: 'settled', paid: 2, failed: 1 });
  expect(calls('settleBatch')).toHaveLength(1);
});

test('a bank that is silent all day is asked at growing intervals of ten minutes at most', async () => {
  const orders = await released();
  await office.at('2017-09-26T17:00:00+08:00');
  expect(batch().state.stage).toBe('released');
  const asked = calls('payOrders').map(({ at }) => epochMs(at));
  const pauses = asked.slice(1).map((at, index) => Math.round((at - (asked[index] ?? 0)) / 1000));
  expect(pauses.slice(0, 4)).toEqual([2, 4, 8, 16]);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(601);
  expect(pauses.slice(-20).every((pause) => pause >= 600)).toBe(true);
  for (const one of orders) one.status = 'paid';
  await office.at('2017-09-26T17:11:00+08:00');
  await office.result(batch());
  expect(batch().state.stage).toBe('settled');
});

test('an answer that was lost after the batch was settled changes nothing', async () => {
  const orders = await released();
  for (const one of orders) one.status = 'paid';
  office.faults.loseAnswer.add('settleBatch');
  await office.at('2017-09-26T09:30:00+08:00');
  await office.result(batch());
  expect(calls('settleBatch')).toHaveLength(2);
  expect(batch().events.map(({ event }) => event.type)).toEqual(['prepared', 'released', 'settled']);
});
