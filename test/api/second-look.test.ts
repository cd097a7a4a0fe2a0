import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { CaseNo, EvidenceId } from '../../domain/ids.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { endOutage, noteOutage } from '../../store/outage.ts';
import { submitForRun } from '../../store/run.ts';
import { addBudget, applicantOf, decide, file, inReview, li, lookUp, staff, wang, zhao } from './cases.ts';
import { type Desk, openDesk, problemOf, read, type Reply, wrongFields } from './desk.ts';
import { formOf } from './uploads.ts';

/** What the applicant is asked for, a certificate from elsewhere, and a refusal that is looked at again (N3.1). */

const answer = z.object({ caseNo: z.string(), seq: z.number(), state: z.string() });
const view = z.object({
  state: z.string(),
  deadlines: z.array(z.object({ kind: z.string(), status: z.string(), dueOn: z.string() })),
  allowed: z.array(z.string()),
  asked: z.array(
    z.object({
      what: z.string(),
      until: z.string().nullable(),
      reasons: z.array(z.object({ clause: z.string(), text: z.string() })),
    }),
  ),
  remedies: z.array(z.string()),
  application: z.object({ documents: z.array(z.string()), account: z.object({ number: z.string() }) }),
});
const documentOf = z.object({ documentId: z.string() });

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(53);
  await addBudget(desk);
}, 60_000);
afterAll(() => desk.close());

const seen = async (caseNo: string, who = wang) => read(await desk.as(who).get(`/v1/cases/${caseNo}`), 200, view);
const stateOf = (reply: Reply) => read(reply, 200, answer).state;
const slugOf = (reply: Reply) => `${reply.status} ${problemOf(reply).slug}`;
const path = (caseNo: string, what: string) => `/v1/cases/${caseNo}/${what}`;
const list = [{ clause: 'N2.2', text: '请上传居民身份证。' }];

async function upload(who: Parameters<Desk['as']>[0]): Promise<string> {
  const form = await formOf();
  return read(await desk.as(who).post('/v1/documents', form.body, { headers: form.headers }), 201, documentOf)
    .documentId;
}

/** What was decided comes out the same when an auditor decides again. */
async function decidedAgain(caseNo: CaseNo): Promise<void> {
  const { store } = desk.services;
  const [onRecord] = await readOnRecord(store, [caseNo]);
  if (!onRecord) throw new Error(`${caseNo} is not on record`);
  expect(decideAgain(onRecord, await readRules(store.db)).differences).toEqual([]);
}

describe('supplement (N3.1a)', () => {
  test('asked with a complete list, answered by the applicant, looked at again with the rest of the days', async () => {
    const { caseNo, applicant, person } = await inReview(desk);
    await desk.setNow('2017-09-06T09:00:00+08:00');
    const handler = desk.as(wang);
    const empty = await handler.post(path(caseNo, 'handling'), { decision: 'supplement' });
    expect(slugOf(empty)).toBe('422 invalid');
    expect(stateOf(await handler.post(path(caseNo, 'handling'), { decision: 'supplement', reasons: list }))).toBe(
      'supplement',
    );
    const asked = read(await applicant.get(`/v1/cases/${caseNo}`), 200, view);
    expect(asked.asked).toEqual([expect.objectContaining({ what: 'supplement', until: '2017-09-20', reasons: list })]);
    expect(asked.allowed).toContain('supplement');
    expect(asked.deadlines).toContainEqual(expect.objectContaining({ kind: 'review', status: 'stopped' }));

    const documentId = await upload(applicantOf(person));
    const stranger = await file(desk);
    expect((await stranger.applicant.post(path(caseNo, 'supplement'), {})).status).toBe(404);
    await desk.setNow('2017-09-08T09:00:00+08:00');
    for (const nothing of [{}, { documents: [], formerNames: [], note: ' ' }]) {
      const refused = await applicant.post(path(caseNo, 'supplement'), nothing);
      expect(wrongFields(refused)).toEqual(['documents']);
      expect(refused.text).toContain('请上传居民身份证。'); // what was asked for
    }
    expect((await seen(caseNo)).state).toBe('supplement'); // and the one answer is still to come
    const brought = { documents: [documentId], formerNames: [{ name: '赵一', documentId }] };
    const first = await applicant.post(path(caseNo, 'supplement'), brought, { key: 'one-supplement' });
    expect(stateOf(first)).toBe('checking');
    const again = await applicant.post(path(caseNo, 'supplement'), brought, { key: 'one-supplement' });
    expect(again.text).toBe(first.text);
    const other = await applicant.post(path(caseNo, 'supplement'), brought);
    expect(slugOf(other)).toBe('409 not-in-this-state');
    await lookUp(desk, caseNo);
    const after = await seen(caseNo);
    expect(after).toMatchObject({ state: 'review', application: { documents: [documentId] } });
    // Filed on the 4th, the 5th counted; from the 11th on: 11, 12, 13, 14.
    expect(after.deadlines).toContainEqual({ kind: 'review', status: 'running', dueOn: '2017-09-14' });
    const twice = await handler.post(path(caseNo, 'handling'), { decision: 'supplement', reasons: list });
    expect(slugOf(twice)).toBe('409 supplement-asked-already');
    await decidedAgain(caseNo);
  });

  test('arrears: told first, then refused; the handler answers for the applicant; a new account is her own', async () => {
    const { caseNo, application } = await inReview(desk, { arrears: true });
    const handler = desk.as(wang);
    const refusal = { decision: 'refuse', reasons: [{ clause: 'N3.1a', text: '存在欠费。' }] };
    expect(slugOf(await handler.post(path(caseNo, 'handling'), refusal))).toBe('409 supplement-first');
    await handler.post(path(caseNo, 'handling'), { decision: 'supplement', note: '请补缴欠费。' });
    expect((await seen(caseNo)).asked).toMatchObject([{ reasons: [{ text: '请补缴欠费。' }] }]);
    const account = { ...application.account, number: 'SBK2201020001', kind: 'social-security-card' };
    const foreign = await handler.post(path(caseNo, 'supplement'), { account: { ...account, holder: '钱二' } });
    expect(slugOf(foreign)).toBe('422 invalid');
    expect(stateOf(await handler.post(path(caseNo, 'supplement'), { account }))).toBe('checking');
    expect((await seen(caseNo)).application.account.number).toBe('SBK2201020001');
    await lookUp(desk, caseNo, { arrears: true });
    expect(stateOf(await handler.post(path(caseNo, 'handling'), refusal))).toBe('review');
    await decidedAgain(caseNo);
  });

  test('not answered it lapses, and the same claim may be filed again (N4.3)', async () => {
    await desk.setNow('2017-09-04T10:00:00+08:00');
    const { caseNo, person } = await inReview(desk);
    await desk.as(wang).post(path(caseNo, 'handling'), { decision: 'supplement', reasons: list });
    const form = await file(desk, {}, person).catch((error: unknown) => String(error));
    expect(form).toContain('409');
    await desk.setNow('2017-09-19T00:00:00+08:00');
    const step = { workflowId: `case-${caseNo}`, key: `run:${caseNo}`, knownSeq: 0 };
    const dueAt = parseInstant('2017-09-19T00:00:00+08:00');
    await submitForRun(desk.services.store, step, caseNo, { type: 'lapse', kind: 'supplement', dueAt });
    expect((await seen(caseNo)).state).toBe('lapsed');
    expect((await file(desk, {}, person)).caseNo).not.toBe(caseNo);
    await decidedAgain(caseNo);
  });
});

describe('registers (N3.1c)', () => {
  test('a register that does not hold the kind: HRSS enters the written confirmation, and no override is needed', async () => {
    await desk.setNow('2017-09-04T10:00:00+08:00');
    const { caseNo } = await inReview(desk, { provincial: 'not-covered' });
    const approval = { decision: 'approve' };
    expect(slugOf(await desk.as(wang).post(path(caseNo, 'handling'), approval))).toBe('409 check-failed');
    const documentId = await upload(zhao);
    expect((await seen(caseNo, zhao)).allowed).toContain('certificate-confirmation');
    const confirmation = { documentId, body: '发证机构' };
    expect(stateOf(await desk.as(zhao).post(path(caseNo, 'certificate-confirmation'), confirmation))).toBe('review');
    expect(stateOf(await desk.as(wang).post(path(caseNo, 'handling'), approval))).toBe('review');
    await decidedAgain(caseNo);
  });

  test('a partner that does not answer is shown: which, since when, how often asked', async () => {
    const { caseNo } = await file(desk);
    const { db } = desk.services.store;
    await noteOutage(db, caseNo, 'national');
    await noteOutage(db, caseNo, 'national');
    const outages = z.object({
      outages: z.array(z.object({ source: z.string(), since: z.string(), tries: z.number() })),
    });
    const waiting = read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, outages);
    expect(waiting.outages).toMatchObject([{ source: 'national', tries: 2 }]);
    expect(waiting.outages[0]?.since).toMatch(/^2017-09-04T10:00/);
    await endOutage(db, caseNo, 'national');
    expect(read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, outages).outages).toEqual([]);
  });
});

describe('certificate registration (N3.1d)', () => {
  const elsewhere = { certificate: { issuer: { name: '辽宁省职业技能鉴定中心', scope: 'other-province' } } } as const;

  test('with HRSS, entered, looked up again; who is not HRSS may not', async () => {
    await desk.setNow('2017-09-04T10:00:00+08:00');
    const { caseNo } = await inReview(desk, { provincial: 'not-found' }, elsewhere);
    const handled = await desk.as(wang).post(path(caseNo, 'handling'), { decision: 'registration' });
    expect(stateOf(handled)).toBe('certificate-registration');
    expect(slugOf(await desk.as(wang).post(path(caseNo, 'certificate-registration'), { result: 'registered' }))).toBe(
      '403 forbidden',
    );
    const hrss = desk.as(zhao);
    expect((await seen(caseNo, zhao)).allowed).toContain('certificate-registration');
    expect(stateOf(await hrss.post(path(caseNo, 'certificate-registration/receipt'), {}))).toBe(
      'certificate-registration',
    );
    expect((await seen(caseNo)).deadlines).toContainEqual({
      ...{ kind: 'certificate-registration', status: 'running', dueOn: '2017-09-11' },
    });
    expect(slugOf(await hrss.post(path(caseNo, 'certificate-registration'), { result: 'rejected' }))).toBe(
      '422 invalid',
    );
    const done = await hrss.post(path(caseNo, 'certificate-registration'), {
      result: 'registered',
      reason: '属实。',
      documents: [],
    });
    expect(stateOf(done)).toBe('certificate-registration');
    expect((await seen(caseNo, zhao)).allowed).not.toContain('certificate-registration');
    const step = { workflowId: `case-${caseNo}`, key: `run:${caseNo}`, knownSeq: 0 };
    const evidenceId = '00000000-0000-4000-8000-000000000009' as EvidenceId;
    await submitForRun(desk.services.store, step, caseNo, { type: 'record-registration', evidenceId });
    await lookUp(desk, caseNo);
    await decide(desk, caseNo);
    expect((await seen(caseNo)).state).toBe('approved');
    await decidedAgain(caseNo);
  });

  test('rejected: to the handler, with the reason', async () => {
    const { caseNo } = await inReview(desk, { provincial: 'not-found' }, elsewhere);
    await desk.as(wang).post(path(caseNo, 'handling'), { decision: 'registration' });
    const rejected = { result: 'rejected', reason: '证书系伪造。', documents: [] };
    expect(stateOf(await desk.as(zhao).post(path(caseNo, 'certificate-registration'), rejected))).toBe('review');
    const timeline = await desk.as(wang).get(`/v1/cases/${caseNo}/timeline`);
    expect(timeline.text).toContain('N3.1d 证书系伪造。');
  });

  test('what needs none is refused', async () => {
    const { caseNo } = await inReview(desk);
    const asked = await desk.as(wang).post(path(caseNo, 'handling'), { decision: 'registration' });
    expect(slugOf(asked)).toBe('409 registration-not-needed');
  });
});

describe('reconsideration (N3.1f)', () => {
  const overturn = { decision: 'overturn', reason: '经重新核查，符合条件。' };

  test('asked by the applicant, looked at again, overturned by somebody who had no part', async () => {
    await desk.setNow('2017-09-04T10:00:00+08:00');
    const { caseNo, applicant } = await inReview(desk, { months: 12 });
    await decide(desk, caseNo, 'refuse');
    const told = read(await applicant.get(`/v1/cases/${caseNo}`), 200, view);
    expect(told.remedies.join()).toMatch(/2017年11月3日.*复核/);
    expect(stateOf(await applicant.post(path(caseNo, 'reconsideration'), { reason: '缴费月数有误。' }))).toBe(
      'reconsideration',
    );
    expect(slugOf(await desk.as(zhao).post(path(caseNo, 'reconsideration/decision'), overturn))).toBe(
      '409 look-ups-missing',
    );
    await lookUp(desk, caseNo);
    const both = staff('li', 'hrss');
    expect(slugOf(await desk.as(both).post(path(caseNo, 'reconsideration/decision'), overturn))).toBe('409 took-part');
    expect((await seen(caseNo, both)).allowed).not.toContain('reconsideration/decision');
    expect((await seen(caseNo, zhao)).allowed).toContain('reconsideration/decision');
    expect(stateOf(await desk.as(zhao).post(path(caseNo, 'reconsideration/decision'), overturn))).toBe('approved');
    await decidedAgain(caseNo);
  }, 30_000);

  test('with the decider’s rule taken out, the database says the same', async () => {
    const { caseNo } = await inReview(desk);
    await decide(desk, caseNo, 'refuse');
    const reconsidered = { by: 'li', source: 'hrss-review', refusedBy: { handler: 'wang', reviewer: 'li' } };
    const change = desk.sql(
      `UPDATE cases SET state = jsonb_set(state, '{reconsidered}', $2::jsonb) WHERE case_no = $1`,
      [caseNo, JSON.stringify(reconsidered)],
    );
    await expect(change).rejects.toThrow('nobody_reconsiders_own_refusal');
  });

  test('a court: with its document, whenever it comes', async () => {
    const { caseNo } = await inReview(desk);
    await decide(desk, caseNo, 'refuse');
    const court = { ...overturn, source: 'court' };
    expect(slugOf(await desk.as(zhao).post(path(caseNo, 'reconsideration/decision'), court))).toBe('422 invalid');
    const documentId = await upload(zhao);
    const entered = await desk.as(zhao).post(path(caseNo, 'reconsideration/decision'), { ...court, documentId });
    expect(stateOf(entered)).toBe('approved');
    await decidedAgain(caseNo);
  });

  test('a newer case has the entitlement: the claim goes on in exactly one of them (N4.3)', async () => {
    const { caseNo, applicant, person } = await inReview(desk, { months: 12 });
    await decide(desk, caseNo, 'refuse');
    const newer = await file(desk, {}, person);
    await applicant.post(path(caseNo, 'reconsideration'), {});
    await lookUp(desk, caseNo);
    expect(stateOf(await desk.as(zhao).post(path(caseNo, 'reconsideration/decision'), overturn))).toBe('merged');
    const rows = await desk.sql<{ case_no: string; status: string }>(
      'SELECT case_no, status FROM entitlement WHERE case_no = ANY ($1) ORDER BY case_no',
      [[caseNo, newer.caseNo]],
    );
    expect(rows.map(({ status }) => status)).toEqual(['released', 'held']);
    await decidedAgain(caseNo);
  });

  test('while it is open, nobody files the same again', async () => {
    const { caseNo, applicant, person } = await inReview(desk, { months: 12 });
    await decide(desk, caseNo, 'refuse');
    await applicant.post(path(caseNo, 'reconsideration'), {});
    await expect(file(desk, {}, person)).rejects.toThrow('409');
    await lookUp(desk, caseNo, { months: 12 });
    const upheld = { decision: 'uphold', reason: '缴费月数确不足36个月。' };
    expect(stateOf(await desk.as(zhao).post(path(caseNo, 'reconsideration/decision'), upheld))).toBe('refused');
    expect(slugOf(await applicant.post(path(caseNo, 'reconsideration'), {}))).toBe('409 reconsidered-already');
    expect((await file(desk, {}, person)).caseNo).not.toBe(caseNo);
    expect((await seen(caseNo, li)).allowed).toEqual([]);
    await decidedAgain(caseNo);
  });
});
