import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Person } from '../../dev/people.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { addBudget, approved, file, type Filed, inReview, li, lookUp, wang, zhao } from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read, wrongFields } from '../api/desk.ts';

/** Once per person, occupation and level (N4.3): names that the list does not know, and what bars a claim. */

const view = z.looseObject({
  seq: z.number(),
  state: z.string(),
  amountFen: z.number().nullable(),
  shortage: z.boolean().nullable(),
  certificate: z.looseObject({ occupation: z.string(), occupationKnown: z.boolean() }),
  checks: z.array(z.looseObject({ code: z.string(), passed: z.boolean() })),
  deadlines: z.array(z.looseObject({ kind: z.string(), dueOn: z.string() })),
});
const unknown = { certificate: { occupation: '深海焊接技工' } };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(83);
  await addBudget(desk);
}, 120_000);
afterAll(() => desk.close());

const handle = (caseNo: string, body: object) => desk.as(wang).post(`/v1/cases/${caseNo}/handling`, body);
const shown = async (caseNo: string) => read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, view);
const failed = async (caseNo: string) =>
  (await shown(caseNo)).checks.filter(({ passed }) => !passed).map(({ code }) => code);
const ofUnknown = async (person: Person, serial: string): Promise<CaseNo> => {
  const certificate = { ...unknown.certificate, number: `1707001001${serial}` };
  const { caseNo } = await file(desk, { certificate }, person);
  await lookUp(desk, caseNo);
  return caseNo;
};

/** A report on the case, which HRSS finds true and intentional. */
async function foundFalse(caseNo: string, between: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书是买来的。' }), 201, z.looseObject({}));
  await between();
  const [report] = await desk.sql<{ id: string }>('SELECT objection_id::text AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  const decision = {
    ...{ finding: 'upheld', reason: '经核查，证书系伪造。', grounds: 'certificate', intentional: true },
    heard: { on: '2017-09-04' },
    appraisal: { body: '省职业技能鉴定中心', opinion: '无此证书。' },
  };
  read(await desk.as(zhao).post(`/v1/reports/${report?.id ?? ''}/decision`, decision), 200, z.looseObject({}));
}

test('the handler names it: entitlement, checks, catalog and amount follow; the claim is then taken', async () => {
  const { caseNo, person, applicant, application } = await inReview(desk, {}, unknown);
  const before = await shown(caseNo);
  expect(await failed(caseNo)).toEqual(['occupation-known']);
  expect(problemOf(await handle(caseNo, { decision: 'approve' })).slug).toBe('check-failed');

  read(await handle(caseNo, { decision: 'approve', occupation: ' 电焊工 ' }), 200, z.looseObject({}));
  expect(await shown(caseNo)).toMatchObject({
    ...{ state: 'review', seq: before.seq + 3, deadlines: before.deadlines },
    certificate: { occupation: '焊工', occupationKnown: true },
  });
  expect(await failed(caseNo)).toEqual([]);
  read(await desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' }), 200, z.looseObject({}));
  expect(await shown(caseNo)).toMatchObject({ state: 'approved', amountFen: 195_000, shortage: true });

  const again = { ...application, certificate: { ...application.certificate, occupation: '焊工', number: '1' } };
  expect(problemOf(await applicant.post('/v1/applications', again)).slug).toBe('already-claimed');
  expect(person.name).not.toBe('');
  const timeline = await desk.as(wang).get(`/v1/cases/${caseNo}/timeline`);
  expect(timeline.text).toContain('occupation-set');
});

test('with a refusal as with an approval', async () => {
  const { caseNo } = await inReview(desk, { months: 20 }, unknown);
  const refusal = { decision: 'refuse', reasons: [{ clause: 'N1.1', text: '缴费月数不足36个月。' }] };
  read(await handle(caseNo, { ...refusal, occupation: '焊工' }), 200, z.looseObject({}));
  read(await desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision: 'refuse' }), 200, z.looseObject({}));
  expect(await shown(caseNo)).toMatchObject({ state: 'refused', certificate: { occupation: '焊工' } });
});

test('a name that is on no list is told at its field', async () => {
  const { caseNo } = await inReview(desk, {}, unknown);
  const reply = await handle(caseNo, { decision: 'approve', occupation: '某某技工' });
  expect(wrongFields(reply)).toEqual(['occupation']);
  expect(reply.text).toContain('标准名称表');
  expect(wrongFields(await handle(caseNo, { decision: 'approve', occupation: '' }))).toEqual(['occupation']);
});

test('what another case of the person has is refused, and that case is named; nothing is changed', async () => {
  const first = await approved(desk);
  const second = await ofUnknown(first.person, '490011');
  const before = await shown(second);
  const refusal = problemOf(await handle(second, { decision: 'approve', occupation: '焊工' }));
  expect(refusal).toMatchObject({ slug: 'already-claimed', status: 409, otherCase: first.caseNo });
  expect(await shown(second)).toEqual(before);

  // Barred by intentional falsity: the other case is over, its claim is not free.
  await foundFalse(first.caseNo);
  expect((await shown(first.caseNo)).state).toBe('cancelled');
  expect(problemOf(await handle(second, { decision: 'approve', occupation: '焊工' }))).toMatchObject({
    ...{ slug: 'already-claimed', otherCase: first.caseNo },
  });
  read(await handle(second, { decision: 'approve', occupation: '钳工' }), 200, z.looseObject({}));
});

test('at the same instant as a filing: one of the two has the claim', async () => {
  for (let round = 0; round < 5; round += 1) {
    const person = desk.person();
    const caseNo = await ofUnknown(person, `49002${round}`);
    const filing = file(desk, {}, person).then(
      () => true,
      () => false,
    );
    const [handled, isFiled] = await Promise.all([handle(caseNo, { decision: 'approve', occupation: '焊工' }), filing]);
    expect([handled.status, isFiled]).toEqual(handled.status === 200 ? [200, false] : [409, true]);
  }
}, 60_000);

test('withdrawn before it was found false: barred all the same, unless the claim went on in another case', async () => {
  const statusOf = async (caseNo: string) => {
    const [row] = await desk.sql<{ status: string }>('SELECT status FROM entitlement WHERE case_no = $1', [caseNo]);
    return row?.status;
  };
  const withdraw = async ({ caseNo, applicant }: Filed) =>
    read(await applicant.post(`/v1/cases/${caseNo}/withdrawal`, {}), 200, z.looseObject({}));
  const gone = await inReview(desk);
  await foundFalse(gone.caseNo, () => withdraw(gone));
  expect(await statusOf(gone.caseNo)).toBe('barred');
  expect(problemOf(await gone.applicant.post('/v1/applications', gone.application)).slug).toBe('already-claimed');

  const first = await inReview(desk);
  let next = '';
  await foundFalse(first.caseNo, async () => {
    await withdraw(first);
    next = (await file(desk, {}, first.person)).caseNo;
  });
  expect([await statusOf(first.caseNo), await statusOf(next)]).toEqual(['released', 'held']);
});

test('auditors decide it again, and it comes out the same', async () => {
  const { caseNo } = await inReview(desk, {}, unknown);
  read(await handle(caseNo, { decision: 'approve', occupation: '焊工' }), 200, z.looseObject({}));
  const { store } = desk.services;
  const again = async () => {
    const [onRecord] = await readOnRecord(store, [caseNo]);
    if (!onRecord) throw new Error('not on record');
    return decideAgain(onRecord, await readRules(store.db));
  };
  expect(await again()).toEqual({ decisions: 5, differences: [], remarks: [] });
});
