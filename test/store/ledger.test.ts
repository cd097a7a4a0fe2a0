import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Account } from '../../domain/fund/postings.ts';
import type { OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { bookMoves } from '../../store/ledger.ts';
import { beginLife, type Life } from './life.ts';

/** The ledger under random moves (N5.1): the database holds it in balance, and refuses what would overdraw. */

let life: Life;
beforeAll(async () => {
  life = await beginLife(89);
}, 120_000);
afterAll(() => life.close());

const accounts: readonly Account[] = [
  ...(['budget', 'available', 'reserved', 'obligated', 'spent', 'returned', 'recovered', 'transferred'] as const),
];
/** Where money comes from and goes to. */
const mayBeNegative: ReadonlySet<Account> = new Set(['budget', 'transferred']);

const move = fc
  .record({
    fund: fc.constantFrom('220100' as OrgCode, '220200' as OrgCode),
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    amountFen: fc.integer({ min: 1, max: 300_000 }).map(fen),
  })
  .filter(({ from, to }) => from !== to);
const income = fc.record({
  fund: fc.constantFrom('220100' as OrgCode, '220200' as OrgCode),
  from: fc.constant<Account>('budget'),
  to: fc.constantFrom<Account>('available', 'reserved', 'spent'),
  amountFen: fc.integer({ min: 100_000, max: 1_000_000 }).map(fen),
});
/** Each is one transaction of up to four entries. */
const story = fc.array(fc.array(fc.oneof(move, income), { minLength: 1, maxLength: 4 }), {
  minLength: 5,
  maxLength: 15,
});

let year = 3_000;

test('whatever is booked, in whichever order: balanced, never overdrawn, and what was refused left nothing', async () => {
  const seen = { booked: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(story, async (transactions) => {
      year += 1;
      const budgetYear = year;
      let model = new Map<string, number>();
      for (const moves of transactions) {
        const after = new Map(model);
        for (const { fund, from, to, amountFen } of moves) {
          after.set(`${fund} ${from}`, (after.get(`${fund} ${from}`) ?? 0) - amountFen);
          after.set(`${fund} ${to}`, (after.get(`${fund} ${to}`) ?? 0) + amountFen);
        }
        const overdraws = [...after].some(
          ([name, amount]) => amount < 0 && !mayBeNegative.has(name.split(' ')[1] as Account),
        );
        const at = parseInstant('2017-09-04T10:00:00+08:00');
        const booking = life.store.db.transaction((tx) =>
          bookMoves(
            tx,
            moves.map((one) => ({ ...one, budgetYear, at, reason: 'test', stream: null, seq: null })),
          ),
        );
        if (overdraws) await expect(booking).rejects.toThrow('no_overdraft');
        else await booking;
        seen[overdraws ? 'refused' : 'booked'] += 1;
        if (!overdraws) model = after;
      }
      const { rows } = await life.store.db.query<{ name: string; kept: number; posted: number }>(
        `SELECT fund || ' ' || account AS name, amount_fen AS kept,
                (SELECT sum(p.amount_fen)::bigint FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
                 WHERE e.fund = b.fund AND e.budget_year = b.budget_year AND p.account = b.account) AS posted
         FROM fund_balance b WHERE budget_year = $1`,
        [budgetYear],
      );
      expect(new Map(rows.map(({ name, kept }) => [name, kept]))).toEqual(model);
      for (const { kept, posted } of rows) expect(kept).toBe(posted);
      expect(rows.reduce((total, { kept }) => total + kept, 0)).toBe(0);
    }),
    { numRuns: 25 },
  );
  expect(Math.min(seen.booked, seen.refused)).toBeGreaterThan(20);
}, 120_000);

test('an entry that does not balance is refused at once, one that is added to later as well', async () => {
  const { db } = life.store;
  const entry = `INSERT INTO ledger_entry (fund, budget_year, at, reason) VALUES ('220100', 2999, now(), 'test') RETURNING id`;
  const post = (id: number, ...postings: readonly (readonly [Account, number])[]) =>
    db.query(
      'INSERT INTO ledger_posting SELECT $1, account, fen FROM unnest($2::text[], $3::bigint[]) AS n (account, fen)',
      [id, postings.map(([account]) => account), postings.map(([, amount]) => amount)],
    );
  const id = (await db.query<{ id: number }>(entry)).rows[0]?.id ?? 0;
  await expect(post(id, ['budget', -100], ['available', 99])).rejects.toThrow('does not balance');
  await post(id, ['budget', -100], ['available', 100]);
  await expect(post(id, ['reserved', 1])).rejects.toThrow('does not balance');
  await expect(db.query('UPDATE ledger_posting SET amount_fen = 7 WHERE entry_id = $1', [id])).rejects.toThrow();
  const { rows } = await db.query('SELECT sum(amount_fen)::bigint AS sum FROM fund_balance WHERE budget_year = 2999');
  expect(rows).toEqual([{ sum: 0 }]);
});
