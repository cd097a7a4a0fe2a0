import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { applicationBody } from '../../dev/papers.ts';
import {
  addBudget,
  applicantOf,
  approved,
  caseNoOf,
  inReview,
  li,
  lookUp,
  objectTo,
  published,
  staff,
  wang,
  zhao,
} from './cases.ts';
import { type Desk, openDesk, ORG, problemOf, read, REGION, type Reply } from './desk.ts';

/** Same caller, route, key and body → the same answer; other body → 422 (contract.md, Conventions). */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(34);
  await addBudget(desk);
}, 120_000);
afterAll(() => desk.close());

/** Everything of an answer that its reader sees. */
const seen = ({ status, headers, text }: Reply): readonly unknown[] => [status, headers['content-type'], text];
const rowsOf = async (table: string): Promise<number | undefined> => (await desk.countRows())[table];

test('the same filing again: the same answer byte for byte, whatever the order of its members', async () => {
  const person = desk.person();
  const applicant = desk.as(applicantOf(person));
  const body = applicationBody(person);
  const first = await applicant.post('/v1/applications', body, { key: 'k-1' });
  read(first, 201, caseNoOf);
  const before = await desk.countRows();
  const reversed = Object.fromEntries(Object.entries(body).reverse());
  for (const copy of [body, body, reversed, `  ${JSON.stringify(body, null, 2)}\n`]) {
    const again = await applicant.post('/v1/applications', copy, { key: 'k-1' });
    expect(seen(again)).toEqual(seen(first));
  }
  expect(await desk.countRows()).toEqual(before);
});

test('another body under the key: 422 key-reused, and the first answer stands', async () => {
  const person = desk.person();
  const applicant = desk.as(applicantOf(person));
  const first = await applicant.post('/v1/applications', applicationBody(person), { key: 'k-2' });
  const other = applicationBody(person, { applicant: { phone: '13800000000' } });
  const refused = await applicant.post('/v1/applications', other, { key: 'k-2' });
  expect([refused.status, problemOf(refused).slug]).toEqual([422, 'key-reused']);
  const again = await applicant.post('/v1/applications', applicationBody(person), { key: 'k-2' });
  expect(seen(again)).toEqual(seen(first));
});

test('fifty copies at once: one case, one answer', async () => {
  const person = desk.person();
  const applicant = desk.as(applicantOf(person));
  const body = applicationBody(person);
  const before = await rowsOf('cases');
  const copies = Array.from({ length: 50 }, () => applicant.post('/v1/applications', body, { key: 'k-50' }));
  const answers = await Promise.all(copies);
  expect(new Set(answers.map((one) => JSON.stringify(seen(one)))).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
  expect(await rowsOf('cases')).toBe(Number(before) + 1);
});

test('fifty filings of the same claim at once under fifty keys: one case, 49 times already-claimed (N4.3)', async () => {
  const person = desk.person();
  const applicant = desk.as(applicantOf(person));
  const body = applicationBody(person);
  const answers = await Promise.all(Array.from({ length: 50 }, () => applicant.post('/v1/applications', body)));
  const slugs = answers.map((one) => (one.status === 201 ? 'filed' : problemOf(one).slug)).sort();
  expect(slugs).toEqual([...Array.from({ length: 49 }, () => 'already-claimed'), 'filed']);
});

test('a refusal that was decided is kept, also when it would be decided otherwise now', async () => {
  const { caseNo } = await inReview(desk);
  const review = () => desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' }, { key: 'early' });
  const early = await review();
  expect([early.status, problemOf(early).slug]).toEqual([409, 'not-handled-yet']);
  read(await desk.as(wang).post(`/v1/cases/${caseNo}/handling`, { decision: 'approve' }), 200, caseNoOf);
  expect(seen(await review())).toEqual(seen(early));
  read(await desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' }), 200, caseNoOf);
});

test('an employer reads ask-applicant both times', async () => {
  const person = desk.person();
  await desk.as(applicantOf(person)).post('/v1/applications', applicationBody(person));
  const { creditCode } = person.employer;
  const employer = desk.as({ sub: 'firm', roles: ['employer'], creditCode });
  const body = applicationBody(person, { channel: 'collective' });
  const first = await employer.post('/v1/applications', body, { key: 'firm-1' });
  expect(problemOf(first).slug).toBe('ask-applicant');
  expect(seen(await employer.post('/v1/applications', body, { key: 'firm-1' }))).toEqual(seen(first));
});

test('form errors, 401, 403 and 404 are not kept: the same key serves once they are cured', async () => {
  const person = desk.person();
  const applicant = desk.as(applicantOf(person));
  const key = randomUUID();
  const body = applicationBody(person);
  const post = (who: typeof applicant, form: unknown) => who.post('/v1/applications', form, { key });
  const before = await rowsOf('command');
  expect((await post(applicant, { ...body, channel: 'x' })).status).toBe(422);
  expect((await post(desk.withHeader('Bearer no.token.this'), body)).status).toBe(401);
  expect((await post(desk.as({ ...applicantOf(person), roles: ['auditor'] }), body)).status).toBe(403);
  expect(problemOf(await post(desk.as({ ...applicantOf(person), name: '旁人' }), body)).slug).toBe('not-yourself');
  expect((await applicant.post('/v1/cases/220102-2017-9999999/withdrawal', {}, { key })).status).toBe(404);
  expect(await rowsOf('command')).toBe(before);
  read(await post(applicant, body), 201, caseNoOf);
});

test('a key belongs to one caller and to one route', async () => {
  const key = 'shared';
  const [one, other] = [desk.person(), desk.person()];
  const first = read(
    await desk.as(applicantOf(one)).post('/v1/applications', applicationBody(one), { key }),
    201,
    caseNoOf,
  );
  const second = await desk.as(applicantOf(other)).post('/v1/applications', applicationBody(other), { key });
  expect(read(second, 201, caseNoOf).caseNo).not.toBe(first.caseNo);
  const withdrawn = await desk.as(applicantOf(one)).post(`/v1/cases/${first.caseNo}/withdrawal`, {}, { key });
  read(withdrawn, 200, caseNoOf);
  // The same person under another sign-in is another caller.
  const elsewhere = desk.as({ ...applicantOf(one), sub: 'another-sign-in' });
  expect(read(await elsewhere.post('/v1/applications', applicationBody(one), { key }), 201, caseNoOf).caseNo).not.toBe(
    first.caseNo,
  );
});

test('nobody reads the answer to a key that is another one’s', async () => {
  const { caseNo } = await inReview(desk);
  const body = { decision: 'approve' };
  read(await desk.as(wang).post(`/v1/cases/${caseNo}/handling`, body, { key: 'mine' }), 200, caseNoOf);
  const stranger = desk.as(staff('stranger', 'handler', '220200'));
  expect((await stranger.post(`/v1/cases/${caseNo}/handling`, body, { key: 'mine' })).status).toBe(404);
});

test('every command of the main flow answers its repeat in the same words', async () => {
  const { caseNo } = await approved(desk);
  const twice = async (who: Parameters<Desk['as']>[0], path: string, body: unknown): Promise<Reply> => {
    const [client, key] = [desk.as(who), randomUUID()];
    const first = await client.post(path, body, { key });
    const before = await desk.countRows();
    expect(seen(await client.post(path, body, { key }))).toEqual(seen(first));
    expect(await desk.countRows()).toEqual(before);
    return first;
  };
  const treasurer = staff('treasurer', 'finance', REGION);
  expect((await twice(treasurer, `/v1/funds/${REGION}/budgets`, { year: 2017, amountFen: 7 })).status).toBe(201);
  const cut = await twice(wang, '/v1/publicity-rounds', { org: ORG });
  expect(cut.body).toMatchObject({ entries: expect.any(Number) });
  const roundId = String(Reflect.get(Object(cut.body), 'roundId'));
  expect((await twice(zhao, `/v1/publicity-rounds/${roundId}/publication`, {})).status).toBe(202);
  expect((await twice(wang, `/v1/cases/${caseNo}/withdrawal`, { reason: '本人申请撤回。' })).status).toBe(200);
});

test('an objection sent twice is one objection with one receipt; without a key it is two', async () => {
  const { roundId } = await published(desk);
  const path = `/public/v1/notices/${roundId}/objections`;
  const body = { entryId: '1', text: '证书是假的。' };
  const key = randomUUID();
  const before = Number(await rowsOf('objection'));
  const anyone = desk.withHeader(null);
  const first = await anyone.post(path, body, { key });
  expect(seen(await anyone.post(path, body, { key: key.toUpperCase() }))).toEqual(seen(first));
  expect(problemOf(await anyone.post(path, { ...body, text: '别的话。' }, { key })).slug).toBe('key-reused');
  await objectTo(desk, roundId);
  await anyone.post(path, body, { key: null });
  expect(await rowsOf('objection')).toBe(before + 3);
  // The same key on another route is another command.
  const report = { noticeId: roundId, ...body };
  expect((await anyone.post('/public/v1/reports', report, { key })).status).toBe(201);
});

test("answers are kept sealed: no word of anyone's stands in the table", async () => {
  const { caseNo, person } = await inReview(desk);
  await lookUp(desk, caseNo).catch(() => undefined);
  const rows = await desk.sql<{ row: string }>('SELECT command::text AS row FROM command');
  const all = rows.map(({ row }) => row).join('\n');
  for (const secret of [person.idNumber, person.name, person.phone, person.account.number])
    expect(all.includes(secret)).toBe(false);
});
