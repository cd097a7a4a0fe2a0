import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { dayActivities } from '../../activities/days.ts';
import type { CaseNo, RoundId } from '../../domain/ids.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import type { RoundState } from '../../domain/round/round.ts';
import { type CivilDate, startOfDay } from '../../domain/time.ts';
import { freeze } from '../../store/cut-off.ts';
import { addBudget, beginLife, decide, type Life } from '../store/life.ts';
import { handMadeCutOffs } from './hand-made-cut-offs.ts';

let life: Life;
beforeEach(async () => {
  life = await beginLife(6);
  for (const year of [2017, 2018]) await addBudget(life, year);
}, 120_000);
afterEach(() => life.close());

const calendar = workingCalendar(calendarNotices);
const agencies = ['220102', '220103', '220281'];

/** What the business day's run does with a day; `lateAt`: the system was off and opens it then. */
async function live(day: CivilDate, lateAt?: string): Promise<void> {
  const activities = dayActivities(life.store, () => Promise.resolve());
  await life.setNow(lateAt ?? startOfDay(day));
  const { chores } = (await activities.openBusinessDay({ day })) ?? { chores: [] };
  for (const { kind, at } of chores) {
    await life.setNow(lateAt ?? at);
    const chore = () => new MockActivityEnvironment().run(() => activities.doChore({ day, kind }));
    await chore();
    await chore(); // an answer that was lost
  }
  const { rows } = await life.store.db.query<{ round_id: RoundId }>(
    `SELECT round_id FROM round WHERE stage = 'freezing'`,
  );
  for (const { round_id } of rows) await freeze(life.store, round_id, { kind: 'process', name: `round-${round_id}` });
}

/** The rounds of all agencies with the cases that are in them, oldest first; `[null]` for an empty one. */
async function rounds(): Promise<readonly { state: RoundState; cases: readonly CaseNo[] }[]> {
  const { rows } = await life.store.db.query<{ state: RoundState; cases: CaseNo[] }>(
    `SELECT state, array_agg(case_no ORDER BY entry_no) AS cases FROM round LEFT JOIN round_entry USING (round_id)
     GROUP BY round_id, state ORDER BY state ->> 'cutOffAt', round_id`,
  );
  return rows;
}

test('a year: whoever was approved is in the next round of the own agency, and in no other one', async () => {
  const approvedOn = new Map<CaseNo, CivilDate>();
  let n = 0;
  for (let day = civilDate('2017-09-01'); day < '2018-09-01'; day = calendar.next(day)) {
    await live(day);
    n += 1;
    if (n % 5 !== 0) continue;
    const agency = agencies[(n / 5) % agencies.length];
    // Issued in 2017 and filed by mid-June 2018 at the latest; after that nobody new comes.
    if (day < '2018-06-15') approvedOn.set(await decide(life, 'approve', agency), day);
  }
  const found = await rounds();
  expect(found.flatMap(({ cases }) => cases).sort()).toEqual([...approvedOn.keys()].sort());
  for (const { state, cases } of found) {
    expect(state).toMatchObject({ stage: 'reported', entries: cases.length, reporting: { status: 'met' } });
    expect(state.cutOffAt.slice(10, 16)).toBe('T09:00');
    for (const caseNo of cases) {
      const next = handMadeCutOffs.find((date) => date > (approvedOn.get(caseNo) ?? ''));
      expect([caseNo, state.org, state.cutOffAt.slice(0, 10)]).toEqual([caseNo, caseNo.slice(0, 6), next]);
    }
  }
  const { rows } = await life.store.db.query<{ n: number }>(`SELECT count(*) AS n FROM cases WHERE stage = 'approved'`);
  expect(rows).toEqual([{ n: 0 }]);
}, 300_000);

test('the system was off over two cut-offs: one late round with everybody, told as late', async () => {
  await life.setNow('2018-02-09T10:00:00+08:00');
  const caseNos = [await decide(life, 'approve'), await decide(life, 'approve')];
  for (let day = civilDate('2018-02-12'); day <= '2018-03-05'; day = calendar.next(day)) {
    await live(day, '2018-03-05T08:30:00+08:00');
  }
  expect(await rounds()).toEqual([
    {
      state: expect.objectContaining({
        roundId: '220102-2018-03-05-1',
        reporting: expect.objectContaining({ dueOn: '2018-02-14', status: 'met-late' }),
      }),
      cases: caseNos,
    },
  ]);
}, 60_000);
