import { z } from 'zod';
import { type Batch, preparePayments } from '../dev/calls.ts';
import { ORG } from '../dev/cast.ts';
import { type Caller, eventually } from '../dev/client.ts';
import { writeBarePayout } from './bare-payout.ts';
import type { Measured } from './figures.ts';
import { payableCases, payableFrom } from './payable-cases.ts';
import { type Bench, onSystem, peakMemoryMb } from './system.ts';

/** Fixed by the issue: one batch as large as a batch may be. */
const orders = 10_000;
/** Orders whose writes are made again as bare SQL. */
const compared = 2_000;
const halfAnHourMs = 1_800_000;

/**
 * A batch of 10,000 orders through preparation, release and the bank until every one is paid, in orders per second against
 * the very same rows written by bare SQL in as many transactions; and the worker's memory for it.
 */
export const run = (say: (line: string) => void): Promise<Measured> =>
  onSystem(
    say,
    async (bench) => {
      const { cashier, accountant } = bench.cast;
      say(`bringing ${orders} cases to payment`);
      await payableCases(bench, orders, say);
      const memoryBefore = peakMemoryMb(bench, 'worker');
      say('preparing');
      const preparing = await clocked(() => preparePayments(cashier, ORG));
      if (preparing.result.orders !== orders) throw new Error(`the batch has ${preparing.result.orders} orders`);
      say('releasing');
      const began = performance.now();
      const releasing = await clocked(() => releasePatiently(accountant, preparing.result));
      await eventually('every order is paid', async () => (await paidOf(bench)) === orders || undefined, halfAnHourMs);
      const paidMs = performance.now() - began;
      const memory = peakMemoryMb(bench, 'worker');
      say(`the writes of ${compared} orders once more, as bare SQL`);
      const bare = await writeBarePayout(bench, compared);
      const perSecond = (orders * 1_000) / paidMs;
      return {
        rows: [
          { what: 'prepared', figures: { orders, ms: Math.round(preparing.ms) } },
          { what: 'released', figures: { orders, ms: Math.round(releasing.ms) } },
          { what: 'release to paid', figures: { orders, ms: Math.round(paidMs), perSecond } },
          {
            what: 'the same writes as bare SQL',
            figures: { orders: compared, ms: Math.round(bare.ms), perSecond: bare.perSecond },
          },
          {
            what: "worker's peak",
            figures: { orders, beforeMb: memoryBefore, peakMb: memory, grownMb: memory - memoryBefore },
          },
        ],
        ratios: { 'orders per second, release to paid / bare SQL': perSecond / bare.perSecond },
      };
    },
    { CLOCK_ANCHOR: payableFrom },
  );

/** On a slow machine it takes longer than an answer may: then it is asked for again under the same key. */
const releasePatiently = (accountant: Caller, { batchId, totalFen, listHash }: Batch): Promise<unknown> =>
  accountant.post(`/v1/payment-batches/${batchId}/release`, { totalFen, listHash }, z.unknown(), {
    patienceMs: 120_000,
  });

async function paidOf({ database }: Bench): Promise<number> {
  const { rows } = await database.query<{ paid: number; ended: number }>(
    `SELECT count(*) FILTER (WHERE status = 'paid')::int AS paid,
            count(*) FILTER (WHERE status IN ('failed', 'returned'))::int AS ended FROM payment_order`,
  );
  const { paid = 0, ended = 0 } = rows[0] ?? {};
  if (ended > 0) throw new Error(`${ended} orders were not paid`);
  return paid;
}

async function clocked<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const began = performance.now();
  return { result: await work(), ms: performance.now() - began };
}
