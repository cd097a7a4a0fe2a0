import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { sendTelling } from '../../activities/tellings.ts';
import { verifyAudit } from '../../store/audit-verify.ts';
import { reportOrder } from '../../store/bank-report.ts';
import type { CaseNo, OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import {
  addBudget,
  approved,
  askToPass,
  batchOf,
  type Filed,
  li,
  prepare,
  publish,
  qian,
  release,
  staff,
  wang,
  zhao,
} from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read } from '../api/desk.ts';
import { pdfText } from '../console/pdf-text.ts';
import { runSandbox, type RunningSandbox } from '../sandbox/running-sandbox.ts';

/** The decision that orders a subsidy back (N3.4b): written, served as a letter, fetched by whoever works with it. */

let desk: Desk;
let sandbox: RunningSandbox;
let one: Filed;
let other: Filed;

beforeAll(async () => {
  desk = await openDesk(77);
  sandbox = await runSandbox();
  await addBudget(desk);
  one = await approved(desk);
  other = await approved(desk);
  const roundId = await publish(desk);
  await desk.setNow('2017-09-12T09:00:00+08:00');
  for (const { caseNo } of [one, other]) await askToPass(desk, caseNo, roundId);
  read(await release(desk, await prepare(desk)), 200, batchOf);
  await credit(one.caseNo);
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  await desk.close();
});

async function credit(caseNo: CaseNo): Promise<void> {
  const at = parseInstant('2017-09-12T11:00:00+08:00');
  const word = { outcome: 'paid', code: '00', amountFen: fen(195_000), at } as const;
  await reportOrder(desk.services.store, `${caseNo}-1` as OrderNo, word, 'query');
}

/** HRSS finds a report true; the answer names the case's last event. */
async function foundTrue(caseNo: CaseNo): Promise<{ readonly seq: number }> {
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书是买来的。' }), 201, z.object({}));
  const [report] = await desk.sql<{ id: string }>('SELECT objection_id AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  const body = {
    ...{ finding: 'upheld', reason: '经核查，证书系伪造。', grounds: 'certificate' },
    heard: { on: '2017-09-11' },
    appraisal: { body: '省职业技能鉴定中心', opinion: '无此证书。' },
  };
  const decided = await desk.as(zhao).post(`/v1/reports/${report?.id ?? ''}/decision`, body);
  return read(decided, 200, z.object({ seq: z.int() }));
}

const order = z.object({ amountFen: z.int(), paragraphs: z.array(z.string()), issuer: z.string(), date: z.string() });
const orderOf = (who: ReturnType<Desk['as']>, caseNo: string) => who.get(`/v1/recoveries/${caseNo}/order`);
/** The bytes: `desk.as` reads text, which a PDF is not. */
async function paperOf(caseNo: string): Promise<Buffer> {
  const headers = { accept: 'application/pdf', authorization: `Bearer ${await desk.token(qian)}` };
  const url = `/v1/recoveries/${caseNo}/order`;
  const { rawPayload, headers: answered } = await desk.app.inject({ method: 'GET', url, headers });
  expect(answered['content-type']).toBe('application/pdf');
  return rawPayload;
}
const tellings = async (caseNo: string) =>
  read(
    await desk.as(wang).get(`/v1/cases/${caseNo}/tellings`),
    200,
    z.object({ items: z.array(z.looseObject({ n: z.int(), attempts: z.array(z.looseObject({ text: z.string() })) })) }),
  ).items;
const send = (caseNo: CaseNo, key: string) => {
  const names = ['insurance', 'provincialRegister', 'nationalRegister', 'bank', 'publisher', 'sms', 'letter'] as const;
  const partners = Object.fromEntries([...names, 'appraisal'].map((name) => [name, sandbox.url()])) as Parameters<
    typeof sendTelling
  >[1];
  const step = { workflowId: `case-${caseNo}`, key, knownSeq: 0 };
  return sendTelling(desk.services.store, partners, step, { caseNo, n: 1 });
};

test('facts, reasons, sum, period, way to pay, remedies, who and when; as JSON and on paper, for those who work with it', async () => {
  const { caseNo } = one;
  expect(problemOf(await orderOf(desk.as(zhao), caseNo)).slug).toBe('not-found');
  const { seq } = await foundTrue(caseNo);
  const [last] = await desk.sql<{ seq: number }>('SELECT seq FROM cases WHERE case_no = $1', [caseNo]);
  expect(seq).toBe(last?.seq);
  const written = read(await orderOf(desk.as(zhao), caseNo), 200, order);
  expect(written).toMatchObject({
    amountFen: 195_000,
    issuer: '长春市南关区人力资源和社会保障局',
    date: '2017年9月12日',
  });
  const text = written.paragraphs.join('\n');
  for (const part of [
    ...['焊工', '长春市南关区社会保险经办机构已于2017年9月12日向您发放补贴1,950元', '事实和理由：经核查，证书系伪造。'],
    ...['省职业技能鉴定中心的核查意见：无此证书。', '已于2017年9月11日听取您的陈述和申辩', '第三条第（四）项'],
    ...[
      '责令您退回已领取的补贴1,950元',
      '于2017年9月19日前（含当日）向您催缴',
      '30个工作日内退回',
      `注明案件编号${caseNo}`,
    ],
    ...['如不服本决定，可自收到本决定书之日起六十日内依法申请行政复议', '六个月内依法向人民法院提起行政诉讼'],
  ])
    expect(text).toContain(part);
  const printed = pdfText(await paperOf(caseNo));
  expect(printed).toContain('责令追回决定书');
  expect(printed).toContain('如不服本决定');
  expect(printed).toContain(`${one.person.name}（居民身份证号码：2****************`);
  read(await orderOf(one.applicant, caseNo), 200, order);
  expect((await orderOf(other.applicant, caseNo)).status).toBe(404);
  expect((await orderOf(desk.as(staff('he', 'hrss', '220103')), caseNo)).status).toBe(404);
  expect((await orderOf(desk.as(li), caseNo)).status).toBe(403);
});

test('served as a registered letter and by nothing less, with the carrier’s proof', async () => {
  const { caseNo, person } = one;
  await send(caseNo, 'run:1');
  const [told] = await tellings(caseNo);
  expect(told).toMatchObject({
    ...{ about: 'recovery-order', state: 'told' },
    attempts: [{ carrier: 'letter', status: 'delivered', proof: expect.stringContaining('delivered') }],
  });
  expect(told?.attempts[0]?.text).toContain(`${person.name}（居民身份证号码：`);
  expect(told?.attempts[0]?.text).toContain('责令您退回已领取的补贴1,950元');
});

test('found true while the order was out: issued when the bank has paid; undelivered it is somebody’s task', async () => {
  const { caseNo } = other;
  await foundTrue(caseNo);
  expect(await tellings(caseNo)).toEqual([]);
  await credit(caseNo);
  await sandbox.call('PUT', `/control/addressees/${other.person.name}`, { outcome: 'returned' });
  await send(caseNo, 'run:1');
  expect(await tellings(caseNo)).toMatchObject([{ about: 'recovery-order', state: 'undelivered' }]);
  const tasks = await desk.as(wang).get('/v1/tasks?kind=tell');
  expect(read(tasks, 200, z.object({ items: z.array(z.looseObject({})) })).items).toMatchObject([{ caseNo, ref: '1' }]);
});

test('the bank sent the money back before it was served: there is nothing to pay back, and no order goes out', async () => {
  const at = parseInstant('2017-09-12T13:00:00+08:00');
  const word = { outcome: 'returned', code: 'R1', amountFen: fen(195_000), at } as const;
  await reportOrder(desk.services.store, `${other.caseNo}-1` as OrderNo, word, 'query');
  const [row] = await desk.sql<{ open: unknown[] }>(
    `SELECT state #> '{tellings,open}' AS open FROM cases WHERE case_no = $1`,
    [other.caseNo],
  );
  expect(row?.open).toMatchObject([{ about: 'cancellation' }]);
  const findings: unknown[] = [];
  await verifyAudit(desk.services.store, (finding) => findings.push(finding));
  expect(findings).toEqual([]);
});
