import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { reportOrder } from '../../store/bank-report.ts';
import type { OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import {
  batchOf,
  decideOn,
  inReview,
  objectTo,
  openOffice,
  payable,
  paying,
  prepare,
  published,
  release,
  staff,
  wang,
  zhao,
} from './cases.ts';
import { beginning, type Desk, ORG, problemOf, read, REGION } from './desk.ts';
import { hold, holdCase, inTurn } from './in-turn.ts';

/** Who may is looked at before the lock; whoever lost the case or the role until it is had does nothing more. */

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(84);
}, 120_000);
afterAll(() => desk.close());
beforeEach(() => desk.setNow(beginning));

const AWAY = '220202';
const gao = staff('gao', 'handler', AWAY);
const admin = staff('admin', 'security-admin', REGION);
const appointed = z.object({ id: z.number() });
const seqOf = z.looseObject({ seq: z.int() });

const askFor = async (caseNo: string): Promise<void> => {
  const asked = { to: AWAY, reason: '参保地为吉林市昌邑区。' };
  read(await desk.as(wang).post(`/v1/cases/${caseNo}/transfer`, asked), 200, z.object({}));
};
const take = (caseNo: string) => () =>
  desk.as(gao).post(`/v1/cases/${caseNo}/transfer/confirmation`, { accepted: true });
/** How the second of two was answered, of which the first takes the case to another agency. */
async function tooLate(caseNo: string, request: () => ReturnType<typeof release>): Promise<string> {
  await askFor(caseNo);
  const [taken, second] = await inTurn(desk, caseNo, [take(caseNo), request]);
  if (!taken || !second) throw new Error('no answer');
  read(taken, 200, z.object({}));
  return problemOf(second).slug;
}

async function appoint(sub: string): Promise<{ who: ReturnType<typeof staff>; end: () => ReturnType<typeof release> }> {
  const given = { sub, role: 'finance', org: ORG, fromOn: '2017-09-01' };
  const { id } = read(await desk.as(admin).post('/v1/appointments', given), 201, appointed);
  return { who: staff(sub, 'finance'), end: () => desk.as(admin).post(`/v1/appointments/${id}/end`, {}) };
}

test('an agency that gave the case away corrects no account', async () => {
  const { caseNo, orderNo, application } = await paying(desk);
  const word = { outcome: 'failed', code: '14', amountFen: fen(195_000), at: parseInstant(beginning) } as const;
  await reportOrder(desk.services.store, orderNo as OrderNo, word, 'query');
  const { account } = application;
  expect(await tooLate(caseNo, () => desk.as(wang).post(`/v1/cases/${caseNo}/account`, account))).toBe('not-found');
  expect(await desk.sql('SELECT FROM corrected_account WHERE case_no = $1', [caseNo])).toEqual([]);
});

test('nor asks for a transfer of it', async () => {
  const { caseNo } = await inReview(desk);
  const ask = () => desk.as(wang).post(`/v1/cases/${caseNo}/transfer`, { to: '220203', reason: '参保地为龙潭区。' });
  expect(await tooLate(caseNo, ask)).toBe('not-found');
});

test('nor does its HRSS decide on the objection', async () => {
  const { caseNo, roundId } = await published(desk);
  read(await objectTo(desk, roundId, '1'), 201, z.object({}));
  const [row] = await desk.sql<{ id: string }>('SELECT objection_id::text AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  const decide = () => decideOn(desk, row?.id ?? '', { finding: 'dismissed' });
  expect(await tooLate(caseNo, decide)).toBe('not-found');
  expect(await desk.sql('SELECT state FROM objection WHERE case_no = $1', [caseNo])).toEqual([{ state: 'open' }]);
});

test('a recovery: who is no longer of finance books nothing; expectedSeq tells what was not seen', async () => {
  const { caseNo, orderNo } = await paying(desk);
  const word = { outcome: 'paid', code: '00', amountFen: fen(195_000), at: parseInstant('2017-09-12T11:00:00+08:00') };
  await reportOrder(desk.services.store, orderNo as OrderNo, { ...word, outcome: 'paid' }, 'query');
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书是买来的。' }), 201, z.object({}));
  const [row] = await desk.sql<{ id: string }>('SELECT objection_id::text AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  const found = { finding: 'upheld', heard: { on: '2017-09-12' } };
  read(await decideOn(desk, row?.id ?? '', found, 'reports'), 200, z.object({}));

  const path = `/v1/recoveries/${caseNo}`;
  const { who, end } = await appoint('he');
  const { seq } = read(await desk.as(who).get(path), 200, seqOf);
  const receipt = { amountFen: 1_000, receivedOn: '2017-09-12' };
  const held = await holdCase(desk, caseNo);
  const booked = desk.as(who).post(`${path}/instalments`, { ...receipt, expectedSeq: seq });
  await held.waiting(1);
  read(await end(), 200, z.object({}));
  await held.letGo();
  expect(problemOf(await booked).slug).toBe('forbidden');

  const plan = desk.as(staff('qian', 'finance')).post(`${path}/demand`, { expectedSeq: seq });
  expect(read(await plan, 200, seqOf).seq).toBe(seq + 1);
  const stale: readonly (readonly [string, object])[] = [
    ['demand', {}],
    ['plan', { plan: [{ dueOn: '2017-10-20', amountFen: 195_000 }], reason: '分期。' }],
    ['instalments', receipt],
    ['refunds', { amountFen: 1, paidOn: '2017-09-12' }],
    ['closure', {}],
    ['write-off', { reason: '无财产。' }],
    ['write-off/decision', { accepted: true, reason: '无财产。' }],
  ];
  for (const [part, body] of stale) {
    const answer = await desk.as(staff('sun', 'finance')).post(`${path}/${part}`, { ...body, expectedSeq: seq });
    expect(problemOf(answer)).toMatchObject({ slug: 'case-changed', seq: seq + 1, changedBy: { sub: 'qian' } });
  }
  for (const part of ['enforcement', 'referral', 'enforcement/outcome']) {
    const more = part === 'enforcement/outcome' ? { outcome: 'satisfied' } : {};
    const answer = await desk.as(zhao).post(`${path}/${part}`, { reason: '逾期。', expectedSeq: seq, ...more });
    expect(problemOf(answer).slug).toBe('case-changed');
  }
  expect(read(await desk.as(zhao).get(path), 200, seqOf).seq).toBe(seq + 1);
});

test('a release: whose appointment ended while it waited releases nothing', async () => {
  const { caseNo } = await payable(desk);
  const batch = await prepare(desk);
  const { who, end } = await appoint('luo');
  const held = await holdCase(desk, caseNo);
  const released = release(desk, batch, who);
  await held.waiting(1);
  read(await end(), 200, z.object({}));
  await held.letGo();
  expect(problemOf(await released).slug).toBe('forbidden');
  const [row] = await desk.sql('SELECT stage FROM payment_batch WHERE batch_id = $1', [batch.batchId]);
  expect(row).toEqual({ stage: 'prepared' });
  read(await release(desk, batch), 200, batchOf);
});

test('nor does anybody prepare a batch, or give one up, whose appointment ended meanwhile', async () => {
  const { caseNo } = await payable(desk);
  const { who: preparer, end: endPreparer } = await appoint('jiang');
  const first = await holdCase(desk, caseNo);
  const prepared = desk.as(preparer).post('/v1/payment-batches', { org: ORG });
  await first.waiting(1);
  read(await endPreparer(), 200, z.object({}));
  await first.letGo();
  expect(problemOf(await prepared).slug).toBe('forbidden');
  const { batchId } = await prepare(desk);

  const { who: canceller, end: endCanceller } = await appoint('gu');
  const second = await hold(desk, 'SELECT FROM payment_batch WHERE batch_id = $1 FOR UPDATE', [batchId]);
  const cancelled = desk.as(canceller).post(`/v1/payment-batches/${batchId}/cancellation`, {});
  await second.waiting(1);
  read(await endCanceller(), 200, z.object({}));
  await second.letGo();
  expect(problemOf(await cancelled).slug).toBe('forbidden');
  const stages = await desk.sql(`SELECT batch_id, stage FROM payment_batch WHERE stage <> 'released'`);
  expect(stages).toContainEqual({ batch_id: batchId, stage: 'prepared' });
});

test('a command that is about to be recorded is done before the appointment has ended', async () => {
  await payable(desk);
  const batch = await prepare(desk);
  const { who, end } = await appoint('ma');
  const held = await hold(desk, 'SELECT FROM appointment WHERE sub = $1 FOR UPDATE', ['ma']);
  const released = release(desk, batch, who);
  await held.waiting(1);
  const ended = end();
  await held.waiting(2);
  await held.letGo();
  read(await released, 200, batchOf);
  read(await ended, 200, z.object({}));
});
