import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { addBudget, payable, prepare, staff, sun } from './cases.ts';
import { type Desk, ORG, openDesk, read } from './desk.ts';

/** Lists that say "the latest first" over several units, and over more than nine of one day, page by page. */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(64);
  await addBudget(desk);
}, 120_000);
afterAll(() => desk.close());

const page = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });

async function allOf(list: string, id: string): Promise<readonly unknown[]> {
  const province = desk.as(staff('sup', 'supervisor', '220000'));
  const found: unknown[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = read(await province.get(`/v1/${list}?limit=4${cursor}`), 200, page);
    found.push(...items.map((one) => one[id]));
    if (next === null) return found;
    cursor = `&cursor=${next}`;
  }
}

test('rounds of two agencies', async () => {
  const cut: unknown[] = [];
  for (let n = 0; n < 14; n++) {
    await desk.setNow(`2017-09-04T09:${String(n + 10)}:00+08:00`);
    const org = n % 7 === 0 ? '220103' : ORG;
    const asked = await desk.as(staff(`w${org}`, 'handler', org)).post('/v1/publicity-rounds', { org });
    cut.unshift(read(asked, 201, z.object({ roundId: z.string() })).roundId);
  }
  expect(cut.filter((id) => String(id).startsWith(`${ORG}-2017-09-04-`)).length).toBe(12);
  expect(await allOf('publicity-rounds', 'roundId')).toEqual(cut);
});

test('payment batches, each given back, more than nine on one day', async () => {
  await desk.setNow('2017-09-04T10:00:00+08:00');
  await payable(desk);
  const prepared: unknown[] = [];
  for (let n = 0; n < 11; n++) {
    await desk.setNow(`2017-09-12T09:${String(n + 10)}:00+08:00`);
    const { batchId } = await prepare(desk);
    read(await desk.as(sun).post(`/v1/payment-batches/${batchId}/cancellation`, {}), 200, z.object({}));
    prepared.unshift(batchId);
  }
  expect(await allOf('payment-batches', 'batchId')).toEqual(prepared);
});
