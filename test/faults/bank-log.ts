import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What the bank did with an order, by its own log. */
export interface BankOrder {
  readonly orderNo: string;
  readonly account: string;
  readonly amountFen: number;
  /** What the order met: one of the bank's faults, or nothing. */
  readonly mode: string | null;
  readonly acceptedMs: number;
  /** In the order in which they were reached. */
  readonly conclusions: readonly { readonly outcome: 'paid' | 'failed' | 'returned'; readonly atMs: number }[];
}

const record = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('accepted'),
    orderNo: z.string(),
    account: z.string(),
    amountFen: z.number(),
    acceptedMs: z.number(),
    hit: z.object({ mode: z.string() }).nullable(),
  }),
  z.object({
    type: z.literal('concluded'),
    orderNo: z.string(),
    outcome: z.enum(['paid', 'failed', 'returned']),
    concludedMs: z.number(),
  }),
  z.object({ type: z.literal('acknowledged') }),
]);

/** The bank's own log, read from the file that it keeps with fsync: the judge asks nobody. */
export function readBankLog(dataDir: string): ReadonlyMap<string, BankOrder> {
  const orders = new Map<
    string,
    BankOrder & { readonly conclusions: { outcome: 'paid' | 'failed' | 'returned'; atMs: number }[] }
  >();
  for (const line of linesOf(join(dataDir, 'sandbox', 'transfers.ndjson'))) {
    const read = record.parse(JSON.parse(line));
    if (read.type === 'accepted') {
      const { orderNo, account, amountFen, acceptedMs, hit } = read;
      if (orders.has(orderNo)) throw new Error(`the bank accepted ${orderNo} twice`);
      orders.set(orderNo, { orderNo, account, amountFen, mode: hit?.mode ?? null, acceptedMs, conclusions: [] });
    } else if (read.type === 'concluded')
      orders.get(read.orderNo)?.conclusions.push({ outcome: read.outcome, atMs: read.concludedMs });
  }
  return orders;
}

/** Orders whose money comes back and has not yet. */
export const comesBack = ({ mode, conclusions }: BankOrder): boolean =>
  (mode === 'late-return' || mode === 'silent-return') && conclusions.at(-1)?.outcome === 'paid';

const fault = z.object({
  key: z.string(),
  value: z.object({ mode: z.string(), count: z.number().nullable() }).nullable(),
});

/** How often each of the bank's faults really hit a request or an order, by the sandbox's own journal. */
export function struckByBank(dataDir: string): ReadonlyMap<string, number> {
  const struck = new Map<string, number>();
  let before = { mode: 'none', count: null as number | null };
  for (const line of linesOf(join(dataDir, 'sandbox', 'faults.ndjson'))) {
    const { key, value } = fault.parse(JSON.parse(line));
    if (key !== 'bank' || value === null) continue;
    const left = before.count === null ? null : before.count - 1;
    // The last hit of a fault leaves none without a count; whoever calms the bank sets a count of 0.
    const isHit =
      left === 0 ? value.mode === 'none' && value.count === null : value.mode === before.mode && value.count === left;
    if (left !== null && isHit) struck.set(before.mode, (struck.get(before.mode) ?? 0) + 1);
    before = value;
  }
  return struck;
}

/** Whole lines; the last one may still be being written. */
function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}
