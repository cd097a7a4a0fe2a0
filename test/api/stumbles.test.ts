import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { applicationBody } from '../../dev/papers.ts';
import { applicantOf, file, inReview, openOffice, published, wang, zhao } from './cases.ts';
import { type Desk, problemOf, read, wrongFields } from './desk.ts';
import { formOf } from './uploads.ts';

/** What people read when something does not go: where the case is, and everything that is wrong at once. */

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(67);
}, 120_000);
afterAll(() => desk.close());

const path = (caseNo: string, what: string) => `/v1/cases/${caseNo}/${what}`;
const nobodys = '00000000-0000-4000-8000-000000000000';
const reasons = [{ clause: 'N1.1', text: '累计缴费不足。' }];

test('staff read where the case is and what may be done now; repeated it is the same answer', async () => {
  const { caseNo } = await published(desk);
  const handling = { decision: 'refuse', reasons };
  const once = await desk.as(wang).post(path(caseNo, 'handling'), handling, { key: 'late' });
  expect(problemOf(once)).toMatchObject({
    ...{ status: 409, slug: 'not-in-this-state', state: 'publicity', stateLabel: '公示中' },
    allowed: ['transfer', 'succession', 'withdrawal'],
    detail: expect.stringMatching(/“公示中”（publicity）.*现在可以办理：.*撤回申请（withdrawal）/),
  });
  await desk.as(wang).post(path(caseNo, 'withdrawal'), { reason: '申请人要求撤回。' });
  const again = await desk.as(wang).post(path(caseNo, 'handling'), handling, { key: 'late' });
  expect(again.text).toBe(once.text);
  const over = await desk.as(zhao).post(path(caseNo, 'certificate-registration'), { result: 'registered' });
  expect(problemOf(over)).toMatchObject({
    state: 'withdrawn',
    allowed: [],
    detail: expect.stringContaining('没有您可以办理'),
  });
});

test('an applicant and the public learn no more than before', async () => {
  const { caseNo, applicant, application, roundId } = await published(desk);
  const supplement = await applicant.post(path(caseNo, 'supplement'), { note: '补充。' });
  const account = await applicant.post(path(caseNo, 'account'), { account: application.account });
  for (const reply of [supplement, account]) {
    expect(problemOf(reply)).toMatchObject({ status: 409, slug: 'not-in-this-state' });
    expect(Object.keys(problemOf(reply)).filter((key) => ['state', 'stateLabel', 'allowed'].includes(key))).toEqual([]);
  }
  await applicant.post(path(caseNo, 'withdrawal'), {});
  const late = await desk
    .withHeader(null)
    .post(`/public/v1/notices/${roundId}/objections`, { entryId: '1', text: '此人未在该单位工作。' });
  expect(late.text).not.toMatch(/withdrawn|已撤回/);
});

test('a refusal needs reasons, a supplement its list: the field is named, with whatever else is wrong', async () => {
  const { caseNo } = await inReview(desk);
  const handle = (body: object) => desk.as(wang).post(path(caseNo, 'handling'), body);
  for (const body of [{}, { reasons: [] }]) {
    expect(wrongFields(await handle({ decision: 'refuse', ...body }))).toEqual(['reasons']);
    expect(wrongFields(await handle({ decision: 'supplement', ...body }))).toEqual(['reasons']);
  }
  expect(wrongFields(await handle({ decision: 'refuse', expectedSeq: 0 }))).toEqual(['expectedSeq', 'reasons']);
});

test('a document that is not there is told with the other errors of the form, all at once', async () => {
  const { caseNo, applicant, person, application } = await inReview(desk);
  const override = { code: 'no-arrears', reason: '', documentId: nobodys };
  const handling = { decision: 'approve', overrides: [override], occupation: 'x', expectedSeq: 0 };
  expect(wrongFields(await desk.as(wang).post(path(caseNo, 'handling'), handling))).toEqual([
    ...['expectedSeq', 'overrides.0.documentId', 'overrides.0.reason'],
  ]);
  const named = { ...handling, overrides: [{ ...override, reason: '已补缴。' }], expectedSeq: 1 };
  expect(wrongFields(await desk.as(wang).post(path(caseNo, 'handling'), named))).toEqual([
    ...['occupation', 'overrides.0.documentId'],
  ]);

  await desk.as(wang).post(path(caseNo, 'handling'), { decision: 'supplement', reasons });
  const form = await formOf();
  const uploaded = await desk.as(applicantOf(person)).post('/v1/documents', form.body, { headers: form.headers });
  const { documentId } = read(uploaded, 201, z.object({ documentId: z.string() }));
  const account = { ...application.account, holder: '旁人' };
  const brought = { documents: [documentId, nobodys], formerNames: [{ name: '赵一', documentId: nobodys }], account };
  const three = ['account.holder', 'documents.1', 'formerNames.0.documentId'];
  expect(wrongFields(await applicant.post(path(caseNo, 'supplement'), brought))).toEqual(three);
  const worse = { ...brought, account: { ...account, number: '1' }, surprise: 1 };
  expect(wrongFields(await applicant.post(path(caseNo, 'supplement'), worse))).toEqual([
    ...['account.number', 'documents.1', 'formerNames.0.documentId', 'surprise'],
  ]);
});

test('of a case that is not theirs nobody learns which documents are in it', async () => {
  const { caseNo } = await file(desk);
  const stranger = await file(desk);
  const wrong = { documents: [nobodys], surprise: 1 };
  expect(wrongFields(await stranger.applicant.post(path(caseNo, 'supplement'), wrong))).toEqual(['surprise']);
});

test('one digit of the ID number wrong is one error, in whichever place it is', async () => {
  const person = desk.person();
  for (const at of [5, 9, 13, 16, 17]) {
    const digit = String((Number(person.idNumber[at]) + 1) % 10);
    const idNumber = person.idNumber.slice(0, at) + digit + person.idNumber.slice(at + 1);
    const body = applicationBody(person, { channel: 'counter', applicant: { idNumber } });
    expect(wrongFields(await desk.as(wang).post('/v1/applications', body))).toEqual(['applicant.idNumber']);
  }
});
