import Fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import type { Action } from '../../domain/rights.ts';
import { recordAdjustment } from '../../store/adjustment.ts';
import { validatorCompiler } from '../../api/input.ts';
import { routes } from '../../api/routes/all.ts';
import { applicationBody } from '../../dev/papers.ts';
import { tableCsv, tableRow } from '../../dev/tables.ts';
import { type CaseNo, type OrderNo } from '../../domain/ids.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { drawSamples } from '../../store/sample.ts';
import { reportOrder } from '../../store/bank-report.ts';
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
import { type Desk, ORG, read, REGION, type Reply } from './desk.ts';

export interface Route {
  readonly method: string;
  /** With its parameters, `/v1/cases/:caseNo`. */
  readonly path: string;
  readonly may: Action | 'anyone' | 'bank' | undefined;
}
export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Every route as the code registers them, with who may call it. */
export async function collectRoutes(desk: Desk): Promise<readonly Route[]> {
  const found: Route[] = [];
  const app = Fastify({ exposeHeadRoutes: false }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) found.push({ method: one, path: url, may: config?.may });
  });
  await app.register(routes(desk.services));
  await app.ready();
  await app.close();
  return found;
}

/** A rightful request of a route: what is about the unit, and what is about nothing that is there. */
export interface Sample {
  /** Parameters and query of something of the agency's. */
  readonly known: string;
  /** The same of nothing that is there; absent where a route is about no thing. */
  readonly unknown?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The unit that it is about; the agency's where absent. */
  readonly unit?: string;
  /** What those of another unit are answered; 404 where absent, null: they are let in as well. */
  readonly foreign?: 422 | null;
}

/** What there is at the agency for requests to be about. */
export interface Exhibits {
  readonly applicant: Parameters<Desk['as']>[0];
  readonly employer: Parameters<Desk['as']>[0];
  /** A scan of the applicant's case. */
  readonly documentId: string;
  readonly samples: (own: 'applicant' | 'employer') => Promise<Readonly<Record<string, Sample>>>;
}

export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A form with one file, as browsers send it. */
export async function formOf(
  content: Buffer = png,
  fields: Readonly<Record<string, string>> = {},
  name = 'file',
): Promise<{ body: Buffer; headers: Record<string, string> }> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append(name, new Blob([new Uint8Array(content)], { type: 'image/png' }), 'scan.png');
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  return { body: Buffer.from(await request.arrayBuffer()), headers };
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

  const leave = { org: ORG, absent: 'newcomer', standIn: 'li', fromOn: '2017-09-04', untilOn: '2017-09-08' };
  const zhou = desk.as(staff('zhou', 'supervisor'));
  const standIn = read(await zhou.post('/v1/stand-ins', leave), 201, z.object({ id: z.number() }));
  const ofTask = { kind: 'handle', caseNo: '220102-2017-9999999' };
  const { id: difference } = await seedDifference(desk);
  const adjustment = await seedAdjustment(desk);
  const correctionId = await seedCorrection(desk);

  const notice = { year: 2031, publishedOn: '2017-09-01', source: '国办发明电〔2030〕1号', daysOff: [], workdays: [] };
  const admins = desk.as(staff('calendar-admin', 'policy-admin', '220000'));
  const entered = read(await admins.post('/v1/calendar-notices', notice), 201, z.object({ id: z.string() }));
  const aboutNotice = { known: entered.id, unknown: '2031-e999', unit: '220000' };

  const bulk = { caseNos: ['220102-2017-9999999'] };

  const nobody = '00000000-0000-4000-8000-000000000000';
  const finding = { finding: 'dismissed', reason: '经核查不属实。', grounds: 'other' } as const;
  const about =
    (known: string, unknown: string) =>
    (more: Omit<Sample, 'known' | 'unknown'> = {}) => ({ known, unknown, ...more });
  const objection = about(complaint('objection'), nobody);
  const reported = about(complaint('report'), nobody);
  const loose = about(looseReport?.id ?? '', nobody);
  const sampled = about(`${ORG}-2017-09`, `${ORG}-2017-08`);
  const recovered = about(toRecover.caseNo, '220102-2017-9999999');
  const inRound = about(roundId, '220102-2017-09-04-99');
  const inIntake = about(alone.batchId, '220102-2017-09-04-99');
  const policyDraft = read(
    await desk
      .as(staff('hua', 'policy-admin', '220000'))
      .post('/v1/policy-drafts', { version: 'sample', inForceFrom: '2018-05-01', document: '试验' }),
    201,
    z.object({ draftId: z.string() }),
  ).draftId;
  const inProvince = { known: policyDraft, unknown: nobody, unit: '220000' };
  const inBatch = about(batch.batchId, '220102-2017-09-04-99');
  const listed = { known: `?org=${ORG}` };
  return {
    applicant,
    employer,
    documentId,
    async samples(whose) {
      const ofCase = about(whose === 'employer' ? filed : online, '220102-2017-9999999');
      const form = applicationBody(whose === 'applicant' ? person : desk.person(), {
        channel: whose === 'applicant' ? 'online' : 'collective',
        employer: firm,
        certificate: { occupation: '电工' },
      });
      const scan = await formOf();
      return {
        'POST /v1/applications': { known: '', body: form, foreign: 422 },
        'POST /v1/application-batches': {
          known: '',
          body: tableCsv([tableRow(applicationBody(desk.person(), { channel: 'collective', employer: firm }))]),
          headers: { 'content-type': 'text/csv' },
          foreign: null,
        },
        'GET /v1/application-batches/template': { known: '', foreign: null },
        'GET /v1/application-batches/:batchId': inIntake(),
        'GET /v1/application-batches': listed,
        'POST /v1/application-batches/:batchId/acceptance': inIntake({ body: {} }),
        'POST /v1/application-batches/:batchId/appointment': inIntake({
          body: { place: '南关区政务大厅', on: '2017-09-06', appraisalBody: '长春市职业技能鉴定中心' },
        }),
        'POST /v1/documents': { known: '', ...scan, foreign: null },
        'GET /v1/documents/:documentId': { known: documentId, unknown: nobody },
        'GET /v1/cases/:caseNo': ofCase(),
        'GET /v1/cases/:caseNo/timeline': ofCase(),
        'GET /v1/cases/:caseNo/annex-1': ofCase(),
        'GET /v1/cases/:caseNo/receipt': ofCase(),
        'GET /v1/cases/:caseNo/history': ofCase(),
        'GET /v1/cases/:caseNo/tellings': ofCase(),
        'POST /v1/cases/:caseNo/telling': ofCase({
          body: { n: 9, on: '2017-09-04', way: 'in-person', documentId },
        }),
        'GET /v1/cases': listed,
        'POST /v1/cases/bulk-handling': { known: '', body: { ...bulk, decision: 'approve' }, foreign: null },
        'POST /v1/cases/bulk-review': { known: '', body: { ...bulk, decision: 'approve' }, foreign: null },
        'GET /v1/refusal-reasons': { known: '', foreign: null },
        'GET /v1/tasks': listed,
        'GET /v1/tasks/load': listed,
        'POST /v1/tasks/claim': { known: '', body: { tasks: [ofTask] }, foreign: null },
        'POST /v1/tasks/release': { known: '', body: { tasks: [ofTask] }, foreign: null },
        'POST /v1/tasks/assignment': { known: '', body: { tasks: [ofTask], to: 'newcomer' }, foreign: null },
        'POST /v1/tasks/sharing': { known: '', body: { org: ORG, kind: 'handle' } },
        'POST /v1/stand-ins': { known: '', body: leave },
        'POST /v1/stand-ins/:id/end': { known: String(standIn.id), unknown: '999999', body: {} },
        'GET /v1/stand-ins': listed,
        'GET /v1/calendar-notices': { known: '', foreign: null },
        'POST /v1/calendar-notices': { known: '', body: notice, unit: '220000' },
        'POST /v1/calendar-notices/:id/publication': { ...aboutNotice, body: {} },
        'POST /v1/calendar-notices/:id/discard': { ...aboutNotice, body: {} },
        'POST /v1/cases/:caseNo/handling': ofCase({ body: { decision: 'approve' } }),
        'POST /v1/cases/:caseNo/review': ofCase({ body: { decision: 'approve' } }),
        'POST /v1/cases/:caseNo/supplement': ofCase({ body: {} }),
        'POST /v1/cases/:caseNo/certificate-confirmation': ofCase({ body: { documentId, body: '发证机构' } }),
        'POST /v1/cases/:caseNo/certificate-registration': ofCase({ body: { result: 'registered' } }),
        'POST /v1/cases/:caseNo/certificate-registration/receipt': ofCase({ body: {} }),
        'POST /v1/cases/:caseNo/merger': ofCase({ body: { into: '220102-2017-9999998', reason: '重复申请。' } }),
        'POST /v1/cases/:caseNo/succession': ofCase({ body: { reason: '申请人去世。' } }),
        'POST /v1/cases/:caseNo/succession/decision': ofCase({ body: { decision: 'close', reason: '无人继承。' } }),
        'POST /v1/revocations': {
          known: '',
          body: { org: ORG, certificateNumber: 'X1', issuer: '发证机构', revokedOn: '2017-09-01', reason: '误发。' },
        },
        'POST /v1/cases/:caseNo/reconsideration': ofCase({ body: {} }),
        'POST /v1/cases/:caseNo/reconsideration/decision': ofCase({ body: { decision: 'uphold', reason: '维持。' } }),
        'POST /v1/cases/:caseNo/withdrawal': ofCase({ body: { reason: '申请人要求撤回。' } }),
        'POST /v1/cases/:caseNo/transfer': ofCase({ body: { to: '220103', reason: '参保地为宽城区。' } }),
        'POST /v1/cases/:caseNo/transfer/confirmation': ofCase({ body: { accepted: true } }),
        'POST /v1/cases/:caseNo/account': ofCase({ body: { account: form.account } }),
        'GET /v1/objections/:id': objection(),
        'GET /v1/objections/:id/files/:n': {
          known: `/v1/objections/${complaint('objection')}/files/1`,
          unknown: `/v1/objections/${nobody}/files/1`,
        },
        'GET /v1/reports/:id/files/:n': {
          known: `/v1/reports/${looseReport?.id ?? ''}/files/1`,
          unknown: `/v1/reports/${nobody}/files/1`,
        },
        'POST /v1/objections/:id/decision': objection({ body: finding }),
        'GET /v1/reports/:id': reported(),
        'POST /v1/reports/:id/decision': reported({ body: finding }),
        'GET /v1/reports': listed,
        'POST /v1/reports/:id/match': loose({ body: { caseNo: approvedCase } }),
        'POST /v1/reports/:id/closure': loose({ body: { reason: '无法查到所举报的案件。' } }),
        'POST /v1/reports': { known: '', body: { caseNo: ofCase().known, text: '电话举报。' } },
        'GET /v1/samples': listed,
        'GET /v1/samples/:sampleId': sampled(),
        'POST /v1/samples/:sampleId/results': sampled({
          body: { caseNo: toRecover.caseNo, result: 'in-order', reason: '材料齐全。' },
        }),
        'GET /v1/recoveries': listed,
        'GET /v1/recoveries/:caseNo': recovered(),
        'GET /v1/recoveries/:caseNo/order': recovered(),
        'POST /v1/recoveries/:caseNo/demand': recovered({ body: {} }),
        'POST /v1/recoveries/:caseNo/plan': recovered({
          body: { plan: [{ dueOn: '2017-12-01', amountFen: 195_000 }], reason: '家庭困难。' },
        }),
        'POST /v1/recoveries/:caseNo/instalments': recovered({ body: { amountFen: 1, receivedOn: '2017-09-12' } }),
        'POST /v1/recoveries/:caseNo/refunds': recovered({ body: { amountFen: 1, paidOn: '2017-09-12' } }),
        'POST /v1/recoveries/:caseNo/write-off': recovered({ body: { reason: '无可供执行的财产。' } }),
        'POST /v1/recoveries/:caseNo/write-off/decision': recovered({ body: { accepted: false, reason: '再催。' } }),
        'POST /v1/recoveries/:caseNo/referral': recovered({ body: { reason: '涉嫌伪造证件。' } }),
        'POST /v1/recoveries/:caseNo/enforcement': recovered({ body: { reason: '逾期不退。' } }),
        'POST /v1/recoveries/:caseNo/enforcement/outcome': recovered({
          body: { outcome: 'unsuccessful', reason: '无财产。' },
        }),
        'POST /v1/recoveries/:caseNo/closure': recovered({ body: {} }),
        'POST /v1/publicity-rounds': { known: '', body: { org: ORG } },
        'GET /v1/publicity-rounds': listed,
        'GET /v1/publicity-rounds/:roundId': inRound(),
        'POST /v1/publicity-rounds/:roundId/publication': inRound({ body: {} }),
        'POST /v1/publicity-rounds/:roundId/entries/:entryId/strike': {
          known: `/v1/publicity-rounds/${roundId}/entries/1/strike`,
          unknown: `/v1/publicity-rounds/220102-2017-09-04-99/entries/1/strike`,
          body: { reason: '录入有误。', backTo: 'review' },
        },
        'POST /v1/publicity-rounds/:roundId/signatures': inRound({ body: { as: 'head', name: '负责人甲' } }),
        'GET /v1/publicity-rounds/:roundId/annex-2': inRound(),
        'GET /v1/publicity-rounds/:roundId/passed-list': inRound(),
        'GET /v1/publicity-rounds/:roundId/proof': inRound(),
        'POST /v1/payment-batches': { known: '', body: { org: ORG } },
        'GET /v1/payment-batches': listed,
        'GET /v1/payment-batches/:batchId': inBatch(),
        'POST /v1/payment-batches/:batchId/release': inBatch({ body: { totalFen: 1, listHash: 'x' } }),
        'POST /v1/payment-batches/:batchId/cancellation': inBatch({ body: {} }),
        'POST /v1/funds/:org/year-end': { known: ORG, unknown: '999999', body: { year: 2017 }, unit: REGION },
        'POST /v1/funds/:org/bank': { known: ORG, unknown: '999999', body: { bank: 'api' }, unit: REGION },
        'GET /v1/adjustment-requests': { known: `?org=${REGION}`, unit: REGION },
        'GET /v1/adjustment-requests/:requestId': { known: adjustment, unknown: `${REGION}-2017-99`, unit: REGION },
        'POST /v1/adjustment-requests/:requestId/grant': {
          ...{ known: adjustment, unknown: `${REGION}-2017-99`, unit: PROVINCE },
          body: { amountFen: 1 },
        },
        'POST /v1/adjustment-requests/:requestId/declination': {
          ...{ known: adjustment, unknown: `${REGION}-2017-99`, unit: PROVINCE },
          body: { reason: '本年度调剂金已安排完毕。' },
        },
        'GET /v1/adjustment-fund': { known: '', unit: PROVINCE },
        'POST /v1/adjustment-fund/budgets': { known: '', body: { year: 2017, amountFen: 1_000 }, unit: PROVINCE },
        'GET /v1/funds/:org/reconciliations': { known: ORG, unknown: '999999' },
        'POST /v1/funds/:org/reconciliations': {
          ...{ known: ORG, unknown: '999999', unit: REGION },
          body: { date: '2017-09-01' },
        },
        'GET /v1/bank-differences': listed,
        'POST /v1/bank-differences/:id/closure': {
          known: String(difference),
          unknown: '999999',
          body: { note: '已与银行核对。' },
        },
        'GET /v1/funds/:org': { known: ORG, unknown: '999999' },
        'POST /v1/funds/:org/budgets': {
          known: ORG,
          unknown: '999999',
          body: { year: 2018, amountFen: 1 },
          unit: REGION,
        },
        'GET /v1/funds/:org/budget-corrections': { known: ORG, unknown: '999999' },
        'POST /v1/funds/:org/budget-corrections': {
          ...{ known: ORG, unknown: '999999', unit: REGION },
          body: { year: 2017, amountFen: 1, reason: '多录。' },
        },
        'POST /v1/funds/:org/budget-corrections/:correctionId/decision': {
          known: `/v1/funds/${ORG}/budget-corrections/${correctionId}/decision`,
          unknown: `/v1/funds/${ORG}/budget-corrections/${REGION}-2017-9999/decision`,
          unit: REGION,
          body: { accepted: true },
        },
        'GET /v1/statistics/annex-4': { known: `?org=${ORG}&from=2017-09-01&to=2017-09-30` },
        'POST /v1/cases/:caseNo/retention-hold': ofCase({ body: { held: true, reason: '诉讼未结。' } }),
        'GET /v1/policy-versions': { known: '', foreign: null },
        'GET /v1/policy-drafts': { known: '', foreign: null },
        'GET /v1/policy-drafts/:draftId': { known: policyDraft, unknown: nobody, foreign: null },
        'GET /v1/policy-drafts/:draftId/diff': { known: policyDraft, unknown: nobody, foreign: null },
        'GET /v1/policy-drafts/:draftId/preview': {
          ...inProvince,
          known: `/v1/policy-drafts/${policyDraft}/preview?filedFrom=2017-09-01&filedTo=2017-09-30`,
          unknown: `/v1/policy-drafts/${nobody}/preview?filedFrom=2017-09-01&filedTo=2017-09-30`,
        },
        'POST /v1/policy-drafts': {
          known: '',
          body: { version: `s-${whose}`, inForceFrom: '2018-06-01', document: '试验' },
          unit: '220000',
        },
        'POST /v1/policy-drafts/:draftId/changes': { ...inProvince, body: { changes: {} } },
        'POST /v1/policy-drafts/:draftId/adoption': { ...inProvince, body: { hash: '0'.repeat(64) } },
        'POST /v1/policy-drafts/:draftId/discard': { ...inProvince, body: {} },
        'POST /v1/offices/:org': { known: ORG, unknown: '999999', body: { address: '大经路1号', phone: null } },
        'GET /v1/appointments': listed,
        'POST /v1/appointments': { known: '', body: { sub: 'another', role: 'auditor', org: ORG } },
        'POST /v1/appointments/:id/end': { known: String(appointment.id), unknown: '999999', body: {} },
      };
    },
  };
}

const PROVINCE = '220000';

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

/** A budget that somebody says was entered too high. */
async function seedCorrection(desk: Desk): Promise<string> {
  const asked = { year: 2017, amountFen: 1, reason: '多录。' };
  const proposed = await desk
    .as(staff('entering', 'finance', REGION))
    .post(`/v1/funds/${REGION}/budget-corrections`, asked);
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

/** Calls a route by its sample, about that place of it. */
export function call(
  client: ReturnType<Desk['as']>,
  { method, path }: Route,
  sample: Sample,
  place: string,
): Promise<Reply> {
  if (method !== 'GET' && method !== 'POST') throw new Error(`${method} ${path}: a method that no test knows`);
  // A place that begins with a slash is the whole address: its route has several parameters.
  const isWhole = place.startsWith('/');
  const url = isWhole ? place : place.startsWith('?') ? path + place : path.replace(/:\w+/, place);
  return method === 'GET'
    ? client.get(url)
    : client.post(url, sample.body, sample.headers ? { headers: sample.headers } : {});
}
