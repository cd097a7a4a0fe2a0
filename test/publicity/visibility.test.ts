import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { roundActivities } from '../../activities/rounds.ts';
import { type CaseNo, isRoundId, type RoundId } from '../../domain/ids.ts';
import { addBudget, approved, askToPass, type Filed, staff, wang, zhao } from '../api/cases.ts';
import { type Desk, openDesk, ORG, problemOf, read } from '../api/desk.ts';
import { type RunningSandbox, runSandbox } from '../sandbox/running-sandbox.ts';

/** One notice from its publication to the passed list, on the official site's stand-in and its faults. */
let desk: Desk;
let sandbox: RunningSandbox;
let activities: ReturnType<typeof roundActivities>;
let roundId: RoundId;
let one: Filed;
let two: Filed;
let attempts = 0;

beforeAll(async () => {
  desk = await openDesk(64);
  await addBudget(desk);
  sandbox = await runSandbox();
  const url = sandbox.url();
  const registers = { provincialRegister: url, nationalRegister: url };
  activities = roundActivities(desk.services.store, {
    ...{ insurance: url, bank: url, publisher: url, sms: url, letter: url, appraisal: url },
    ...registers,
  });
  [one, two] = [await approved(desk), await approved(desk)];
  const round = z.object({ roundId: z.string().refine(isRoundId), entries: z.literal(2) });
  ({ roundId } = read(await desk.as(wang).post('/v1/publicity-rounds', { org: ORG }), 201, round));
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  await desk.close();
});

const run = <T>(work: () => Promise<T>): Promise<T> => {
  const workflowExecution = { workflowId: `round-${roundId}`, runId: 'run' };
  return new MockActivityEnvironment({ activityId: String(++attempts), workflowExecution }).run(work);
};
const publish = () => run(() => activities.publishNotice({ roundId, knownSeq: 0 }));
const watch = () => run(() => activities.watchNotice({ roundId, knownSeq: 0 }));
const site = (mode: string) => sandbox.call('PUT', '/control/faults/publisher', { mode });
const onSite = async () => String((await sandbox.call('GET', `/publisher/v1/notices/${roundId}`)).body);
const ordered = z.object({ noticeId: z.string(), publishedOn: z.string().nullable(), endsAt: z.string().nullable() });
const order = () => desk.as(zhao).post(`/v1/publicity-rounds/${roundId}/publication`, {});
const proof = z.object({
  items: z.array(z.object({ at: z.string(), result: z.string(), sent: z.string(), shown: z.string().nullable() })),
});
const looks = async () =>
  read(await desk.as(zhao).get(`/v1/publicity-rounds/${roundId}/proof?limit=200`), 200, proof).items;
const endsAt = async () =>
  read(await desk.withHeader(null).get(`/public/v1/notices/${roundId}`), 200, z.looseObject({ endsAt: z.string() }))
    .endsAt;
const dueAt = async ({ caseNo }: { caseNo: CaseNo }) => {
  const [row] = await desk.sql<{ due: string }>(
    `SELECT state #>> '{window,dueAt}' AS due FROM cases WHERE case_no = $1`,
    [caseNo],
  );
  return row?.due;
};
/** Looks that came as they should, every three hours after the last one. */
const looksUntil = (instant: string) =>
  desk.sql(
    `INSERT INTO notice_probe (round_id, at, result, sent, shown)
     SELECT round_id, look, 'seen', sent, sent
     FROM (SELECT * FROM notice_probe WHERE round_id = $1 AND result <> 'sent' ORDER BY id DESC LIMIT 1) AS last,
       generate_series(last.at + interval '3 hours', $2::timestamptz, interval '3 hours') AS look`,
    [roundId, instant],
  );
/** Goes on to an instant, the site seen all the time. */
async function seenUntil(instant: string): Promise<void> {
  await looksUntil(instant);
  await desk.setNow(instant);
}
const notice = () => `${sandbox.url()}/publisher/v1/notices/${roundId}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('published means seen: a site that is down or shows another page starts no window', async () => {
  expect(read(await order(), 202, ordered)).toEqual({ noticeId: roundId, publishedOn: null, endsAt: null });
  await site('down');
  await expect(publish()).rejects.toThrow();
  await site('changed-page');
  await expect(publish()).rejects.toThrow('does not show the notice as it was sent');
  expect(read(await order(), 202, ordered).endsAt).toBeNull();
  expect((await desk.withHeader(null).get(`/public/v1/notices/${roundId}`)).status).toBe(404);

  await site('none');
  await publish();
  await run(() => activities.publishEntries({ roundId }));
  expect(read(await order(), 200, ordered)).toMatchObject({
    publishedOn: '2017-09-04',
    endsAt: '2017-09-12T00:00:00+08:00',
  });
  const [first, changed, again, seen] = await looks();
  expect([first?.result, changed?.result, again?.result, seen?.result]).toEqual(['sent', 'changed', 'sent', 'seen']);
  expect(changed?.shown).not.toBe(changed?.sent);
  expect([seen?.sent, seen?.shown]).toEqual([sha256(await onSite()), sha256(await onSite())]);
}, 60_000);

test('a day on which the site was away does not count; the new end reaches round, notice and cases', async () => {
  await seenUntil('2017-09-06T10:00:00+08:00');
  await site('down');
  const { nextAt } = await watch();
  expect(nextAt).toMatch(/^2017-09-06T11:00:/);
  expect(await endsAt()).toBe('2017-09-13T00:00:00+08:00');
  await watch(); // the same day counts once
  expect(await endsAt()).toBe('2017-09-13T00:00:00+08:00');
  // Before the cases were told: passing is refused all the same.
  await desk.setNow('2017-09-12T00:00:01+08:00');
  expect(await dueAt(one)).toBe('2017-09-12T00:00:00+08:00');
  expect(await askToPass(desk, one.caseNo, roundId)).toBe('window-running');
  await run(() => activities.moveWindows({ roundId }));
  expect([await dueAt(one), await dueAt(two)]).toEqual(['2017-09-13T00:00:00+08:00', '2017-09-13T00:00:00+08:00']);
  expect((await looks()).filter(({ result }) => result === 'away')).toMatchObject([{ shown: null }, { shown: null }]);
}, 60_000);

test('a changed page begins the window again, and the right page is put back', async () => {
  await seenUntil('2017-09-07T10:00:00+08:00');
  await site('changed-page');
  await watch();
  expect(await endsAt()).toBe('2017-09-15T00:00:00+08:00'); // the 7th is not counted
  await site('none');
  await watch();
  expect((await looks()).at(-1)?.result).toBe('seen');
  expect((await desk.as(staff('boss', 'supervisor')).get(`/v1/publicity-rounds/${roundId}/proof`)).status).toBe(200);
  expect((await desk.as(wang).get(`/v1/publicity-rounds/${roundId}/proof`)).status).toBe(403);
}, 60_000);

test('a notice that really vanished from the site is sent again, and the day does not count', async () => {
  await seenUntil('2017-09-08T10:00:00+08:00');
  const right = await onSite();
  expect((await fetch(notice(), { method: 'DELETE' })).status).toBe(204);
  await watch();
  expect(await onSite()).toBe(right);
  expect((await looks()).slice(-2).map(({ result }) => result)).toEqual(['away', 'sent']);
  expect(await endsAt()).toBe('2017-09-16T00:00:00+08:00');
  await watch();
  expect((await looks()).at(-1)).toMatchObject({ result: 'seen', shown: sha256(right) });
});

test('a notice that somebody really changed on the site is sent again, and the window begins again', async () => {
  await seenUntil('2017-09-11T10:00:00+08:00');
  const right = await onSite();
  const forged = right.replace(one.person.name, '张三丰');
  await fetch(notice(), { method: 'PUT', body: forged, headers: { 'content-type': 'text/html; charset=utf-8' } });
  await watch();
  expect(await onSite()).toBe(right);
  const [changed, sent] = (await looks()).slice(-2);
  expect(changed).toMatchObject({ result: 'changed', sent: sha256(right), shown: sha256(forged) });
  expect(sent).toMatchObject({ result: 'sent', sent: sha256(right) });
  expect(await endsAt()).toBe('2017-09-19T00:00:00+08:00'); // 12 to 18 September
});

test('a struck entry is gone from the site at the next look; nobody’s window moves', async () => {
  expect(await onSite()).toContain(two.person.name);
  const strike = { reason: '单位有误', backTo: 'approved' };
  await desk.as(zhao).post(`/v1/publicity-rounds/${roundId}/entries/2/strike`, strike);
  const { events } = await watch();
  expect(events.some(({ event }) => event.type === 'entry-struck')).toBe(true);
  expect(await onSite()).not.toContain(`>${two.person.idNumber.slice(-1)}<`);
  expect((await onSite()).match(/<tr>/g)).toHaveLength(2); // the headings and one line
  expect(await endsAt()).toBe('2017-09-19T00:00:00+08:00');
}, 60_000);

const gapOf = (events: Awaited<ReturnType<typeof watch>>['events']) =>
  events.flatMap(({ event }) => (event.type === 'window-unproven' ? [event.gap] : [])).at(-1);

test('our own looks failed to come: what nobody saw is not proven, and the window ends later by those days', async () => {
  await desk.setNow('2017-09-13T10:00:00+08:00'); // looked at last on the 11th at 10:00
  const { events } = await watch();
  expect(gapOf(events)).toMatchObject({
    from: expect.stringMatching(/^2017-09-11T10:00:/),
    until: expect.stringMatching(/^2017-09-13T10:00:/),
  });
  expect(await endsAt()).toBe('2017-09-21T00:00:00+08:00'); // neither the 12th nor the 13th
  await watch();
  expect(await endsAt()).toBe('2017-09-21T00:00:00+08:00');
  await desk.setNow('2017-09-13T13:30:00+08:00'); // shorter than the policy's four hours
  expect(gapOf((await watch()).events)?.until).toMatch(/^2017-09-13T10:00:/);
});

test('off over the last day of the window: nobody passes before the round has said that the day is not proven', async () => {
  await run(() => activities.moveWindows({ roundId }));
  await looksUntil('2017-09-19T23:00:00+08:00');
  await desk.setNow('2017-09-21T00:00:01+08:00');
  expect(await askToPass(desk, one.caseNo, roundId)).toBe('window-running');
  const { events } = await run(() => activities.passEntries({ roundId, knownSeq: 0 }));
  expect(events.at(-1)?.event).toMatchObject({ type: 'window-unproven', window: { dueOn: '2017-09-21' } });
  expect(await askToPass(desk, one.caseNo, roundId)).toBe('window-running');
  await run(() => activities.moveWindows({ roundId }));
  expect(await dueAt(one)).toBe('2017-09-22T00:00:00+08:00');
});

test('after the window: the passed list with its hash, kept as told; taken down on the working day after it', async () => {
  const list = () => desk.as(wang).get(`/v1/publicity-rounds/${roundId}/passed-list`);
  expect(problemOf(await list()).slug).toBe('window-running');
  await looksUntil('2017-09-22T00:00:00+08:00');
  await desk.setNow('2017-09-22T00:00:01+08:00');
  await run(() => activities.passEntries({ roundId, knownSeq: 0 }));
  const passed = z.looseObject({
    items: z.array(z.object({ entryId: z.string(), caseNo: z.string(), amountFen: z.number() })),
  });
  const expected = {
    passed: 1,
    held: 0,
    listHash: sha256(one.caseNo),
    tellAt: '2017-09-22T09:00:00+08:00',
    toldAt: null,
  };
  expect(read(await list(), 200, passed)).toMatchObject({
    ...expected,
    items: [{ entryId: '1', caseNo: one.caseNo, amountFen: 195_000 }],
  });
  await one.applicant.post(`/v1/cases/${one.caseNo}/withdrawal`, {});
  expect(read(await list(), 200, passed)).toMatchObject(expected);
  await run(() => activities.takeDownNotice({ roundId }));
  expect((await sandbox.call('GET', `/publisher/v1/notices/${roundId}`)).status).toBe(404);
}, 60_000);
