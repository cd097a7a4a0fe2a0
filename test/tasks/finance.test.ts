import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { CaseNo, OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { expireBatches } from '../../store/batch.ts';
import { submitRecoveryStep } from '../../store/recovery.ts';
import { readRecovery } from '../../store/recovery-list.ts';
import { nextDeadline } from '../../domain/recovery/recovery.ts';
import {
  afterWindow,
  batchOf,
  decideOn,
  openOffice,
  payable,
  paying,
  prepare,
  qian,
  release,
  staff,
  sun,
  wang,
} from '../api/cases.ts';
import { beginning, type Desk, ORG, read } from '../api/desk.ts';

/** What waits for finance: it appears with its reason, its deadline and for whom, and goes when it is done. */

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(91);
}, 120_000);
afterAll(() => desk.close());

const tasks = z.object({ items: z.array(z.looseObject({})) });
const tasksOf = async (who: Parameters<Desk['as']>[0], kind: string, more = '') =>
  read(await desk.as(who).get(`/v1/tasks?kind=${kind}${more}`), 200, tasks).items;
const nobodyElse = async (kind: string) => expect(await tasksOf(staff('far', 'finance', '220200'), kind)).toEqual([]);

test('release-batch: for the other person, until the end of the second working day', async () => {
  await payable(desk);
  const batch = await prepare(desk);
  const task = {
    ...{ kind: 'release-batch', label: '发放批次待复核发放', clause: 'N3.3', org: ORG, caseNo: null },
    ...{ ref: batch.batchId, dueAt: '2017-09-15T00:00:00+08:00', overdue: false, assignee: null },
    why: expect.stringContaining('须由另一人核对'),
  };
  expect(await tasksOf(sun, 'release-batch')).toMatchObject([{ ...task, allowed: ['release', 'cancellation'] }]);
  // Who prepared it can only give it up.
  expect(await tasksOf(qian, 'release-batch')).toMatchObject([{ ...task, allowed: ['cancellation'] }]);
  await nobodyElse('release-batch');
  expect(await tasksOf(wang, 'release-batch')).toMatchObject([{ allowed: [] }]);
  read(await release(desk, batch), 200, batchOf);
  expect(await tasksOf(sun, 'release-batch')).toEqual([]);

  await desk.setNow(beginning);
  await payable(desk);
  await prepare(desk);
  await desk.setNow('2017-09-15T00:00:00+08:00');
  expect(await tasksOf(sun, 'release-batch', '&overdue=true')).toHaveLength(1);
  expect(await expireBatches(desk.services.store, { kind: 'process', name: 'business-day' })).toBe(1);
  expect(await tasksOf(sun, 'release-batch')).toEqual([]);
  // Given back: paid by the next batch.
  await desk.setNow(afterWindow);
  read(await release(desk, await prepare(desk)), 200, batchOf);
});

/** What the run records when a day of the plan has passed. */
async function pass(caseNo: CaseNo): Promise<void> {
  const { store } = desk.services;
  const next = nextDeadline((await readRecovery(store, caseNo)).state);
  if (!next) throw new Error('no deadline');
  const { kind, dueAt } = next;
  const step = { workflowId: `recovery-${caseNo}`, key: `run:${kind}-${dueAt}`, knownSeq: 0 };
  const { refused } = await submitRecoveryStep(store, step, caseNo, { type: 'pass-deadline', kind, dueAt });
  if (refused !== undefined) throw new Error(refused);
}

test('late-recovery: from the day that the plan was not met, and gone when what is late came in', async () => {
  await desk.setNow(beginning);
  const { caseNo, orderNo } = await paying(desk);
  const word = { outcome: 'paid', code: '00', amountFen: fen(195_000), at: parseInstant('2017-09-12T11:00:00+08:00') };
  await reportOrder(desk.services.store, orderNo as OrderNo, { ...word, outcome: 'paid' }, 'query');
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书是买来的。' }), 201, z.object({}));
  const [row] = await desk.sql<{ id: string }>('SELECT objection_id::text AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  read(
    await decideOn(desk, row?.id ?? '', { finding: 'upheld', heard: { on: '2017-09-12' } }, 'reports'),
    200,
    z.object({}),
  );
  const plan = [
    { dueOn: '2017-10-20', amountFen: 100_000 },
    { dueOn: '2017-11-20', amountFen: 95_000 },
  ];
  const recovery = (part: string, body: object) => desk.as(qian).post(`/v1/recoveries/${caseNo}/${part}`, body);
  read(await recovery('demand', { plan }), 200, z.object({}));
  await desk.setNow('2017-10-20T23:59:00+08:00');
  expect(await tasksOf(qian, 'late-recovery')).toEqual([]);
  await desk.setNow('2017-10-21T00:00:01+08:00');
  await pass(caseNo);
  const task = {
    ...{ kind: 'late-recovery', label: '追回逾期', clause: 'N3.4b', org: ORG, caseNo, ref: '' },
    ...{ dueAt: '2017-10-21T00:00:00+08:00', overdue: true, allowed: ['instalments', 'plan', 'write-off'] },
    why: expect.stringContaining('未按期退回'),
  };
  expect(await tasksOf(qian, 'late-recovery')).toMatchObject([task]);
  expect(await tasksOf(staff('region', 'finance', '220100'), 'late-recovery')).toMatchObject([task]);
  await nobodyElse('late-recovery');
  const part = (amountFen: number) => recovery('instalments', { amountFen, receivedOn: '2017-10-20' });
  read(await part(99_999), 201, z.object({}));
  expect(await tasksOf(qian, 'late-recovery')).toHaveLength(1);
  read(await part(1), 201, z.object({}));
  expect(await tasksOf(qian, 'late-recovery')).toEqual([]);

  // The next day of the plan, late as well; another plan puts it off.
  await desk.setNow('2017-11-21T00:00:01+08:00');
  for (;;) {
    const next = nextDeadline((await readRecovery(desk.services.store, caseNo)).state);
    if (next?.kind !== 'recovery-reminder' || next.dueAt > '2017-11-21') break;
    await pass(caseNo);
  }
  await pass(caseNo);
  expect(await tasksOf(qian, 'late-recovery')).toMatchObject([{ caseNo, dueAt: '2017-11-21T00:00:00+08:00' }]);
  const later = { plan: [{ dueOn: '2017-12-20', amountFen: 95_000 }], reason: '当事人申请延期。' };
  read(await recovery('plan', later), 200, z.object({}));
  expect(await tasksOf(qian, 'late-recovery')).toEqual([]);
});
