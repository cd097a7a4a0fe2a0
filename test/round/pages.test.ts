import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { casesAtOnce } from '../../store/round.ts';
import { addBudget, beginLife, decide, endWindow, type Life, publish } from '../store/life.ts';

const size = casesAtOnce + 1;

let life: Life;
beforeEach(async () => {
  life = await beginLife(23);
  await life.setNow('2017-09-04T10:00:00+08:00');
  await addBudget(life, 2017, size * 300_000);
}, 120_000);
afterEach(() => life.close());

const entries = async () => {
  const { rows } = await life.store.db.query<{ status: string; n: number; cases: number; first: number; last: number }>(
    `SELECT status, count(*) AS n, count(DISTINCT case_no) AS cases, min(entry_no) AS first, max(entry_no) AS last
     FROM round_entry GROUP BY status`,
  );
  return rows;
};

test('a round larger than a page is frozen, published and passed whole', async () => {
  const several = Array.from({ length: 4 }, async (_, lane) => {
    for (let n = lane; n < size; n += 4) await decide(life, 'approve');
  });
  await Promise.all(several);
  const roundId = await publish(life);
  const all = { n: size, cases: size, first: 1, last: size };
  expect(await entries()).toEqual([{ status: 'published', ...all }]);
  const { rows } = await life.store.db.query(
    `SELECT (state ->> 'entries')::int AS entries, (state ->> 'totalFen')::int AS total FROM round`,
  );
  const { rows: sums } = await life.store.db.query('SELECT sum(amount_fen)::int AS total FROM cases');
  expect(rows).toEqual([{ entries: size, ...sums[0] }]);
  await life.setNow('2017-09-12T10:00:00+08:00');
  await endWindow(life, roundId);
  expect(await entries()).toEqual([{ status: 'passed', ...all }]);
}, 300_000);
