import { z } from 'zod';
import { applicationBody } from '../../dev/papers.ts';
import type { CaseNo, OrderNo, OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { recordAdjustment } from '../../store/adjustment.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { drawSamples } from '../../store/sample.ts';
import {
  addBudget,
  applicantOf,
  approved,
  askToPass,
  batchOf,
  caseNoOf,
  decide,
  file,
  lookUp,
  payable,
  prepare,
  publish,
  release,
  staff,
  wang,
  zhao,
} from './cases.ts';
import { type Desk, ORG, read, REGION } from './desk.ts';
import { leave, notice, PROVINCE, type Sample, samplesOf } from './samples.ts';
import { formOf, png } from './uploads.ts';

/** What there is at the agency for requests to be about. */
export interface Exhibits {
  readonly applicant: Parameters<Desk['as']>[0];
  readonly employer: Parameters<Desk['as']>[0];
  /** A scan of the applicant's case. */
  readonly documentId: string;
  readonly samples: (own: 'applicant' | 'employer') => Promise<Readonly<Record<string, Sample>>>;
}

const documentIdOf = z.object({ documentId: z.string() });

/** Cases of an applicant and of an employer, a notice with an objection, a report, a batch, a scan, an appointment. */
export async function exhibit(desk: Desk): Promise<Exhibits> {
  await addBudget(desk);
  const person = desk.person();
  const applicant = applicantOf(person);
  const { employer: firm } = desk.person();
  const employer = { sub: 'firm', roles: ['employer'], creditCode: firm.creditCode } as const;
  const upload = await formOf();
  const stored = await desk.as(applicant).post('/v1/documents', upload.body, { headers: upload.headers });
  const { documentId } = read(stored, 201, documentIdOf);
  const own = applicationBody(person, { documents: [documentId] });
  const online = read(await desk.as(applicant).post('/v1/applications', own), 201, caseNoOf).caseNo;
  const collective = applicationBody(desk.person(), { channel: 'collective', employer: firm });
  const alone = read(
    await desk.as(employer).post('/v1/applications', collective),
    201,
    caseNoOf.extend({ batchId: z.string() }),
  );
  const filed = alone.caseNo;

  const { caseNo: approvedCase } = await approved(desk);
  const toRecover = await file(desk, { certificate: { occupation: '钳工', level: 5 } }, person);
  await lookUp(desk, toRecover.caseNo);
  await decide(desk, toRecover.caseNo);
  const roundId = await publish(desk);
  const objected = await formOf(png, { entryId: '1', text: '此人未在该单位工作。' }, 'files');
  const path = `/public/v1/notices/${roundId}/objections`;
  read(await desk.withHeader(null).post(path, objected.body, { headers: objected.headers }), 201, z.object({}));
  const report = { noticeId: roundId, entryId: '1', text: '另有情况。' };
  read(await desk.withHeader(null).post('/public/v1/reports', report), 201, z.object({}));
  const complaints = await desk.sql<{ id: string; kind: string }>('SELECT objection_id AS id, kind FROM objection');
  const complaint = (kind: string): string => complaints.find((one) => one.kind === kind)?.id ?? '';
  const onNobody = await formOf(png, { noticeId: roundId, name: '钱二', text: '未在该单位工作。' }, 'files');
  const { receiptNo } = read(
    await desk.withHeader(null).post('/public/v1/reports', onNobody.body, { headers: onNobody.headers }),
    201,
    z.object({ receiptNo: z.string() }),
  );
  const [looseReport] = await desk.sql<{ id: string }>(
    `SELECT report_id AS id FROM unmatched_report WHERE receipt_hash = sha256($1)`,
    [Buffer.from(receiptNo)],
  );
  await payable(desk);
  await askToPass(desk, toRecover.caseNo, roundId);
  const batch = await prepare(desk);
  read(await release(desk, batch), 200, batchOf);
  await recover(desk, toRecover.caseNo);
  await drawSamples(desk.services.store, civilDate('2017-10-09'), policy201767, () => undefined);
  const admin = desk.as(staff('admin', 'security-admin'));
  const appointment = read(
    await admin.post('/v1/appointments', { sub: 'newcomer', role: 'auditor', org: ORG }),
    201,
    z.object({ id: z.number() }),
  );

  const zhou = desk.as(staff('zhou', 'supervisor'));
  const standIn = read(await zhou.post('/v1/stand-ins', leave), 201, z.object({ id: z.number() }));
  const { id: difference } = await seedDifference(desk);
  const adjustment = await seedAdjustment(desk);
  const correctionId = await seedCorrection(desk, REGION, `/v1/funds/${REGION}`);
  const treasurer = desk.as(staff('entering', 'finance', PROVINCE));
  await treasurer.post('/v1/adjustment-fund/budgets', { year: 2017, amountFen: 1 });
  const provincialId = await seedCorrection(desk, PROVINCE, '/v1/adjustment-fund');

  const admins = desk.as(staff('calendar-admin', 'policy-admin', '220000'));
  const entered = read(await admins.post('/v1/calendar-notices', notice), 201, z.object({ id: z.string() }));
  const policyDraft = read(
    await desk
      .as(staff('hua', 'policy-admin', '220000'))
      .post('/v1/policy-drafts', { version: 'sample', inForceFrom: '2018-05-01', document: '试验' }),
    201,
    z.object({ draftId: z.string() }),
  ).draftId;
  const things = {
    ...{ person, firm, documentId, online, filed, approvedCase, roundId, policyDraft },
    ...{ objection: complaint('objection'), report: complaint('report'), looseReport: looseReport?.id ?? '' },
    ...{ intakeBatch: alone.batchId, recovered: toRecover.caseNo, batch: batch.batchId, difference, adjustment },
    ...{ correctionId, provincialId, notice: entered.id, standIn: standIn.id, appointment: appointment.id },
  };
  return {
    ...{ applicant, employer, documentId },
    samples: async (own) => samplesOf(things, own, { newcomer: () => desk.person(), scan: await formOf() }),
  };
}

/** A request of the agency's region for adjustment money: a case of another year found the fund empty. */
async function seedAdjustment({ services: { store } }: Desk): Promise<string> {
  const requestId = `${REGION}-2016-1`;
  const fund = REGION as OrgCode;
  const event = { type: 'adjustment-requested', requestId, fund, budgetYear: 2016, askedFen: fen(1_000) } as const;
  await store.db.transaction((tx) =>
    recordAdjustment(tx, requestId, null, event, { kind: 'process', name: 'sample' }, null),
  );
  return requestId;
}

/** A budget that somebody says was entered too high: a region's, or the province's adjustment money. */
async function seedCorrection(desk: Desk, unit: string, base: string): Promise<string> {
  const asked = { year: 2017, amountFen: 1, reason: '多录。' };
  const proposed = await desk.as(staff('entering', 'finance', unit)).post(`${base}/budget-corrections`, asked);
  return read(proposed, 201, z.object({ correctionId: z.string() })).correctionId;
}

/** A difference with the bank at the agency. */
async function seedDifference(desk: Desk): Promise<{ id: number }> {
  const [row] = await desk.sql<{ id: number }>(
    `INSERT INTO bank_difference (org, kind, ref, detail, first_at, last_at)
     VALUES ($1, 'outcome-differs', 'sample', '{}', now(), now()) RETURNING id`,
    [ORG],
  );
  if (!row) throw new Error('no difference');
  return row;
}

/** The bank paid; a report was found true. */
async function recover(desk: Desk, caseNo: CaseNo): Promise<void> {
  const at = parseInstant('2017-09-12T09:00:00+08:00');
  const word = { outcome: 'paid', code: '00', amountFen: fen(100_000), at } as const;
  await reportOrder(desk.services.store, `${caseNo}-1` as OrderNo, word, 'query');
  read(await desk.as(wang).post('/v1/reports', { caseNo, text: '证书系伪造。' }), 201, z.object({}));
  const [report] = await desk.sql<{ id: string }>('SELECT objection_id AS id FROM objection WHERE case_no = $1', [
    caseNo,
  ]);
  const finding = { finding: 'upheld', reason: '属实。', grounds: 'other', heard: { on: '2017-09-11' } };
  read(await desk.as(zhao).post(`/v1/reports/${report?.id ?? ''}/decision`, finding), 200, z.object({}));
}
