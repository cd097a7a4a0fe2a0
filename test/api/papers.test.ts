import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { pdfText } from '../console/pdf-text.ts';
import { applicationBody } from '../../dev/papers.ts';
import { addBudget, caseNoOf, decide, type Filed, file, inReview, li, staff, wang, zhao } from './cases.ts';
import { type Client, type Desk, openDesk, problemOf, read, wrongFields } from './desk.ts';

/** Annex 1 and the receipt, as JSON and on paper. */

const annex1 = z.looseObject({
  caseNo: z.string(),
  receivedAt: z.string(),
  confirmedAt: z.string().nullable(),
  applicant: z.looseObject({ name: z.string(), idNumber: z.string(), phone: z.string() }),
  account: z.looseObject({ number: z.string() }),
  firstClaim: z.boolean(),
  opinion: z.looseObject({ outcome: z.string() }).nullable(),
  signers: z.object({ handler: z.string(), reviewer: z.string() }).nullable(),
});
const pdf = { accept: 'application/pdf' };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(41);
  await addBudget(desk);
}, 120_000);
afterAll(() => desk.close());

const annexOf = async (who: Client, { caseNo }: Filed) =>
  read(await who.get(`/v1/cases/${caseNo}/annex-1`), 200, annex1);

async function paper(who: Client, path: string): Promise<string> {
  const { status, headers } = await who.get(path, pdf);
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/pdf', 'no-store']);
  return path;
}

/** The file's bytes: `desk.as` reads text, which a PDF is not. */
async function textOf(path: string): Promise<string> {
  const authorization = `Bearer ${await desk.token(wang)}`;
  const { rawPayload } = await desk.app.inject({ method: 'GET', url: path, headers: { ...pdf, authorization } });
  return pdfText(rawPayload);
}

test('filled in from filing on; the agency’s opinion once two people decided, with what it pays', async () => {
  const filed = await inReview(desk);
  const before = await annexOf(desk.as(wang), filed);
  expect(before).toMatchObject({ caseNo: filed.caseNo, firstClaim: true, opinion: null, signers: null });
  expect(before.applicant.idNumber).toBe(filed.person.idNumber);

  await decide(desk, filed.caseNo);
  expect(await annexOf(desk.as(wang), filed)).toMatchObject({
    opinion: {
      outcome: 'approve',
      occupation: '焊工',
      level: 4,
      shortage: true,
      amountFen: 195_000,
      decidedOn: '2017-09-04',
    },
    signers: { handler: 'wang', reviewer: 'li' },
  });
  const text = await textOf(await paper(desk.as(wang), `/v1/cases/${filed.caseNo}/annex-1`));
  for (const said of [
    '吉林省参保企业职工技能提升补贴申请表',
    filed.person.name,
    filed.caseNo,
    '1,950',
    '√初次申请',
    'wang',
  ])
    expect(text).toContain(said);
});

test('who files online confirms by signing in, with day and time; everybody else files for a signature (N2.1)', async () => {
  const online = await file(desk);
  const { receivedAt, confirmedAt } = await annexOf(desk.as(wang), online);
  expect(confirmedAt).toBe(receivedAt);
  const confirmation = /申请人签字：申请人已于2017年9月4日 09:\d\d通过本人实名账号在线确认/;
  expect(await textOf(`/v1/cases/${online.caseNo}/annex-1`)).toMatch(confirmation);

  const person = desk.person();
  const firm = { sub: 'firm', roles: ['employer'], creditCode: person.employer.creditCode } as const;
  for (const [who, filer, channel] of [
    [person, firm, 'collective'],
    [desk.person(), wang, 'counter'],
    [desk.person(), wang, 'online'],
  ] as const) {
    const reply = await desk.as(filer).post('/v1/applications', applicationBody(who, { channel }));
    const { caseNo } = read(reply, 201, caseNoOf);
    expect(read(await desk.as(wang).get(`/v1/cases/${caseNo}/annex-1`), 200, annex1).confirmedAt).toBeNull();
    const text = await textOf(`/v1/cases/${caseNo}/annex-1`);
    expect(text).toContain('申请人签字：代办人签字：');
    expect(text).not.toContain('在线确认');
  }
});

test('a refusal’s reasons; an applicant is not told who signed', async () => {
  const filed = await inReview(desk, { months: 35 });
  await decide(desk, filed.caseNo, 'refuse');
  const shown = await annexOf(filed.applicant, filed);
  expect(shown.opinion).toMatchObject({ outcome: 'refuse', reasons: [{ clause: 'N1.1' }], decidedOn: '2017-09-04' });
  expect(shown.signers).toBeNull();
});

test('what is handled alone is no opinion yet, nor what was sent back', async () => {
  const filed = await inReview(desk);
  const path = `/v1/cases/${filed.caseNo}`;
  // Fields that a form left empty were left out.
  const handling = { decision: 'approve', reasons: [], overrides: [], note: '' };
  read(await desk.as(wang).post(`${path}/handling`, handling), 200, z.object({}));
  expect((await annexOf(desk.as(wang), filed)).opinion).toBeNull();
  expect(wrongFields(await desk.as(li).post(`${path}/review`, { decision: 'return', note: ' ' }))).toEqual(['note']);
  read(await desk.as(li).post(`${path}/review`, { decision: 'return', note: '请再核对。' }), 200, z.object({}));
  expect((await annexOf(desk.as(wang), filed)).opinion).toBeNull();
});

test('numbers are covered for those who need the case and not the numbers; employers do not get the form', async () => {
  const filed = await file(desk);
  const shown = await annexOf(desk.as(zhao), filed);
  expect(shown.applicant.idNumber).toMatch(/^\d\*{16}[\dX]$/);
  expect(shown.account.number).toMatch(/^\*+\d{4}$/);
  const employer = desk.as({ sub: 'firm', roles: ['employer'] });
  expect(problemOf(await employer.get(`/v1/cases/${filed.caseNo}/annex-1`))).toMatchObject({ slug: 'forbidden' });
  const auditor = desk.as(staff('shen', 'auditor'));
  expect((await auditor.get(`/v1/cases/${filed.caseNo}/annex-1`)).status).toBe(200);
});

test('the receipt says until when the review is due, and what is missing', async () => {
  const filed = await file(desk);
  const path = `/v1/cases/${filed.caseNo}/receipt`;
  expect(read(await filed.applicant.get(path), 200, z.looseObject({}))).toMatchObject({
    caseNo: filed.caseNo,
    name: filed.person.name,
    office: { address: null, phone: null },
    reviewDueOn: '2017-09-11',
    missingDocuments: [
      { kind: 'certificate', label: '职业资格证书或职业技能等级证书' },
      { kind: 'id-card', label: '申请人居民身份证' },
    ],
  });
  const text = await textOf(await paper(filed.applicant, path));
  for (const said of [
    filed.caseNo,
    filed.person.name,
    '2017年9月11日（含当日）前',
    '长春市南关区社会保险经办机构',
    '12333',
  ])
    expect(text).toContain(said);
  expect(text).not.toContain('办公地址');
});

test('where an agency is found: on the receipt and in the guide, as a policy-admin above it says (N6.5)', async () => {
  const filed = await file(desk);
  const office = { address: '大经路1号', phone: '0431-88001234' };
  const path = '/v1/offices/220102';
  const admin = desk.as(staff('admin', 'policy-admin', '220100'));
  expect((await desk.as(wang).post(path, office)).status).toBe(403);
  expect((await desk.as(staff('far', 'policy-admin', '220200')).post(path, office)).status).toBe(404);
  expect(wrongFields(await admin.post(path, { address: ' ', phone: '1' }))).toEqual(['address', 'phone']);
  const told = read(await admin.post(path, office), 200, z.looseObject({}));
  expect(told).toEqual({ org: '220102', address: '大经路1号', phone: '043188001234' });
  const receipt = `/v1/cases/${filed.caseNo}/receipt`;
  expect(await textOf(receipt)).toContain('办公地址大经路1号咨询电话043188001234');
  const guide = async () => (await desk.withHeader(null).get('/public/guide')).text;
  expect(await guide()).toContain('长春市南关区社会保险经办机构（大经路1号，043188001234）、长春市宽城区');
  expect(await guide()).toContain('没有列出电话的，请拨打12333。');
  read(await admin.post(path, { address: null, phone: null }), 200, z.looseObject({}));
  expect(await guide()).toContain('长春市南关区社会保险经办机构、长春市宽城区');
});

test.each([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/pdf', 'application/pdf'],
  ['application/json;q=0.2, application/pdf;q=0.9', 'application/pdf'],
  ['application/pdf;q=0.2, application/json', 'application/json; charset=utf-8'],
  ['application/*', 'application/json; charset=utf-8'],
  ['application/pdf, */*;q=0.1', 'application/pdf'],
  ['application/pdf;q=0, */*', 'application/json; charset=utf-8'],
  ['text/html', 'application/json; charset=utf-8'],
])('Accept %p is answered as %p', async (accept, type) => {
  const [{ caseNo } = { caseNo: '' }] = await desk.sql<{ caseNo: string }>(
    'SELECT case_no AS "caseNo" FROM cases LIMIT 1',
  );
  const authorization = `Bearer ${await desk.token(wang)}`;
  const headers = { authorization, ...(accept === undefined ? {} : { accept }) };
  const reply = await desk.app.inject({ method: 'GET', url: `/v1/cases/${caseNo}/receipt`, headers });
  expect(reply.headers['content-type']).toBe(type);
});
