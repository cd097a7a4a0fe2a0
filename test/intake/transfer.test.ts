import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { addBudget, approved, decide, inReview, lookUp, file, staff, wang } from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read } from '../api/desk.ts';
import { inTurn } from '../api/in-turn.ts';

/** A case that came to the wrong agency goes to the right one (N2.1, N2.2). */

const AWAY = '220202';
const gao = staff('gao', 'handler', AWAY);
const answer = z.object({ caseNo: z.string(), state: z.string() });
const view = z.looseObject({
  org: z.string(),
  fund: z.string(),
  filedAt: z.string(),
  state: z.string(),
  transfer: z.object({ to: z.string() }).nullable(),
  deadlines: z.array(z.looseObject({ kind: z.string(), status: z.string(), startedOn: z.string() })),
  checks: z.array(z.looseObject({ code: z.string(), passed: z.boolean(), detail: z.string() })),
  allowed: z.array(z.string()),
});

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(41);
}, 120_000);
afterAll(() => desk.close());

const askFor = (caseNo: string, body: object = { to: AWAY, reason: '参保地为吉林市昌邑区。' }) =>
  desk.as(wang).post(`/v1/cases/${caseNo}/transfer`, body);
const confirm = (caseNo: string, body: object, who = gao) =>
  desk.as(who).post(`/v1/cases/${caseNo}/transfer/confirmation`, body);
const seenBy = async (caseNo: string, who = gao) => read(await desk.as(who).get(`/v1/cases/${caseNo}`), 200, view);

test('asked, seen by the receiving agency, taken: number, filing date and entitlement stay, the rest is new', async () => {
  const { caseNo, person, application, applicant } = await inReview(desk);
  const before = await seenBy(caseNo, wang);
  expect((await desk.as(gao).get(`/v1/cases/${caseNo}`)).status).toBe(404);
  read(await askFor(caseNo), 200, answer);
  expect(await seenBy(caseNo)).toMatchObject({ transfer: { to: AWAY }, allowed: ['transfer/confirmation'] });

  expect((await desk.as(gao).get('/v1/tasks?kind=transfer')).text).toContain(caseNo);

  await desk.setNow('2017-09-05T09:00:00+08:00');
  read(await confirm(caseNo, { accepted: true }), 200, answer);
  const after = await seenBy(caseNo);
  expect(after).toMatchObject({ org: AWAY, fund: '220200', state: 'review', filedAt: before.filedAt, transfer: null });
  expect(after.deadlines).toMatchObject([
    { kind: 'review', status: 'dropped' },
    { kind: 'review', status: 'running', startedOn: '2017-09-05' },
  ]);
  // The insurance record says 220102: the place is now the one that is wrong.
  expect(after.checks.find(({ code }) => code === 'insured-place')).toMatchObject({
    passed: false,
    detail: '参保地与申请地不一致，应移交参保地南关区（220102）经办机构受理。',
  });
  expect((await desk.as(wang).get(`/v1/cases/${caseNo}`)).status).toBe(404);
  const again = await applicant.post('/v1/applications', application);
  expect([person.name !== '', problemOf(again).slug]).toEqual([true, 'already-claimed']);
  const [open] = await desk.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM open_deadline WHERE case_no = $1 AND kind = 'review'`,
    [caseNo],
  );
  expect(open?.n).toBe(1);
  await desk.setNow('2017-09-04T09:00:00+08:00');
});

test('for the old agency and for strangers there is nothing to answer', async () => {
  const { caseNo } = await inReview(desk);
  expect(problemOf(await confirm(caseNo, { accepted: true }, wang)).slug).toBe('no-transfer');
  read(await askFor(caseNo), 200, answer);
  for (const who of [wang, staff('he', 'handler', '220100'), staff('x', 'handler', '220203')])
    expect((await confirm(caseNo, { accepted: true }, who)).status).toBe(404);
  expect(problemOf(await desk.as(wang).post(`/v1/cases/${caseNo}/handling`, { decision: 'approve' })).slug).toBe(
    'transfer-pending',
  );
  expect((await confirm(caseNo, { accepted: false })).status).toBe(422);
  read(await confirm(caseNo, { accepted: false, reason: '该职工在贵处参保。' }), 200, answer);
  expect(await seenBy(caseNo, wang)).toMatchObject({ org: '220102', transfer: null, state: 'review' });
  expect((await desk.as(gao).get(`/v1/cases/${caseNo}`)).status).toBe(404);
  await decide(desk, caseNo);
});

test('an approved case: the money goes back to the old fund and is reserved from the new one', async () => {
  await addBudget(desk);
  const available = async (fund: string) => {
    const [row] = await desk.sql<{ n: string }>(
      `SELECT coalesce(sum(amount_fen), 0)::text AS n FROM fund_balance WHERE fund = $1 AND account = 'reserved'`,
      [fund],
    );
    return Number(row?.n);
  };
  const before = await available('220100');
  const { caseNo } = await approved(desk);
  expect(await available('220100')).toBe(before + 195_000);
  read(await askFor(caseNo), 200, answer);
  expect(await available('220100')).toBe(before);
  read(await confirm(caseNo, { accepted: true }), 200, answer);
  expect(await seenBy(caseNo)).toMatchObject({ state: 'review', fund: '220200' });
});

test('where to: a unit that has an agency, with a reason', async () => {
  const { caseNo } = await inReview(desk);
  expect((await askFor(caseNo, { to: AWAY })).status).toBe(422);
  expect((await askFor(caseNo, { to: '220000', reason: 'x' })).status).toBe(422);
  expect((await askFor(caseNo, { to: '210100', reason: 'x' })).status).toBe(422);
  expect(problemOf(await askFor(caseNo, { to: '220102', reason: 'x' })).slug).toBe('same-agency');
});

test('auditors decide every step again, and it comes out the same', async () => {
  const { caseNo } = await file(desk);
  await lookUp(desk, caseNo);
  read(await askFor(caseNo), 200, answer);
  read(await confirm(caseNo, { accepted: true }), 200, answer);
  const { store } = desk.services;
  const [onRecord] = await readOnRecord(store, [caseNo]);
  if (!onRecord) throw new Error('not on record');
  expect(decideAgain(onRecord, await readRules(store.db))).toEqual({ decisions: 6, differences: [], remarks: [] });
});

test('taken at the same instant: who has it no longer does not sign', async () => {
  const { caseNo } = await inReview(desk);
  read(await askFor(caseNo), 200, answer);
  const refuse = { decision: 'refuse', reasons: [{ clause: 'N1.1', text: '不足。' }] };
  const [taken, signed] = await inTurn(desk, caseNo, [
    () => confirm(caseNo, { accepted: true }),
    () => desk.as(wang).post(`/v1/cases/${caseNo}/handling`, refuse),
  ]);
  if (!taken || !signed) throw new Error('no answer');
  read(taken, 200, answer);
  expect(problemOf(signed).slug).toBe('not-found');
});
