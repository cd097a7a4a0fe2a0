import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { decideOn, openOffice, payable, prepare, qian, release, sun, wang, zhao } from '../api/cases.ts';
import { type Desk, ORG, problemOf, read } from '../api/desk.ts';

/** Answers about money say what is wrong and what is next, in words and amounts that people read. */

let desk: Desk;
let caseNo: string;
beforeAll(async () => {
  desk = await openOffice(96);
  ({ caseNo } = await payable(desk));
}, 120_000);
afterAll(() => desk.close());

const batchView = z.looseObject({ items: z.array(z.looseObject({})), next: z.string().nullable() });
const tasks = z.object({ items: z.array(z.looseObject({})) });

test('who releases reads the list case by case; what does not agree is said; so is where a batch is', async () => {
  const batch = await prepare(desk);
  const listed = read(await desk.as(sun).get(`/v1/payment-batches/${batch.batchId}`), 200, batchView);
  expect(listed).toMatchObject({
    items: [{ orderNo: null, caseNo, amountFen: 195_000, status: 'prepared' }],
    ...{ next: null, expires: { status: 'running' } },
  });
  const again = await desk.as(qian).post('/v1/payment-batches', { org: ORG });
  expect(problemOf(again)).toMatchObject({
    ...{ slug: 'nothing-payable', batches: [batch.batchId] },
    detail: `没有可发放的案件：已制单、待复核发放的批次：${batch.batchId}。`,
  });
  expect(problemOf(await release(desk, { ...batch, totalFen: 195_100 }))).toMatchObject({
    ...{ slug: 'batch-changed', orders: 1, totalFen: 195_000, listHash: batch.listHash },
    detail: '所填金额或名单与批次现状不一致，请核对名单后重新确认：批次现共1,950元。',
  });
  read(await release(desk, batch), 200, z.object({}));
  expect(problemOf(await release(desk, batch))).toMatchObject({
    ...{ slug: 'not-in-this-state', stage: 'released', stageLabel: '已提交银行' },
    detail: '批次当前状态不能办理此操作：现为“已提交银行”。',
  });
  const released = read(await desk.as(sun).get(`/v1/payment-batches/${batch.batchId}`), 200, batchView);
  expect(released).toMatchObject({ expires: { dueOn: '2017-09-14', status: 'met' } });
  expect(released.items).toEqual([{ orderNo: `${caseNo}-1`, caseNo, amountFen: 195_000, status: 'released' }]);
});

test('a recovery that came in is somebody’s task until it is even and closed', async () => {
  const at = parseInstant('2017-09-12T11:00:00+08:00');
  const word = { outcome: 'paid', code: '00', amountFen: fen(195_000), at } as const;
  await reportOrder(desk.services.store, `${caseNo}-1` as OrderNo, word, 'query');
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书是买来的。' }), 201, z.object({}));
  const [row] = await desk.sql<{ id: string }>('SELECT objection_id::text AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  const found = { finding: 'upheld', heard: { on: '2017-09-12' } };
  read(await decideOn(desk, row?.id ?? '', found, 'reports'), 200, z.object({}));
  const post = (part: string, body: object = {}, who = qian) =>
    desk.as(who).post(`/v1/recoveries/${caseNo}/${part}`, body);
  const open = async () => read(await desk.as(qian).get('/v1/tasks?kind=settle-recovery'), 200, tasks).items;
  read(await post('demand'), 200, z.object({}));
  const typo = await post('instalments', { amountFen: 100_000, receivedOn: '2016-09-12' });
  expect(problemOf(typo)).toMatchObject({ slug: 'before-payment', status: 409, creditedOn: '2017-09-12' });
  const on = { receivedOn: '2017-09-12' };
  read(await post('instalments', { amountFen: 100_000, ...on }), 201, z.object({}));
  expect(await open()).toEqual([]);
  expect(problemOf(await post('closure', {}, zhao))).toMatchObject({
    detail: '尚有未追回的金额，不能结案：尚欠950元。',
  });
  read(await post('instalments', { amountFen: 95_000, ...on }), 201, z.object({}));
  expect(await open()).toHaveLength(1);
  read(await post('instalments', { amountFen: 50, ...on }), 201, z.object({}));
  expect(await open()).toMatchObject([{ caseNo, label: '追回待结清', allowed: ['refunds', 'closure'] }]);
  expect(problemOf(await post('closure'))).toMatchObject({ detail: '多收的款项尚未退还，不能结案：多收未退0.50元。' });
  read(await post('refunds', { amountFen: 50, paidOn: '2017-09-12' }), 201, z.object({}));
  expect(await open()).toHaveLength(1);
  read(await post('closure'), 200, z.object({}));
  expect(await open()).toEqual([]);
  expect(problemOf(await post('instalments', { amountFen: 1, ...on }))).toMatchObject({
    ...{ slug: 'not-in-this-state', stage: 'closed' },
    detail: '追回事项当前状态不能办理此操作：现为“追回结案”。',
  });
});
