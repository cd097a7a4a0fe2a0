import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseInstant } from '../../domain/policy/dates.ts';
import { fen } from '../../domain/money.ts';
import type { CaseNo, OrderNo } from '../../domain/ids.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { verifyAudit } from '../../store/audit-verify.ts';
import { readRules } from '../../store/decide-again.ts';
import { decideRecoveryAgain, readRecoveriesOnRecord } from '../../store/decide-recovery-again.ts';
import {
  addBudget,
  approved,
  askToPass,
  batchOf,
  type Filed,
  file,
  lookUp,
  prepare,
  publish,
  qian,
  release,
  staff,
  sun,
  wang,
  zhao,
} from '../api/cases.ts';
import { type Desk, openDesk, ORG, problemOf, read, REGION } from '../api/desk.ts';

/** Reports at any time and what follows a report found true after payment (N3.4b), over the API. */

let desk: Desk;
let paidOnes: readonly (Filed & { readonly entryId: string })[] = [];
let noticeId = '';
const anyone = () => desk.withHeader(null);
const hrss = () => desk.as(zhao);
const cashier = () => desk.as(qian);
const accountant = () => desk.as(sun);
const upheld = {
  ...{ finding: 'upheld', reason: '经核查，证书系伪造。', grounds: 'certificate' },
  heard: { on: '2017-09-12' },
  appraisal: { body: '省职业技能鉴定中心', opinion: '无此证书。' },
} as const;

beforeAll(async () => {
  desk = await openDesk(71);
  await addBudget(desk);
  const all: Filed[] = [];
  for (let n = 0; n < 4; n += 1) all.push(await approved(desk));
  noticeId = await publish(desk);
  await desk.setNow('2017-09-12T09:00:00+08:00');
  for (const { caseNo } of all) await askToPass(desk, caseNo, noticeId as never);
  const list = await prepare(desk);
  read(await release(desk, list), 200, batchOf);
  for (const { caseNo } of all.slice(0, 3)) await credit(caseNo);
  const entries = await desk.sql<{ case_no: string; entry_no: number }>('SELECT case_no, entry_no FROM round_entry');
  const entryOf = (caseNo: string) => String(entries.find((one) => one.case_no === caseNo)?.entry_no);
  paidOnes = all.map((one) => ({ ...one, entryId: entryOf(one.caseNo) }));
}, 120_000);
afterAll(() => desk.close());

async function credit(caseNo: string, outcome: 'paid' | 'failed' = 'paid'): Promise<void> {
  const at = parseInstant('2017-09-12T11:00:00+08:00');
  const word = { outcome, code: '00', amountFen: fen(195_000), at };
  await reportOrder(desk.services.store, `${caseNo}-1` as OrderNo, word, 'query');
}

const paidOne = (n: number) => {
  const one = paidOnes[n];
  if (!one) throw new Error('no such case');
  return one;
};
const receipt = z.object({ receiptNo: z.string().regex(/^[0-9a-f]{32}$/) });
const stateOf = async (receiptNo: string) =>
  read(await anyone().get(`/public/v1/receipts/${receiptNo}`), 200, z.object({ state: z.string() })).state;
const reportIdOf = async (receiptNo: string): Promise<string> => {
  const [row] = await desk.sql<{ id: string }>(
    `SELECT report_id::text AS id FROM unmatched_report WHERE receipt_hash = sha256($1)
     UNION ALL SELECT objection_id::text FROM objection WHERE receipt_hash = sha256($1)`,
    [Buffer.from(receiptNo)],
  );
  return row?.id ?? '';
};
/** Open tasks of a kind, as the caller's inbox has them. */
const tasksOf = async (who: ReturnType<Desk['as']>, kind: string) =>
  read(
    await who.get(`/v1/tasks?kind=${kind}`),
    200,
    z.object({ items: z.array(z.object({ caseNo: z.string().nullable(), ref: z.string(), overdue: z.boolean() })) }),
  ).items;
const recovery = z.looseObject({
  ...{ stage: z.string(), amountFen: z.int(), outstandingFen: z.int(), overpaidFen: z.int(), receivedFen: z.int() },
  allowed: z.array(z.string()),
});
const post = (who: ReturnType<Desk['as']>, caseNo: string, path: string, body: unknown) =>
  who.post(`/v1/recoveries/${caseNo}/${path}`, body);
const spent = async () => {
  const fund = await desk.as(staff('treasurer', 'finance', REGION)).get(`/v1/funds/${REGION}`);
  const { years } = read(
    fund,
    200,
    z.object({ years: z.array(z.looseObject({ budgetYear: z.int(), spentFen: z.int() })) }),
  );
  return years.find((year) => year.budgetYear === 2017)?.spentFen;
};

/** Reports the entry and finds it true. */
async function foundTrue(n: number): Promise<string> {
  const { caseNo } = paidOne(n);
  const { receiptNo } = read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书是买来的。' }), 201, receipt);
  read(await hrss().post(`/v1/reports/${await reportIdOf(receiptNo)}/decision`, upheld), 200, z.object({}));
  return caseNo;
}

describe('reports', () => {
  test('on an entry, with the notice long over; the same key gives the same receipt', async () => {
    const body = { noticeId, entryId: paidOne(0).entryId, text: '此人不在该单位。' };
    const key = randomUUID();
    const first = read(await anyone().post('/public/v1/reports', body, { key }), 201, receipt);
    expect(read(await anyone().post('/public/v1/reports', body, { key }), 201, receipt)).toEqual(first);
    expect(await stateOf(first.receiptNo)).toBe('open');
    const dismissed = { finding: 'dismissed', reason: '不属实。', grounds: 'other' };
    const id = await reportIdOf(first.receiptNo);
    read(await hrss().post(`/v1/reports/${id}/decision`, dismissed), 200, z.object({}));
    expect(await stateOf(first.receiptNo)).toBe('dismissed');
    expect((await hrss().get(`/v1/recoveries/${paidOne(0).caseNo}`)).status).toBe(404);
  });

  test('that reached the staff: who is reported stands in front of what was said', async () => {
    const { caseNo } = paidOne(0);
    const said = { caseNo, name: '王大力', employer: '长春机械有限公司', text: '没有上过班。', contact: '窗口' };
    const { receiptNo } = read(await desk.as(wang).post('/v1/reports', said), 201, receipt);
    const id = await reportIdOf(receiptNo);
    const shown = await hrss().get(`/v1/reports/${id}`);
    expect(shown.body).toMatchObject({ text: '【王大力，长春机械有限公司】没有上过班。', contact: '窗口' });
    const dismissed = { finding: 'dismissed', reason: '不属实。', grounds: 'other' };
    read(await hrss().post(`/v1/reports/${id}/decision`, dismissed), 200, z.object({}));
  });

  test('that names no case is kept, sealed; HRSS finds the case, and the receipt goes on', async () => {
    const text = '我的同事王大力没有上过班。';
    const named = { name: '王大力', employer: '长春机械有限公司', text, contact: '13900000000' };
    const { receiptNo } = read(await anyone().post('/public/v1/reports', named), 201, receipt);
    const id = await reportIdOf(receiptNo);
    const [row] = await desk.sql<{ org: string; raw: string }>(
      'SELECT org, encode(sealed, $2) AS raw FROM unmatched_report WHERE report_id = $1',
      [id, 'escape'],
    );
    expect(row?.org).toBe('220000');
    expect(row?.raw).not.toContain('139');
    // Nobody's county knows whose it is: the province looks.
    expect((await hrss().get(`/v1/reports/${id}`)).status).toBe(404);
    const province = desk.as(staff('chen', 'hrss', '220000'));
    const seen = read(await province.get(`/v1/reports/${id}`), 200, z.looseObject({ caseNo: z.null() }));
    expect(seen).toMatchObject({ state: 'open', ...named });
    const list = read(await province.get('/v1/reports'), 200, z.object({ items: z.array(z.looseObject({})) }));
    expect(list.items).toMatchObject([{ reportId: id, state: 'open' }]);
    expect(await tasksOf(province, 'match-report')).toEqual([{ caseNo: null, ref: id, overdue: false }]);
    expect(problemOf(await province.post(`/v1/reports/${id}/decision`, upheld)).slug).toBe('report-unmatched');

    const { caseNo } = paidOne(1);
    expect((await province.post(`/v1/reports/${id}/match`, { caseNo: '220102-2017-9999999' })).status).toBe(404);
    read(await province.post(`/v1/reports/${id}/match`, { caseNo }), 200, z.object({}));
    expect(problemOf(await province.post(`/v1/reports/${id}/match`, { caseNo })).slug).toBe('report-decided');
    expect(read(await hrss().get(`/v1/reports/${id}`), 200, z.looseObject({}))).toMatchObject({
      caseNo,
      text: expect.stringContaining(text),
      contact: '13900000000',
    });
    expect(await stateOf(receiptNo)).toBe('open');
    read(await province.post(`/v1/reports/${id}/decision`, upheld), 200, z.object({}));
    expect(await stateOf(receiptNo)).toBe('upheld');
    expect(await tasksOf(province, 'match-report')).toEqual([]);
    expect(read(await hrss().get(`/v1/recoveries/${caseNo}`), 200, recovery).stage).toBe('ordered');
  });

  test('that nobody can match is closed with a reason', async () => {
    const { receiptNo } = read(
      await anyone().post('/public/v1/reports', { noticeId, text: '有人作假。' }),
      201,
      receipt,
    );
    const id = await reportIdOf(receiptNo);
    expect(problemOf(await hrss().post(`/v1/reports/${id}/closure`, {})).slug).toBe('invalid');
    read(await hrss().post(`/v1/reports/${id}/closure`, { reason: '未指明何人。' }), 200, z.object({}));
    expect(await stateOf(receiptNo)).toBe('closed');
    expect(read(await hrss().get(`/v1/reports/${id}`), 200, z.looseObject({ state: z.string() })).state).toBe('closed');
  });

  test('an entry without its notice is no entry', async () => {
    expect(problemOf(await anyone().post('/public/v1/reports', { entryId: '1', text: '作假。' })).slug).toBe('invalid');
  });
});

describe('recovery', () => {
  test('ordered with the finding, demanded in instalments, over-paid, given back, closed; the ledger to the fen', async () => {
    const before = await spent();
    const caseNo = await foundTrue(2);
    const plan = [
      { dueOn: '2017-10-20', amountFen: 100_000 },
      { dueOn: '2017-11-20', amountFen: 95_000 },
    ];
    expect(read(await cashier().get(`/v1/recoveries/${caseNo}`), 200, recovery)).toMatchObject({
      ...{ stage: 'ordered', amountFen: 195_000, outstandingFen: 195_000 },
      allowed: expect.arrayContaining(['demand', 'instalments']),
    });
    expect(await tasksOf(cashier(), 'demand-recovery')).toContainEqual({ caseNo, ref: '', overdue: false });
    read(await post(cashier(), caseNo, 'demand', { plan }), 200, recovery);
    expect((await tasksOf(cashier(), 'demand-recovery')).map((one) => one.caseNo)).not.toContain(caseNo);
    const on = { receivedOn: '2017-09-12' };
    read(await post(cashier(), caseNo, 'instalments', { amountFen: 100_000, ...on }), 201, recovery);
    expect(problemOf(await post(hrss(), caseNo, 'closure', {}))).toMatchObject({
      slug: 'still-owed',
      outstandingFen: 95_000,
    });
    read(await post(hrss(), caseNo, 'instalments', { amountFen: 96_000, ...on, reference: '回单0042' }), 201, recovery);
    expect(await spent()).toBe((before ?? 0) - 195_000);
    expect(problemOf(await post(hrss(), caseNo, 'closure', {})).slug).toBe('overpaid-not-given-back');
    read(await post(cashier(), caseNo, 'refunds', { amountFen: 1_000, paidOn: '2017-09-12' }), 201, recovery);
    expect(read(await post(hrss(), caseNo, 'closure', {}), 200, recovery).stage).toBe('closed');

    const timeline = z.object({ items: z.array(z.looseObject({ event: z.string(), stream: z.string() })) });
    const told = read(await hrss().get(`/v1/cases/${caseNo}/timeline`), 200, timeline).items;
    expect(told.slice(-8).map(({ event }) => event)).toEqual([
      ...['objection-upheld', 'recovery-ordered', 'recovery-order-issued', 'demanded'],
      ...['instalment-received', 'instalment-received', 'overpayment-given-back', 'recovery-closed'],
    ]);
    const sums = await desk.sql<{ total: number }>('SELECT sum(amount_fen)::int AS total FROM ledger_posting');
    expect(sums[0]?.total).toBe(0);
    // N4.3: paid back is not given back.
    const [entitlement] = await desk.sql('SELECT status FROM entitlement WHERE case_no = $1', [caseNo]);
    expect(entitlement?.['status']).toBe('used');
  });

  test('given up by two people of whom none may be the other, in the database as well', async () => {
    const caseNo = paidOne(1).caseNo;
    const reason = '当事人已死亡，无可供执行的财产。';
    read(await post(cashier(), caseNo, 'write-off', { reason }), 200, recovery);
    expect(await tasksOf(accountant(), 'write-off')).toEqual([{ caseNo, ref: '', overdue: false }]);
    const decision = { accepted: true, reason };
    expect(problemOf(await post(cashier(), caseNo, 'write-off/decision', decision)).slug).toBe('four-eyes');
    await expect(
      desk.sql(
        `UPDATE recovery SET state = jsonb_set(jsonb_set(state, '{writeOff,confirmedBy}', '"qian"'), '{stage}', '"written-off"')
         WHERE case_no = $1`,
        [caseNo],
      ),
    ).rejects.toThrow(/four_eyes/);
    read(await post(accountant(), caseNo, 'write-off/decision', decision), 200, recovery);
    expect(read(await hrss().get(`/v1/recoveries/${caseNo}`), 200, recovery).stage).toBe('written-off');
    expect(await tasksOf(accountant(), 'write-off')).toEqual([]);
  });

  test('the person’s further claims see it; the employer’s and the applicant’s views show what is theirs', async () => {
    const caseNo = await foundTrue(0);
    const { person } = paidOne(0);
    read(await post(hrss(), caseNo, 'referral', { reason: '涉嫌伪造证件。' }), 200, recovery);
    const other = await file(desk, { certificate: { occupation: '电工', level: 5 } }, person);
    await lookUp(desk, other.caseNo);
    const view = z.looseObject({
      hints: z.array(z.looseObject({})),
      checks: z.array(z.looseObject({ passed: z.boolean() })),
    });
    const seen = read(await desk.as(wang).get(`/v1/cases/${other.caseNo}`), 200, view);
    expect(seen.hints).toMatchObject([{ code: 'open-recovery', caseNo }]);
    expect(seen.checks.every((check) => check.passed)).toBe(true);
    const own = read(await paidOne(0).applicant.get(`/v1/recoveries/${caseNo}`), 200, recovery);
    expect(own).toMatchObject({ outstandingFen: 195_000, crimeReferredAt: null, allowed: [] });
    const timeline = await paidOne(0).applicant.get(`/v1/cases/${caseNo}/timeline`);
    expect(timeline.text).toContain('recovery-ordered');
    expect(timeline.text).not.toContain('crime-referred');
  });

  test('found true while the order was out: ordered when the bank says it was paid', async () => {
    const caseNo = await foundTrue(3);
    expect((await hrss().get(`/v1/recoveries/${caseNo}`)).status).toBe(404);
    await credit(caseNo);
    expect(read(await hrss().get(`/v1/recoveries/${caseNo}`), 200, recovery).stage).toBe('ordered');
  });

  test('the audit chains know it', async () => {
    const findings: unknown[] = [];
    await verifyAudit(desk.services.store, (finding) => findings.push(finding));
    expect(findings).toEqual([]);
    const [row] = await desk.sql<{ case_no: string }>(`SELECT case_no FROM recovery WHERE stage = 'closed'`);
    await desk.sql('UPDATE recovery SET seq = seq + 1 WHERE case_no = $1', [row?.case_no]);
    await verifyAudit(desk.services.store, (finding) => findings.push(finding));
    expect(findings).toMatchObject([{ place: expect.stringContaining(`recovery-${row?.case_no ?? ''}`) }]);
    await desk.sql('UPDATE recovery SET seq = seq - 1 WHERE case_no = $1', [row?.case_no]);
  });

  test('auditors decide every recovery again, and an event that was altered is found', async () => {
    const { store } = desk.services;
    const rules = await readRules(store.db);
    const again = async () => {
      const rows = await desk.sql<{ case_no: CaseNo }>('SELECT case_no FROM recovery ORDER BY case_no');
      const onRecord = await readRecoveriesOnRecord(
        store,
        rows.map((row) => row.case_no),
      );
      return onRecord.map((one) => decideRecoveryAgain(one, rules));
    };
    const fine = await again();
    expect(fine.flatMap(({ differences }) => differences)).toEqual([]);
    expect(fine.map(({ decisions }) => decisions).sort()).toEqual([1, 2, 3, 6]);
    await desk.sql('ALTER TABLE event DISABLE TRIGGER event_is_append_only');
    await desk.sql(
      `UPDATE event SET body = replace(body::text, '"amountFen":96000', '"amountFen":97000')::json
       WHERE type = 'instalment-received'`,
    );
    await desk.sql('ALTER TABLE event ENABLE TRIGGER event_is_append_only');
    const found = (await again()).flatMap(({ differences }) => differences.map(({ seq, what }) => `${seq} ${what}`));
    expect(found).toContain('4 receive: as recorded amountFen is 97000, decided again it is 96000');
    expect(found.some((what) => what.startsWith('6 in the row receivedFen is 196000'))).toBe(true);
  });

  test('no answer was an error of ours', () => {
    expect(desk.log.filter((line) => line.includes('"failed"'))).toEqual([]);
  });
});

test(`lists are of one's own units: ${ORG}`, async () => {
  const list = z.object({ items: z.array(recovery) });
  const all = read(await hrss().get('/v1/recoveries'), 200, list).items;
  const open = read(await hrss().get('/v1/recoveries?open=true'), 200, list).items;
  expect([all.length, open.length]).toEqual([4, 2]);
  expect(read(await desk.as(staff('x', 'hrss', '220200')).get('/v1/recoveries'), 200, list).items).toEqual([]);
});
