import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import type { CaseNo } from '../../domain/ids.ts';
import {
  addBudget,
  afterWindow,
  approved,
  askToPass,
  decide,
  file,
  inReview,
  li,
  lookUp,
  payable,
  prepare,
  published,
  staff,
  wang,
} from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read } from '../api/desk.ts';
import { inTurn } from '../api/in-turn.ts';
import { formOf } from '../api/uploads.ts';

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

/** What is reserved for a case in a fund. */
async function reserved(fund: string, caseNo: CaseNo): Promise<number> {
  const [row] = await desk.sql<{ fen: number }>(
    `SELECT coalesce(sum(amount_fen), 0)::int AS fen FROM ledger_posting JOIN ledger_entry ON id = entry_id
     WHERE account = 'reserved' AND fund = $1 AND stream = $2`,
    [fund, `case-${caseNo}`],
  );
  return row?.fen ?? 0;
}

async function uploadedBy(who: typeof gao): Promise<string> {
  const { body, headers } = await formOf();
  const stored = await desk.as(who).post('/v1/documents', body, { headers });
  return read(stored, 201, z.object({ documentId: z.string() })).documentId;
}

/** Moved to the pooling region of AWAY, looked up there, signed by its own two people. */
async function decideAway(caseNo: CaseNo): Promise<void> {
  read(await confirm(caseNo, { accepted: true }), 200, answer);
  expect(await seenBy(caseNo)).toMatchObject({ org: AWAY, fund: '220200', state: 'review' });
  const overrides = (await seenBy(caseNo)).checks.filter(({ passed }) => !passed);
  expect(overrides.map(({ code }) => code)).toEqual(['insured-place']);
  const documentId = await uploadedBy(gao);
  const reason = '参保关系已转入，有转移凭证。';
  const handling = { decision: 'approve', overrides: [{ code: 'insured-place', reason, documentId }] };
  read(await desk.as(gao).post(`/v1/cases/${caseNo}/handling`, handling), 200, answer);
  // Both signatures are of the agency that has it now.
  expect((await desk.as(li).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' })).status).toBe(404);
  const away = desk.as(staff('liu', 'reviewer', AWAY));
  read(await away.post(`/v1/cases/${caseNo}/review`, { decision: 'approve' }), 200, answer);
  expect(await reserved('220200', caseNo)).toBe(195_000);
}

test('out of publicity: off the public page, passed by nobody, in the next list of the agency that takes it', async () => {
  await addBudget(desk);
  const treasurer = desk.as(staff('treasurer', 'finance', '220200'));
  const budget = { year: 2017, amountFen: 1_000_000 };
  read(await treasurer.post('/v1/funds/220200/budgets', budget), 201, z.object({}));
  const { caseNo, roundId, person } = await published(desk);
  const notice = async () => (await desk.withHeader(null).get(`/public/v1/notices/${roundId}`)).text;
  expect(await notice()).toContain(person.name);
  expect(await reserved('220100', caseNo)).toBe(195_000);
  expect(read(await askFor(caseNo), 200, answer).state).toBe('review');
  expect(await notice()).not.toContain(person.name);
  expect(await reserved('220100', caseNo)).toBe(0);
  await decideAway(caseNo);
  await desk.setNow(afterWindow);
  expect(await askToPass(desk, caseNo, roundId)).toBeDefined();
  const next = await desk.as(gao).post('/v1/publicity-rounds', { org: AWAY });
  expect(read(next, 201, z.object({ entries: z.number() })).entries).toBe(1);
  await desk.setNow('2017-09-04T09:00:00+08:00');
});

test('while it waits for its money: no payment batch of the old agency has it, the money is the new one’s', async () => {
  const other = await approved(desk);
  const { caseNo, roundId } = await payable(desk);
  expect(await askToPass(desk, other.caseNo, roundId)).toBeUndefined();
  read(await askFor(caseNo), 200, answer);
  expect(await reserved('220100', caseNo)).toBe(0);
  const { batchId } = await prepare(desk);
  const listed = await desk.sql<{ no: string }>('SELECT case_no AS no FROM batch_item WHERE batch_id = $1', [batchId]);
  const caseNos = listed.map(({ no }) => no);
  expect([caseNos.includes(other.caseNo), caseNos.includes(caseNo)]).toEqual([true, false]);
  await decideAway(caseNo);
  await desk.setNow('2017-09-04T09:00:00+08:00');
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
