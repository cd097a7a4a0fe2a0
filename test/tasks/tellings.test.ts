import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { sendTelling } from '../../activities/tellings.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { formOf } from '../api/uploads.ts';
import { decide, type Filed, inReview, staff, wang } from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read, wrongFields } from '../api/desk.ts';
import { eventually, runSandbox, type RunningSandbox } from '../sandbox/running-sandbox.ts';

let desk: Desk;
let sandbox: RunningSandbox;
beforeAll(async () => {
  desk = await openDesk(64);
  sandbox = await runSandbox();
}, 120_000);
beforeEach(async () => {
  await desk.setNow('2017-09-01T10:00:00+08:00');
  await sandbox.restart({
    businessAnchorMs: Date.parse('2017-09-01T10:00:00+08:00'),
    realAnchorMs: Date.now(),
    speed: 1,
  });
});
afterAll(async () => {
  await sandbox.close();
  await desk.close();
});

const telling = z.object({
  n: z.number(),
  about: z.string(),
  state: z.string(),
  toldAt: z.string().nullable(),
  byPerson: z.looseObject({ by: z.string().nullable(), on: z.string(), way: z.string() }).nullable(),
  attempts: z.array(
    z
      .object({
        carrier: z.string(),
        messageId: z.string(),
        text: z.string(),
        status: z.string(),
        proof: z.string().nullable(),
      })
      .loose(),
  ),
});
const sent = z.object({ items: z.array(z.looseObject({ text: z.string() })) });
const tellings = async (who: ReturnType<Desk['as']>, caseNo: string) =>
  read(await who.get(`/v1/cases/${caseNo}/tellings`), 200, z.object({ items: z.array(telling) })).items;
const timeline = async (caseNo: string) =>
  read(
    await desk.as(wang).get(`/v1/cases/${caseNo}/timeline`),
    200,
    z.object({ items: z.array(z.looseObject({ event: z.string(), detail: z.looseObject({}) })) }),
  ).items;

async function refused(): Promise<Filed> {
  const filed = await inReview(desk, { months: 12 });
  await decide(desk, filed.caseNo, 'refuse');
  return filed;
}

/** One attempt of the activity, under a key of its own as another attempt of the same step has it. */
let key = 0;
const send = (caseNo: CaseNo, again = false) => {
  if (!again) key += 1;
  const partners = Object.fromEntries(
    ['insurance', 'provincialRegister', 'nationalRegister', 'bank', 'publisher', 'sms', 'letter', 'appraisal'].map(
      (name) => [name, sandbox.url()],
    ),
  ) as Parameters<typeof sendTelling>[1];
  const step = { workflowId: `case-${caseNo}`, key: `run:${key}`, knownSeq: 0 };
  return sendTelling(desk.services.store, partners, step, { caseNo, n: 1 });
};
const control = (path: string, body: object) => sandbox.call('PUT', `/control/${path}`, body);

test('by message, with the carrier’s own instant and proof; a sealed copy is kept, the letter is the applicant’s to read', async () => {
  const { caseNo, applicant, person } = await refused();
  await send(caseNo);
  const [told] = await tellings(applicant, caseNo);
  expect(told).toMatchObject({ about: 'refusal', state: 'told', attempts: [{ carrier: 'sms', status: 'delivered' }] });
  expect(told?.attempts[0]?.text).toContain(caseNo);
  expect(told?.attempts[0]?.text).not.toContain(person.name);
  expect(told?.attempts[0]?.proof).toContain('delivered');
  expect((await timeline(caseNo)).at(-1)).toMatchObject({
    event: 'applicant-told',
    detail: { n: 1, carrier: 'sms', messageId: `${caseNo}-1-sms`, deliveredAt: told?.toldAt },
  });
  const [row] = await desk.sql<{ clear: boolean }>(
    `SELECT position($2::bytea IN sealed || proof) > 0 AS clear FROM telling_attempt WHERE case_no = $1`,
    [caseNo, Buffer.from(person.phone)],
  );
  expect(row?.clear).toBe(false);
  // Said again it is told already: nothing more is sent.
  await send(caseNo);
  expect((await tellings(applicant, caseNo))[0]?.attempts).toHaveLength(1);
});

test('by letter where the message fails: facts, reason, remedies; once, however often the step is tried', async () => {
  const { caseNo, applicant, person } = await refused();
  await control(`phones/${person.phone}`, { outcome: 'failed' });
  await control('faults/letter', { mode: 'half-response', count: 1 });
  await expect(send(caseNo)).rejects.toThrow();
  await send(caseNo, true);
  const [told] = await tellings(applicant, caseNo);
  expect(told?.attempts.map(({ carrier, status }) => [carrier, status])).toEqual([
    ['sms', 'failed'],
    ['letter', 'delivered'],
  ]);
  const letters = sent.parse((await sandbox.call('GET', '/control/letter/letters')).body).items;
  const own = letters.filter(({ text }) => text.includes(caseNo));
  expect(own).toHaveLength(1);
  expect(own[0]?.text).toContain('缴费月数不足36个月');
  expect(own[0]?.text).toContain('申请复核');
  expect(own[0]?.text).toBe(told?.attempts[1]?.text);
});

test('a carrier that is away is asked until it answers; nothing is recorded meanwhile', async () => {
  const { caseNo, applicant } = await refused();
  await control('faults/sms', { mode: 'down' });
  await expect(send(caseNo)).rejects.toThrow(/短信/);
  expect((await tellings(applicant, caseNo))[0]).toMatchObject({ state: 'open', attempts: [{ status: 'under-way' }] });
  await control('faults/sms', { mode: 'none' });
  await send(caseNo, true);
  expect((await tellings(applicant, caseNo))[0]).toMatchObject({ state: 'told' });
});

const outages = async (caseNo: string) =>
  read(
    await desk.as(wang).get(`/v1/cases/${caseNo}`),
    200,
    z.object({ outages: z.array(z.object({ source: z.string(), since: z.string(), tries: z.number() })) }),
  ).outages;

test('messages away for two days: a letter instead; letters away as well: asked on and shown, at last a person’s task', async () => {
  const { caseNo, applicant } = await refused();
  await control('faults/sms', { mode: 'down' });
  await control('faults/letter', { mode: 'down' });
  await expect(send(caseNo)).rejects.toThrow(/短信/);
  await desk.setNow('2017-09-03T09:59:00+08:00'); // 47 hours and 59 minutes
  await expect(send(caseNo, true)).rejects.toThrow(/短信/);
  expect(await outages(caseNo)).toMatchObject([{ source: 'sms', tries: 2 }]);
  expect((await outages(caseNo))[0]?.since).toMatch(/^2017-09-01T10:00:/);
  await desk.setNow('2017-09-03T10:01:00+08:00');
  await expect(send(caseNo, true)).rejects.toThrow(/邮政/);
  expect(await outages(caseNo)).toMatchObject([{ source: 'letter', tries: 1 }]);
  expect((await tellings(applicant, caseNo))[0]).toMatchObject({
    ...{
      state: 'open',
      attempts: [
        { carrier: 'sms', status: 'failed' },
        { carrier: 'letter', status: 'under-way' },
      ],
    },
  });

  await control('faults/letter', { mode: 'none' });
  await send(caseNo, true);
  const [told] = await tellings(applicant, caseNo);
  expect(told).toMatchObject({ state: 'told', attempts: [{ status: 'failed' }, { status: 'delivered' }] });
  expect(told?.attempts[0]?.proof).toContain('48小时内没有送达结果');
  expect(told?.attempts[1]?.proof).toContain('delivered');
  expect(await outages(caseNo)).toEqual([]);

  const other = await refused();
  await control('faults/letter', { mode: 'down' });
  await expect(send(other.caseNo)).rejects.toThrow(/短信/);
  await desk.setNow('2017-09-05T11:00:00+08:00');
  await expect(send(other.caseNo, true)).rejects.toThrow(/邮政/);
  await desk.setNow('2017-09-15T12:00:00+08:00'); // ten days of letters
  await send(other.caseNo, true);
  expect((await tellings(applicant, caseNo))[0]).toMatchObject({ state: 'told' });
  expect((await timeline(other.caseNo)).at(-1)).toMatchObject({ event: 'telling-failed' });
  const tasks = await desk.as(wang).get('/v1/tasks?kind=tell');
  expect(tasks.text).toContain(other.caseNo);
  await control('faults/sms', { mode: 'none' });
  await control('faults/letter', { mode: 'none' });
});

test('no carrier reaches her: a task for a person, who tells with day and document', async () => {
  const { caseNo, applicant, person } = await refused();
  await control(`phones/${person.phone}`, { outcome: 'failed' });
  await control(`addressees/${person.name}`, { outcome: 'returned' });
  await send(caseNo);
  expect((await tellings(applicant, caseNo))[0]).toMatchObject({ state: 'undelivered' });
  const inbox = async () =>
    read(
      await desk.as(wang).get('/v1/tasks?kind=tell'),
      200,
      z.object({
        items: z.array(z.looseObject({ caseNo: z.string(), ref: z.string(), allowed: z.array(z.string()) })),
      }),
    ).items;
  await eventually(async () => ((await inbox()).some((one) => one.caseNo === caseNo) ? true : undefined));
  expect((await inbox()).find((one) => one.caseNo === caseNo)).toMatchObject({ ref: '1', allowed: ['telling'] });

  const form = await formOf();
  const upload = await desk.as(wang).post('/v1/documents', form.body, { headers: form.headers });
  const { documentId } = read(upload, 201, z.object({ documentId: z.string() }));
  await desk.setNow('2017-09-05T10:00:00+08:00');
  const told = { n: 1, on: '2017-09-04', way: 'in-person', documentId };
  const early = await desk.as(wang).post(`/v1/cases/${caseNo}/telling`, { ...told, on: '2017-08-31' });
  expect(problemOf(early)).toMatchObject({ status: 409, slug: 'told-on-another-day' });
  read(await desk.as(wang).post(`/v1/cases/${caseNo}/telling`, told), 200, z.object({}));
  expect((await inbox()).map((one) => one.caseNo)).not.toContain(caseNo);
  expect((await tellings(desk.as(staff('au', 'auditor')), caseNo))[0]).toMatchObject({
    ...{ state: 'told', byPerson: { by: 'wang', on: '2017-09-04', way: 'in-person' } },
  });
  expect((await tellings(applicant, caseNo))[0]?.byPerson).toMatchObject({ by: null });
});

test('taken back at the counter: with a reason, and she is told by letter where no message reaches her', async () => {
  const { caseNo, applicant, person } = await inReview(desk);
  const path = `/v1/cases/${caseNo}/withdrawal`;
  for (const body of [{}, { reason: ' ' }])
    expect(wrongFields(await desk.as(wang).post(path, body))).toEqual(['reason']);
  const reason = '申请人9月1日到窗口要求撤回，改由新单位集中申请。';
  read(await desk.as(wang).post(path, { reason }), 200, z.object({ state: z.literal('withdrawn') }));
  await control(`phones/${person.phone}`, { outcome: 'failed' });
  await send(caseNo);
  const [told] = await tellings(applicant, caseNo);
  expect(told).toMatchObject({ about: 'withdrawn-for-you', state: 'told', attempts: [{}, { status: 'delivered' }] });
  expect(told?.attempts[1]?.text).toContain(reason);
  expect(told?.attempts[1]?.proof).toContain('delivered');
  expect((await applicant.get(`/v1/cases/${caseNo}/timeline`)).text).toContain(reason);

  const own = await inReview(desk);
  read(await own.applicant.post(`/v1/cases/${own.caseNo}/withdrawal`, {}), 200, z.object({}));
  expect(await tellings(own.applicant, own.caseNo)).toEqual([]);
});
