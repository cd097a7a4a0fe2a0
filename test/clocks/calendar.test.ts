import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { CaseNo } from '../../domain/ids.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { isCalendarNew, moveAllDeadlines, remindAndEscalate } from '../../store/deadline-sweep.ts';
import { submitForRun } from '../../store/run.ts';
import {
  addBudget,
  approved,
  askToPass,
  file,
  inReview,
  payable,
  prepare,
  publish,
  staff,
  wang,
} from '../api/cases.ts';
import { type Desk, openDesk, ORG, problemOf, read, REGION } from '../api/desk.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { extension2020, spring2020 } from './spring-2020.ts';

const process = { kind: 'process', name: 'calendar-test' } as const;
const admin = staff('admin-1', 'policy-admin', '220000');
const another = staff('admin-2', 'policy-admin', '220000');

const deadline = z.looseObject({ kind: z.string(), dueOn: z.string(), status: z.string() });
const view = z.object({ deadlines: z.array(deadline) });
const events = z.object({ items: z.array(z.looseObject({ event: z.string(), detail: z.unknown() })) });
const entered = z.looseObject({ id: z.string(), stage: z.string() });

let desk: Desk;
const store = () => desk.services.store;
const deadlines = async (caseNo: string) => read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, view).deadlines;
const review = async (caseNo: string) => (await deadlines(caseNo)).find(({ kind }) => kind === 'review');
const timeline = async (caseNo: string) =>
  read(await desk.as(wang).get(`/v1/cases/${caseNo}/timeline`), 200, events).items;
const sweep = () => moveAllDeadlines(store(), process, () => undefined);

async function putInForce(notice: object): Promise<string> {
  const { id } = read(await desk.as(admin).post('/v1/calendar-notices', notice), 201, entered);
  read(await desk.as(another).post(`/v1/calendar-notices/${id}/publication`, {}), 200, entered);
  return id;
}

beforeAll(async () => {
  desk = await openDesk(62);
}, 120_000);
afterAll(() => desk.close());
beforeEach(async () => {
  // What waits from the test before is over.
  await desk.sql("DELETE FROM open_deadline WHERE kind IN ('review', 'publicity')");
});

describe('a notice that people enter', () => {
  const { year, publishedOn, source, daysOff, workdays } = extension2020();
  const extension = { year, publishedOn, source, daysOff, workdays };

  test('the spring of 2020, on PostgreSQL: entered by one, in force by another, every open deadline moved once', async () => {
    // As the software of 2019 knew it.
    await desk.sql("DELETE FROM calendar_notice WHERE id = '2020-2'");
    const cases: { caseNo: CaseNo; before: string; after: string }[] = [];
    for (const { receivedOn, before, after } of spring2020) {
      await desk.setNow(`${receivedOn}T10:00:00+08:00`);
      cases.push({ caseNo: (await file(desk)).caseNo, before, after });
    }
    for (const { caseNo, before } of cases) expect((await review(caseNo))?.dueOn).toBe(before);
    await desk.setNow('2020-01-21T11:00:00+08:00');
    const recent = { certificate: { issuedOn: '2019-06-30' }, commitment: { signedOn: '2020-01-20' } };
    const { caseNo: inWindow } = await approved(desk, recent);
    const roundId = await publish(desk);
    const window = async () => (await deadlines(inWindow)).find(({ kind }) => kind === 'publicity')?.dueOn;
    expect(await window()).toBe('2020-02-03'); // 22, 23, 31 January, 1 and 3 February

    await desk.setNow('2020-01-27T15:00:00+08:00');
    await sweep();
    const { id } = read(await desk.as(admin).post('/v1/calendar-notices', extension), 201, entered);
    expect(id).toBe('2020-e1');
    const alone = await desk.as(admin).post(`/v1/calendar-notices/${id}/publication`, {});
    expect(problemOf(alone)).toMatchObject({ status: 409, slug: 'four-eyes' });
    await expect(
      desk.sql(
        `UPDATE calendar_change SET state = jsonb_set(jsonb_set(state, '{stage}', '"in-force"'), '{putInForceBy}',
        state -> 'draftedBy') WHERE id = $1`,
        [id],
      ),
    ).rejects.toThrow(/four_eyes/);
    expect(await isCalendarNew(store())).toBe(false);
    read(await desk.as(another).post(`/v1/calendar-notices/${id}/publication`, {}), 200, entered);
    expect(await isCalendarNew(store())).toBe(true);

    // Not swept yet, and still nothing passes or is late by the old calendar.
    await desk.setNow('2020-02-04T00:00:01+08:00');
    expect(await askToPass(desk, inWindow, roundId)).toBe('window-running');
    const [third] = cases.slice(2);
    const step = { workflowId: 'x', key: 'x', knownSeq: 0 };
    const passing = { type: 'pass-deadline', kind: 'review', dueAt: '2020-02-06T00:00:00+08:00' } as const;
    expect(
      (
        await submitForRun(store(), step, cases[6]?.caseNo ?? ('' as CaseNo), {
          ...passing,
          dueAt: passing.dueAt as never,
        })
      ).refused,
    ).toBe('not-this-deadline');
    await desk.setNow('2020-01-27T15:01:00+08:00');
    expect(await sweep()).toMatchObject({ cases: 6, rounds: 1 });
    expect(await sweep()).toMatchObject({ cases: 0, rounds: 0 });
    for (const { caseNo, after } of cases) expect((await review(caseNo))?.dueOn).toBe(after);
    expect(await window()).toBe('2020-02-05'); // 22, 23 January, 3, 4, 5 February
    const [round] = await desk.sql<{ due: string }>(
      "SELECT state #>> '{window,dueOn}' AS due FROM round WHERE round_id = $1",
      [roundId],
    );
    expect(round?.due).toBe('2020-02-05');
    expect((await timeline(third?.caseNo ?? '')).at(-1)).toMatchObject({
      event: 'deadlines-moved',
      detail: { calendarVersion: '2020-e1', moved: [{ was: '2020-01-31', deadline: { dueOn: '2020-02-03' } }] },
    });

    // An auditor makes every decision again, those on the old calendar and those on the new one.
    const rules = await readRules(store().db);
    for (const onRecord of await readOnRecord(store(), [...cases.map(({ caseNo }) => caseNo), inWindow]))
      expect(decideAgain(onRecord, rules).differences).toEqual([]);
  }, 120_000);

  test('a year without a calendar is provisional and flagged, and settled when its notice comes', async () => {
    await desk.setNow('2026-12-29T10:00:00+08:00'); // a Tuesday: 30, 31 December, 1, 4, 5 January by Monday to Friday
    const { caseNo } = await file(desk);
    expect(await review(caseNo)).toMatchObject({ dueOn: '2027-01-05', provisional: true });
    await sweep();
    await putInForce({
      ...{ year: 2027, publishedOn: '2026-12-29', source: '国办发明电〔2026〕99号' },
      ...{ daysOff: ['2027-01-01', '2027-01-02', '2027-01-03'], workdays: [] },
    });
    expect((await sweep()).cases).toBe(1);
    expect(await review(caseNo)).toMatchObject({ dueOn: '2027-01-06', provisional: false });
  });

  test('what is wrong with it is said day by day', async () => {
    const wrong = { ...extension, daysOff: ['2021-01-01', '2020-02-01'], workdays: ['2020-02-03', '2020-02-01'] };
    const reply = await desk.as(admin).post('/v1/calendar-notices', wrong);
    expect(problemOf(reply)).toMatchObject({
      status: 422,
      errors: [{ path: 'daysOff.0' }, { path: 'workdays.0' }, { path: 'workdays.1' }],
    });
    const { id } = read(await desk.as(admin).post('/v1/calendar-notices', extension), 201, entered);
    read(await desk.as(admin).post(`/v1/calendar-notices/${id}/discard`, {}), 200, entered);
    const late = await desk.as(another).post(`/v1/calendar-notices/${id}/publication`, {});
    expect(problemOf(late)).toMatchObject({ status: 409, slug: 'not-in-this-state' });
  });
});

test('reminded once, a working day before; late goes to the supervisor, then to the unit above, each once', async () => {
  await desk.setNow('2017-09-04T10:00:00+08:00');
  const { caseNo } = await inReview(desk); // 5, 6, 7, 8 and Monday the 11th
  const { caseNo: other } = await inReview(desk);
  expect(await review(caseNo)).toMatchObject({ remainingWorkingDays: 5 });
  const on = async (day: string) => {
    await desk.setNow(`${day}T00:00:30+08:00`);
    return remindAndEscalate(store(), process, civilDate(day), () => undefined);
  };
  expect(await on('2017-09-07')).toEqual({ reminded: 0, escalated: 0 });
  expect(await on('2017-09-08')).toEqual({ reminded: 2, escalated: 0 });
  expect(await on('2017-09-08')).toEqual({ reminded: 0, escalated: 0 });
  expect(await review(caseNo)).toMatchObject({ remainingWorkingDays: 1 });
  expect(await on('2017-09-11')).toEqual({ reminded: 0, escalated: 0 });
  await desk.as(wang).post(`/v1/cases/${other}/withdrawal`, { reason: '申请人要求撤回。' });

  expect(await on('2017-09-12')).toEqual({ reminded: 0, escalated: 0 }); // nobody has recorded yet that it passed
  const passed = { type: 'pass-deadline', kind: 'review', dueAt: '2017-09-12T00:00:00+08:00' as never } as const;
  await submitForRun(store(), { workflowId: `case-${caseNo}`, key: 'p', knownSeq: 0 }, caseNo, passed);
  expect(await on('2017-09-12')).toEqual({ reminded: 0, escalated: 1 });
  const late = async (org: string) =>
    read(
      await desk.as(staff('zhou', 'supervisor', org)).get(`/v1/tasks?kind=late&org=${org}`),
      200,
      z.object({ items: z.array(z.looseObject({ caseNo: z.string(), org: z.string() })) }),
    ).items.map((one) => [one.caseNo, one.org]);
  expect(await late(ORG)).toEqual([[caseNo, ORG]]);
  expect(await on('2017-09-13')).toEqual({ reminded: 0, escalated: 0 });
  expect(await on('2017-09-14')).toEqual({ reminded: 0, escalated: 1 });
  expect((await late(REGION)).sort()).toEqual([
    [caseNo, REGION],
    [caseNo, ORG],
  ]);
  expect(await review(caseNo)).toMatchObject({
    ...{ status: 'overdue', remainingWorkingDays: -3, escalatedTo: [ORG, REGION] },
  });
  // It decides nothing.
  expect((await timeline(caseNo)).slice(-3).map((one) => one.event)).toEqual([
    ...['deadline-passed', 'deadline-escalated', 'deadline-escalated'],
  ]);
  const [stage] = await desk.sql<{ stage: string }>('SELECT stage FROM cases WHERE case_no = $1', [caseNo]);
  expect(stage?.stage).toBe('review');
});

test('nobody is reminded of what is over already', async () => {
  await desk.setNow('2017-09-04T10:00:00+08:00');
  const { caseNo } = await inReview(desk); // until the 11th
  await desk.setNow('2017-09-12T00:00:30+08:00'); // the last day is over, and no run has recorded it yet
  const { reminded } = await remindAndEscalate(store(), process, civilDate('2017-09-12'), () => undefined);
  expect(reminded).toBe(0);
  expect(await review(caseNo)).toMatchObject({ status: 'running', remindedAt: null });
});

test('the applicant is reminded a working day before her own period ends, once; what she answered is not told any more', async () => {
  await desk.setNow('2017-09-20T10:00:00+08:00'); // 21 to 30 September without Sunday, 9 and 10 October
  const ask = async () => {
    const { caseNo, applicant } = await inReview(desk);
    const asked = { decision: 'supplement', reasons: [{ clause: 'N2.2', text: '请补交承诺书。' }] };
    read(await desk.as(wang).post(`/v1/cases/${caseNo}/handling`, asked), 200, z.object({}));
    return { caseNo, applicant };
  };
  const { caseNo, applicant } = await ask();
  const silent = await ask();
  const on = async (day: string) => {
    await desk.setNow(`${day}T00:00:30+08:00`);
    return (await remindAndEscalate(store(), process, civilDate(day), () => undefined)).reminded;
  };
  const open = async (who: string) =>
    (
      await desk.sql<{ about: string; ref: string }>(
        `SELECT one ->> 'about' AS about, one ->> 'ref' AS ref
         FROM cases, jsonb_array_elements(state #> '{tellings,open}') AS one WHERE case_no = $1`,
        [who],
      )
    ).filter(({ about }) => about === 'reminder');
  expect(await on('2017-09-30')).toBe(0);
  expect(await on('2017-10-09')).toBe(2);
  expect(await on('2017-10-10')).toBe(0);
  expect(await open(caseNo)).toEqual([{ about: 'reminder', ref: 'supplement' }]);
  expect((await timeline(caseNo)).at(-1)).toMatchObject({
    event: 'applicant-reminded',
    detail: { kind: 'supplement' },
  });
  read(await applicant.post(`/v1/cases/${caseNo}/supplement`, { documents: [], note: '已补交。' }), 200, z.object({}));
  expect(await open(caseNo)).toEqual([]);
  expect(await open(silent.caseNo)).toHaveLength(1);
  const rules = await readRules(store().db);
  for (const onRecord of await readOnRecord(store(), [caseNo, silent.caseNo]))
    expect(decideAgain(onRecord, rules).differences).toEqual([]);
});

test('a prepared batch may be released a day longer where a day becomes one off', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  await addBudget(desk);
  await payable(desk); // on Tuesday the 12th
  const { batchId } = await prepare(desk);
  const expires = async () =>
    (
      await desk.sql<{ due: string }>(
        "SELECT state #>> '{expires,dueOn}' AS due FROM payment_batch WHERE batch_id = $1",
        [batchId],
      )
    )[0]?.due;
  expect(await expires()).toBe('2017-09-14');
  await putInForce({
    ...{ year: 2017, publishedOn: '2017-09-12', source: '国办发明电〔2017〕99号' },
    ...{ daysOff: ['2017-09-13'], workdays: [] },
  });
  expect((await sweep()).batches).toBe(1);
  expect(await expires()).toBe('2017-09-15');
  expect((await sweep()).batches).toBe(0);
});

describe('the payout, whose first day follows from the window (N3.3)', () => {
  const payout = async (caseNo: string) => (await deadlines(caseNo)).find(({ kind }) => kind === 'payout');
  const change2017 = async (
    publishedOn: string,
    days: { daysOff?: readonly string[]; workdays?: readonly string[] },
  ) => {
    const known = calendarNotices.find((one) => one.year === 2017);
    await putInForce({
      ...{ year: 2017, publishedOn, source: '国办发明电〔2017〕98号' },
      daysOff: [...(known?.daysOff ?? []), ...(days.daysOff ?? [])],
      workdays: [...(known?.workdays ?? []), ...(days.workdays ?? [])],
    });
    await sweep();
  };
  const decidedAgain = async (caseNo: CaseNo) => {
    for (const onRecord of await readOnRecord(store(), [caseNo]))
      expect(decideAgain(onRecord, await readRules(store().db)).differences).toEqual([]);
  };

  beforeEach(() => desk.sql("DELETE FROM calendar_notice WHERE id LIKE '2017-e%'"));

  /** Seen on Friday the 1st: the window ends on Friday the 8th, HRSS tells on Monday the 11th. */
  const passedOnSaturday = async () => {
    await desk.setNow('2017-09-01T10:00:00+08:00');
    await addBudget(desk);
    const { caseNo } = await approved(desk);
    const roundId = await publish(desk);
    await desk.setNow('2017-09-09T00:00:10+08:00');
    expect(await askToPass(desk, caseNo, roundId)).toBeUndefined();
    expect(await payout(caseNo)).toMatchObject({ startedOn: '2017-09-11', dueOn: '2017-09-20' });
    return caseNo;
  };

  test('HRSS can’t tell on a day that became one off: the first day moves, and the end with it', async () => {
    const caseNo = await passedOnSaturday();
    await change2017('2017-09-09', { daysOff: ['2017-09-11'] });
    // 13, 14, 15, 18, 19, 20, 21: the end of the old first day would be as before.
    expect(await payout(caseNo)).toMatchObject({ startedOn: '2017-09-12', dueOn: '2017-09-21', status: 'running' });
    await decidedAgain(caseNo);
  });

  test('a Saturday that became a workday: told on that day, and the office’s days end sooner', async () => {
    const caseNo = await passedOnSaturday();
    await change2017('2017-09-09', { workdays: ['2017-09-09'] });
    expect(await payout(caseNo)).toMatchObject({ startedOn: '2017-09-09', dueOn: '2017-09-19' });
    await decidedAgain(caseNo);
  });

  test('a first day that has come stays where it is', async () => {
    const caseNo = await passedOnSaturday();
    await desk.setNow('2017-09-12T10:00:00+08:00');
    await change2017('2017-09-12', { workdays: ['2017-09-16'] });
    expect(await payout(caseNo)).toMatchObject({ startedOn: '2017-09-11', dueOn: '2017-09-19' });
    await decidedAgain(caseNo);
  });
});
