import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { CaseNo } from '../../domain/ids.ts';
import { readApplication } from '../../store/application.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { recordLookAgain } from '../../store/look-up.ts';
import { addBudget, applicantOf, approved, file, inReview, lookUp, payable, qian, staff, wang, zhao } from './cases.ts';
import { type Desk, openDesk, ORG, problemOf, read, type Reply } from './desk.ts';
import { formOf } from './uploads.ts';

/** Death, a claim filed twice, a certificate that was revoked: each ends with a person and a reason. */

const answer = z.object({ state: z.string() });
const view = z.object({
  state: z.string(),
  holds: z.array(z.object({ kind: z.string() })),
  allowed: z.array(z.string()),
});

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(54);
  await addBudget(desk);
}, 60_000);
afterAll(() => desk.close());

const seen = async (caseNo: string, who = zhao) => read(await desk.as(who).get(`/v1/cases/${caseNo}`), 200, view);
const stateOf = (reply: Reply) => read(reply, 200, answer).state;
const slugOf = (reply: Reply) => `${reply.status} ${problemOf(reply).slug}`;
const path = (caseNo: string, what: string) => `/v1/cases/${caseNo}/${what}`;

async function decidedAgain(caseNo: CaseNo): Promise<void> {
  const { store } = desk.services;
  const [onRecord] = await readOnRecord(store, [caseNo]);
  if (!onRecord) throw new Error(`${caseNo} is not on record`);
  expect(decideAgain(onRecord, await readRules(store.db)).differences).toEqual([]);
}

test('death before the credit: the money waits for the heirs’ papers, and HRSS decides', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const { caseNo, application } = await payable(desk);
  expect(stateOf(await desk.as(wang).post(path(caseNo, 'succession'), { reason: '申请人因病去世。' }))).toBe(
    'succession-hold',
  );
  expect(slugOf(await desk.as(wang).post(path(caseNo, 'succession'), { reason: '再次登记。' }))).toBe(
    '409 death-reported-already',
  );
  const batch = await desk.as(qian).post('/v1/payment-batches', { org: ORG });
  expect(slugOf(batch)).toBe('409 nothing-payable');
  expect((await seen(caseNo)).allowed).toContain('succession/decision');
  const heirs = { decision: 'heirs', reason: '继承公证属实。' };
  expect(slugOf(await desk.as(zhao).post(path(caseNo, 'succession/decision'), heirs))).toBe('422 invalid');
  const form = await formOf();
  const uploaded = await desk.as(zhao).post('/v1/documents', form.body, { headers: form.headers });
  const { documentId } = read(uploaded, 201, z.object({ documentId: z.string() }));
  const account = { ...application.account, holder: '赵小一' };
  const decided = await desk
    .as(zhao)
    .post(path(caseNo, 'succession/decision'), { ...heirs, account, documents: [documentId] });
  expect(stateOf(decided)).toBe('payable');
  await decidedAgain(caseNo);
});

test('nobody inherits: the case ends, and its money is the fund’s again', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const { caseNo } = await approved(desk);
  await desk.as(zhao).post(path(caseNo, 'succession'), { reason: '申请人去世。' });
  const closed = { decision: 'close', reason: '无继承人。' };
  expect(stateOf(await desk.as(zhao).post(path(caseNo, 'succession/decision'), closed))).toBe('lapsed');
  const [row] = await desk.sql<{ status: string }>('SELECT status FROM entitlement WHERE case_no = $1', [caseNo]);
  expect(row?.status).toBe('released');
  const booked = await desk.sql('SELECT 1 FROM ledger_entry WHERE reason = $1', ['succession-closed']);
  expect(booked.length).toBeGreaterThan(0);
  await decidedAgain(caseNo);
});

test('filed twice by mistake: merged into the other case of the same person, and no other one', async () => {
  const first = await inReview(desk, {}, { certificate: { occupation: '焊接工作' } });
  const second = await file(desk, {}, first.person);
  const stranger = await file(desk);
  const merge = (into: string) => desk.as(wang).post(path(second.caseNo, 'merger'), { into, reason: '重复申请。' });
  expect(slugOf(await merge(stranger.caseNo))).toBe('409 not-the-same-claim');
  expect(slugOf(await merge(second.caseNo))).toBe('409 merged-into-itself');
  expect(stateOf(await merge(first.caseNo))).toBe('merged');
  const back = await desk.as(wang).post(path(first.caseNo, 'merger'), { into: second.caseNo, reason: '重复申请。' });
  expect(slugOf(back)).toBe('409 not-the-same-claim');
  await decidedAgain(second.caseNo);
});

test('a revoked certificate reaches its cases: held before payment, as a report for HRSS', async () => {
  const { caseNo, application } = await approved(desk);
  const other = await approved(desk);
  const revocation = {
    org: ORG,
    certificateNumber: ` ${application.certificate.number} `,
    issuer: '吉林省职业技能鉴定中心',
    revokedOn: '2017-09-04',
    reason: '考试作弊。',
  };
  expect(slugOf(await desk.as(wang).post('/v1/revocations', revocation))).toBe('403 forbidden');
  const reached = await desk.as(zhao).post('/v1/revocations', revocation);
  expect(read(reached, 201, z.object({ cases: z.number() })).cases).toBe(1);
  expect(await seen(caseNo)).toMatchObject({ state: 'objection-hold', holds: [{ kind: 'objection' }] });
  expect((await seen(other.caseNo)).holds).toEqual([]);
  const tasks = await desk.as(staff('zhao', 'hrss')).get(`/v1/tasks?org=${ORG}&kind=report`);
  expect(tasks.text).toContain(caseNo);
  await decidedAgain(caseNo);
});

test('a report before anything was decided: HRSS has it in the inbox, and its end is the case’s or none (N3.4a)', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const hrss = desk.as(zhao);
  const inbox = async (): Promise<readonly (readonly [string, string])[]> => {
    const tasks = z.object({ items: z.array(z.object({ caseNo: z.string(), ref: z.string() })) });
    const { items } = read(await hrss.get(`/v1/tasks?org=${ORG}&kind=report`), 200, tasks);
    return items.map(({ caseNo, ref }) => [caseNo, ref] as const);
  };
  const reportOn = async (caseNo: string): Promise<string> => {
    read(await desk.as(wang).post('/v1/reports', { caseNo, text: '没有上过班。' }), 201, z.object({}));
    return (await inbox()).find(([of]) => of === caseNo)?.[1] ?? '';
  };
  const found = { reason: '经核查。', grounds: 'other', heard: { on: '2017-09-04' } };

  const { caseNo } = await inReview(desk);
  const id = await reportOn(caseNo);
  expect(await seen(caseNo)).toMatchObject({ state: 'objection-hold', holds: [{ kind: 'objection' }] });
  const dismissed = await hrss.post(`/v1/reports/${id}/decision`, { ...found, finding: 'dismissed' });
  expect(stateOf(dismissed)).toBe('review');

  const waiting = await inReview(desk);
  const list = { decision: 'supplement', reasons: [{ clause: 'N2.2', text: '请上传居民身份证。' }] };
  expect(stateOf(await desk.as(wang).post(path(waiting.caseNo, 'handling'), list))).toBe('supplement');
  const other = await reportOn(waiting.caseNo);
  const upheld = await hrss.post(`/v1/reports/${other}/decision`, { ...found, finding: 'upheld' });
  expect(stateOf(upheld)).toBe('cancelled');
  expect((await inbox()).filter(([of]) => of === caseNo || of === waiting.caseNo)).toEqual([]);
  await decidedAgain(waiting.caseNo);

  const early = await file(desk);
  await reportOn(early.caseNo);
  await lookUp(desk, early.caseNo);
  expect(await seen(early.caseNo)).toMatchObject({ state: 'objection-hold' });
});

const withChecks = z.object({
  state: z.string(),
  holds: z.array(z.object({ kind: z.string(), ref: z.string() })),
  checks: z.array(z.object({ clause: z.string(), code: z.string(), passed: z.boolean(), detail: z.string() })),
  hints: z.array(z.object({ code: z.string(), caseNo: z.string() })),
});
const shared = 'certificate-of-one-person';

test('one certificate number, two people: a failed check for the one, a report for the other, a person for both (N6.3)', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const first = await approved(desk);
  const { number } = first.application.certificate;
  const second = await inReview(desk, {}, { certificate: { number: ` ${number}` } });
  const look = async (caseNo: string) => read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, withChecks);

  // The earlier one: HRSS has it as a report that holds the money.
  const held = await look(first.caseNo);
  expect(held).toMatchObject({ state: 'objection-hold', holds: [{ kind: 'objection' }] });
  expect(held.hints).toEqual([{ code: 'same-certificate', caseNo: second.caseNo }]);
  const [hold] = held.holds;
  const report = await desk.as(zhao).get(`/v1/reports/${hold?.ref ?? ''}`);
  expect(report.text).toContain('另有他人以同一证书编号申请补贴');

  // The later one: its handler answers for the check with a reason and a paper, or refuses with a reason.
  const failed = (await look(second.caseNo)).checks.filter(({ passed }) => !passed);
  expect(failed).toEqual([
    { clause: 'N6.3', code: shared, passed: false, detail: '同一证书编号另有1人申请补贴，须核实证书属于谁。' },
  ]);
  const handling = (body: object) =>
    desk.as(wang).post(path(second.caseNo, 'handling'), { decision: 'approve', ...body });
  expect(slugOf(await handling({}))).toBe('409 check-failed');
  const form = await formOf();
  const uploaded = await desk.as(wang).post('/v1/documents', form.body, { headers: form.headers });
  const { documentId } = read(uploaded, 201, z.object({ documentId: z.string() }));
  const overrides = [{ code: shared, reason: '发证机构书面确认证书属于本申请人。', documentId }];
  expect(stateOf(await handling({ overrides }))).toBe('review');
  await decidedAgain(first.caseNo);
  await decidedAgain(second.caseNo);
  expect(JSON.stringify(await desk.sql('SELECT * FROM certificate_claim'))).not.toContain(number);
});

test('filed side by side, both find it by their own checks; a claim that ended no longer counts', async () => {
  const first = await file(desk);
  const otherwise = { certificate: { number: first.application.certificate.number } };
  const [second, third] = await Promise.all([file(desk, otherwise), file(desk, otherwise)]);
  await desk.as(applicantOf(third.person)).post(path(third.caseNo, 'withdrawal'), {});
  for (const { caseNo } of [first, second]) {
    await lookUp(desk, caseNo);
    const { checks, holds } = read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, withChecks);
    expect(checks.filter(({ code }) => code === shared).map(({ detail }) => detail)).toEqual([
      '同一证书编号另有1人申请补贴，须核实证书属于谁。',
    ]);
    expect(holds).toEqual([]);
    await decidedAgain(caseNo);
  }
  await desk.as(applicantOf(second.person)).post(path(second.caseNo, 'withdrawal'), {});
  const again = await inReview(desk, {}, otherwise);
  expect((await seen(first.caseNo)).holds).toHaveLength(1); // reported once more, by the newest claim
  await decidedAgain(again.caseNo);
});

test('the same person with two certificates of one number is no second claimant', async () => {
  const first = await inReview(desk);
  const { number } = first.application.certificate;
  const second = await file(desk, { certificate: { number, occupation: '电工' } }, first.person);
  await lookUp(desk, second.caseNo);
  const { checks } = read(await desk.as(wang).get(`/v1/cases/${second.caseNo}`), 200, withChecks);
  expect(checks.map(({ code }) => code)).not.toContain(shared);
  expect((await seen(first.caseNo)).holds).toEqual([]);
});

test('looked up again before the payment order: what no longer agrees holds the money, what agrees does not (N3.1c)', async () => {
  await desk.setNow('2017-09-04T09:00:00+08:00');
  const { caseNo } = await payable(desk);
  const { store } = desk.services;
  const { applicant, certificate } = await readApplication(store.db, store, caseNo);
  const { number, occupation, level, kind, issuedOn } = certificate;
  const { name, idNumber } = applicant;
  const paper = { number, occupation, level, kind, issuedOn, name, idNumber };
  const step = (key: string) => ({ workflowId: `case-${caseNo}`, key: `run:${caseNo}:${key}`, knownSeq: 0 });
  const evidence = (status: 'valid' | 'revoked') =>
    ({ source: 'national', answer: { answer: 'found', ...paper, status } }) as const;
  await recordLookAgain(store, step('a'), caseNo, evidence('valid'));
  expect((await seen(caseNo)).state).toBe('payable');
  await recordLookAgain(store, step('b'), caseNo, evidence('revoked'));
  expect((await seen(caseNo)).state).toBe('objection-hold');
  await recordLookAgain(store, step('c'), caseNo, evidence('revoked'));
  expect((await seen(caseNo)).holds).toHaveLength(1); // reported once
  await decidedAgain(caseNo);
});
