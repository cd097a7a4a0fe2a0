import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { roundActivities } from '../../activities/rounds.ts';
import type { RoundId } from '../../domain/ids.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { addBudget, approved, type Filed, publish, zhao } from '../api/cases.ts';
import { type Desk, openDesk, read } from '../api/desk.ts';
import { type RunningSandbox, runSandbox } from '../sandbox/running-sandbox.ts';
import { z } from 'zod';

/**
 * N3.1c on a window's last day: the round asks both registers again about its entries, over real HTTP. Twenty entries are
 * more than one page.
 */
let desk: Desk;
let sandbox: RunningSandbox;
let activities: ReturnType<typeof roundActivities>;
let roundId: RoundId;
const cases: Filed[] = [];
const lastDay = civilDate('2017-09-11');

beforeAll(async () => {
  desk = await openDesk(96);
  await addBudget(desk);
  sandbox = await runSandbox();
  const url = sandbox.url();
  activities = roundActivities(desk.services.store, {
    ...{ insurance: url, bank: url, publisher: url, sms: url, letter: url, appraisal: url },
    ...{ provincialRegister: url, nationalRegister: url },
  });
  for (let n = 0; n < 20; n += 1) cases.push(await approved(desk));
  for (const { person, application } of cases) {
    const { number, occupation, level, kind, issuedOn } = application.certificate;
    const { name, idNumber } = person;
    for (const register of ['provincial', 'national'])
      await sandbox.call('PUT', `/control/registers/${register}/${number}`, {
        ...{ name, idNumber, occupation, level, kind, issuedOn, status: 'valid' },
      });
  }
  roundId = await publish(desk);
  await desk.setNow('2017-09-11T00:00:05+08:00');
}, 180_000);
afterAll(async () => {
  await sandbox.close();
  await desk.close();
});

/** One attempt of an activity of the round; Temporal makes it again under the same id when it failed. */
const attempt = <T>(activityId: string, work: () => Promise<T>): Promise<T> => {
  const workflowExecution = { workflowId: `round-${roundId}`, runId: 'run' };
  return new MockActivityEnvironment({ activityId, workflowExecution }).run(work);
};
const lookAgain = (activityId = 'look', day = lastDay) =>
  attempt(activityId, () => activities.lookAgainAtEntries({ roundId, day }));
const fault = (register: 'provincial' | 'national', mode: string, count: number | null = null) =>
  sandbox.call('PUT', `/control/faults/${register}`, { mode, count });
const answered = async () => {
  const [row] = await desk.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM event WHERE type = 'looked-again' AND actor ->> 'name' = $1`,
    [`round-${roundId}`],
  );
  return row?.n;
};
const left = z.object({ count: z.number() });
/** Requests that found a register down, of the hundred that would. */
const foundDown = async (register: string) =>
  100 - left.parse((await sandbox.call('GET', `/control/faults/${register}`)).body).count;
const wokenBy = async () =>
  desk.sql<{ stream: string; type: string }>(
    `SELECT stream, type FROM outbox JOIN event USING (stream, seq)
     WHERE wakes AND stream LIKE 'case-%' AND at >= '2017-09-11T00:00:00+08:00'`,
  );

test('nobody is asked before the day has begun by the database’s clock', async () => {
  await desk.setNow('2017-09-10T23:59:00+08:00');
  await expect(lookAgain()).rejects.toThrow('the day has not begun');
  expect(await answered()).toBe(0);
  await desk.setNow('2017-09-11T00:00:05+08:00');
});

test('registers that do not answer at all are left alone after the first page, and it is tried again', async () => {
  await fault('provincial', 'down', 100);
  await fault('national', 'down', 100);
  await expect(lookAgain()).rejects.toThrow();
  expect(await answered()).toBe(0);
  expect([await foundDown('provincial'), await foundDown('national')]).toEqual([16, 16]);
  await fault('provincial', 'none');
  await fault('national', 'none');
});

test('an entry that a register does not answer on keeps nobody else waiting', async () => {
  await fault('national', 'down', 1);
  await expect(lookAgain()).rejects.toThrow();
  expect(await answered()).toBe(39);
});

test('tried again, only what is open is asked; then nothing is', async () => {
  await lookAgain();
  expect(await answered()).toBe(40);
  await fault('provincial', 'down'); // whoever asks fails
  await fault('national', 'down');
  await lookAgain();
  expect(await answered()).toBe(40);
  await fault('provincial', 'none');
  await fault('national', 'none');
});

test('one that is asked about in vain again and again does not keep those behind it waiting', async () => {
  await desk.sql(
    `UPDATE cases SET state = jsonb_set(state, '{lookUps,national,at}', '"2017-09-10T23:59:59+08:00"')
     FROM round_entry WHERE round_entry.case_no = cases.case_no AND entry_no IN (1, 18)`,
  );
  await fault('national', 'down', 1);
  await expect(lookAgain('again')).rejects.toThrow();
  expect(await answered()).toBe(41);
  await lookAgain('again');
  expect(await answered()).toBe(42);
});

test('nobody’s run is woken by an answer that agrees; one that no longer does is reported and holds the case', async () => {
  expect(await wokenBy()).toEqual([]);
  const [first, second] = cases;
  if (!first || !second) throw new Error('twenty cases were expected');
  await desk
    .as(zhao)
    .post(`/v1/publicity-rounds/${roundId}/entries/2/strike`, { reason: '单位有误', backTo: 'approved' });
  const { number, occupation, level, kind, issuedOn } = first.application.certificate;
  await sandbox.call('PUT', `/control/registers/provincial/${number}`, {
    ...{ name: first.person.name, idNumber: first.person.idNumber, occupation, level, kind, issuedOn },
    status: 'revoked',
  });
  // The window moved on its last day: a new last day, everybody is asked about again.
  await desk.setNow('2017-09-12T00:00:05+08:00');
  await desk.sql(`DELETE FROM outbox WHERE stream LIKE 'case-%'`);
  await lookAgain('next day', civilDate('2017-09-12'));
  expect(await answered()).toBe(42 + 38); // whoever was struck is not in the round any more
  expect(await wokenBy()).toEqual([{ stream: `case-${first.caseNo}`, type: 'objection-received' }]);
  const detail = z.looseObject({ holds: z.array(z.looseObject({ kind: z.string() })) });
  expect(read(await desk.as(zhao).get(`/v1/cases/${first.caseNo}`), 200, detail).holds).toMatchObject([
    { kind: 'objection' },
  ]);
  expect(read(await desk.as(zhao).get(`/v1/cases/${second.caseNo}`), 200, detail).holds).toEqual([]);
});

const pass = () => attempt('pass', () => activities.passEntries({ roundId, knownSeq: 0 }));
const inStage = async (stage: string) =>
  (await desk.sql<{ n: number }>('SELECT count(*)::int AS n FROM cases WHERE stage = $1', [stage]))[0]?.n;

test('nobody passes before the window is over by the database’s clock', async () => {
  await desk.setNow('2017-09-11T23:59:00+08:00');
  expect(await pass()).toMatchObject({ refused: 'window-running' });
  expect(await inStage('payable')).toBe(0);
});

test('whoever does not pass with the round is woken, to pass by its own run', async () => {
  // Its own window ends later than the round's, as it may under another version of the policy.
  const late = cases[2]?.caseNo ?? '';
  await desk.sql(
    `UPDATE cases SET state = jsonb_set(state, '{window,dueAt}', '"2017-09-13T00:00:00+08:00"') WHERE case_no = $1`,
    [late],
  );
  await desk.sql(`UPDATE outbox SET wakes = false WHERE stream = $1`, [`case-${late}`]);
  await desk.setNow('2017-09-12T00:00:05+08:00');
  const { events } = await pass();
  expect(events.at(-1)?.event).toMatchObject({ type: 'window-over', passed: 17, held: 2 });
  expect([await inStage('payable'), await inStage('publicity')]).toEqual([17, 2]);
  const rows = await desk.sql<{ wakes: boolean }>('SELECT wakes FROM outbox WHERE stream = $1', [`case-${late}`]);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ wakes }) => wakes)).toBe(true);
});
