import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { civilDate } from '../../domain/policy/dates.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { moveAllDeadlines } from '../../store/deadline-sweep.ts';
import { beginLife, file } from '../store/life.ts';

const cases = 300;
const key = randomBytes(32);
const script = fileURLToPath(new URL('./sweep-process.ts', import.meta.url));
const actor = { kind: 'process', name: 'sweep-test' } as const;

let life: Awaited<ReturnType<typeof beginLife>>;
beforeAll(async () => {
  life = await beginLife(91, key);
}, 120_000);
afterAll(() => life.close());

/** Cases like the one that was filed: its row and its deadline once more under other numbers. */
async function copies(of: string, n: number): Promise<void> {
  const numbers = `SELECT '220102-2017-8' || lpad(i::text, 6, '0') AS no FROM generate_series(1, ${n}) AS i`;
  await life.asOwner(
    `INSERT INTO cases (case_no, seq, last_hash, last_at, last_actor, state, person_key)
     SELECT new.no, seq, last_hash, last_at, last_actor, state || jsonb_build_object('caseNo', new.no),
            sha256(new.no::bytea)
     FROM cases, (${numbers}) AS new WHERE case_no = $1`,
    [of],
  );
  await life.asOwner(
    `INSERT INTO open_deadline (case_no, kind, due_at, overdue)
     SELECT new.no, kind, due_at, overdue FROM open_deadline, (${numbers}) AS new WHERE case_no = $1`,
    [of],
  );
}

const moved = async (): Promise<number> => {
  const { rows } = await life.store.db.query<{ n: number }>(
    `SELECT count(*) AS n FROM event WHERE type = 'deadlines-moved'`,
  );
  return rows[0]?.n ?? 0;
};

test(`a sweep over ${cases} cases is killed with -9 in the middle: made again, every case is moved exactly once`, async () => {
  await life.setNow('2017-09-04T10:00:00+08:00');
  const { caseNo } = await file(life); // 5, 6, 7, 8, 11 September
  await copies(caseNo, cases - 1);
  const year = calendarNotices.find((one) => one.year === 2017);
  if (!year) throw new Error('the year 2017 has a notice');
  const daysOff = [...year.daysOff, civilDate('2017-09-07')];
  const notice = { ...year, id: '2017-e1', publishedOn: civilDate('2017-09-04'), daysOff };
  await life.asOwner('INSERT INTO calendar_notice (id, published_on, body) VALUES ($1, $2, $3)', [
    ...[notice.id, notice.publishedOn, JSON.stringify(notice)],
  ]);

  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, life.url, key.toString('hex'), String(Math.ceil(cases / 30))],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const ended = once(child, 'exit');
  while ((await moved()) < cases / 6 && child.exitCode === null) await sleep(2);
  child.kill('SIGKILL');
  expect((await ended)[1]).toBe('SIGKILL');
  const before = await moved();
  expect(before).toBeGreaterThanOrEqual(cases / 6);
  expect(before).toBeLessThan(cases);

  const swept = await moveAllDeadlines(life.store, actor, () => undefined);
  expect(swept.cases).toBe(cases - before);
  expect((await moveAllDeadlines(life.store, actor, () => undefined)).cases).toBe(0);
  const { rows } = await life.store.db.query<{ due: string; times: number; n: number }>(
    `SELECT d.due, d.times, count(*) AS n
     FROM (SELECT state #>> '{deadlines,0,dueOn}' AS due,
                  (SELECT count(*) FROM event WHERE stream = 'case-' || case_no AND type = 'deadlines-moved') AS times
           FROM cases) AS d
     GROUP BY d.due, d.times`,
  );
  expect(rows).toEqual([{ due: '2017-09-12', times: 1, n: cases }]);
  const open = await life.store.db.query<{ n: number }>(
    `SELECT count(*) AS n FROM open_deadline WHERE due_at = '2017-09-13T00:00:00+08:00'`,
  );
  expect(open.rows).toEqual([{ n: cases }]);
}, 180_000);
