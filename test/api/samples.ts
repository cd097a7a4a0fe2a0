import { applicationBody } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import { tableCsv, tableRow } from '../../dev/tables.ts';
import { ORG, REGION } from './desk.ts';

export const PROVINCE = '220000';

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

/** What samples are about: by its id, people by what they are. */
export interface Things {
  readonly person: Person;
  readonly firm: Person['employer'];
  readonly documentId: string;
  /** The applicant's own case, and the employer's; another one that was approved. */
  readonly online: string;
  readonly filed: string;
  readonly approvedCase: string;
  readonly recovered: string;
  readonly roundId: string;
  readonly objection: string;
  readonly report: string;
  /** About nobody that was found yet. */
  readonly looseReport: string;
  readonly intakeBatch: string;
  readonly batch: string;
  readonly adjustment: string;
  readonly correctionId: string;
  readonly provincialId: string;
  readonly policyDraft: string;
  readonly notice: string;
  readonly difference: number;
  readonly standIn: number;
  readonly appointment: number;
}

export const leave = { org: ORG, absent: 'newcomer', standIn: 'li', fromOn: '2017-09-04', untilOn: '2017-09-08' };
export const notice = {
  year: 2031,
  publishedOn: '2017-09-01',
  source: '国办发明电〔2030〕1号',
  daysOff: [],
  workdays: [],
};

/** A request of every route, by its name: about the agency's things, and what is the caller's own about hers. */
export function samplesOf(
  things: Things,
  whose: 'applicant' | 'employer',
  { newcomer, scan }: { readonly newcomer: () => Person; readonly scan: Pick<Sample, 'body' | 'headers'> },
): Readonly<Record<string, Sample>> {
  const aboutNotice = { known: things.notice, unknown: '2031-e999', unit: PROVINCE };
  const ofTask = { kind: 'handle', caseNo: '220102-2017-9999999' };
  const bulk = { caseNos: ['220102-2017-9999999'] };

  const nobody = '00000000-0000-4000-8000-000000000000';
  const finding = { finding: 'dismissed', reason: '经核查不属实。', grounds: 'other' } as const;
  const about =
    (known: string, unknown: string) =>
    (more: Omit<Sample, 'known' | 'unknown'> = {}) => ({ known, unknown, ...more });
  const objection = about(things.objection, nobody);
  const reported = about(things.report, nobody);
  const loose = about(things.looseReport, nobody);
  const sampled = about(`${ORG}-2017-09`, `${ORG}-2017-08`);
  const recovered = about(things.recovered, '220102-2017-9999999');
  const inRound = about(things.roundId, '220102-2017-09-04-99');
  const inIntake = about(things.intakeBatch, '220102-2017-09-04-99');
  const inProvince = { known: things.policyDraft, unknown: nobody, unit: PROVINCE };
  const inBatch = about(things.batch, '220102-2017-09-04-99');
  const listed = { known: `?org=${ORG}` };
  const ofCase = about(whose === 'employer' ? things.filed : things.online, '220102-2017-9999999');
  const form = applicationBody(whose === 'applicant' ? things.person : newcomer(), {
    channel: whose === 'applicant' ? 'online' : 'collective',
    employer: things.firm,
    certificate: { occupation: '电工' },
  });
  return {
    'POST /v1/applications': { known: '', body: form, foreign: 422 },
    'POST /v1/application-batches': {
      known: '',
      body: tableCsv([tableRow(applicationBody(newcomer(), { channel: 'collective', employer: things.firm }))]),
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
    'GET /v1/documents/:documentId': { known: things.documentId, unknown: nobody },
    'GET /v1/cases/:caseNo': ofCase(),
    'GET /v1/cases/:caseNo/timeline': ofCase(),
    'GET /v1/cases/:caseNo/annex-1': ofCase(),
    'GET /v1/cases/:caseNo/receipt': ofCase(),
    'GET /v1/cases/:caseNo/history': ofCase(),
    'GET /v1/cases/:caseNo/tellings': ofCase(),
    'POST /v1/cases/:caseNo/telling': ofCase({
      body: { n: 9, on: '2017-09-04', way: 'in-person', documentId: things.documentId },
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
    'POST /v1/stand-ins/:id/end': { known: String(things.standIn), unknown: '999999', body: {} },
    'GET /v1/stand-ins': listed,
    'GET /v1/calendar-notices': { known: '', foreign: null },
    'POST /v1/calendar-notices': { known: '', body: notice, unit: PROVINCE },
    'POST /v1/calendar-notices/:id/publication': { ...aboutNotice, body: {} },
    'POST /v1/calendar-notices/:id/discard': { ...aboutNotice, body: {} },
    'POST /v1/cases/:caseNo/handling': ofCase({ body: { decision: 'approve' } }),
    'POST /v1/cases/:caseNo/review': ofCase({ body: { decision: 'approve' } }),
    'POST /v1/cases/:caseNo/supplement': ofCase({ body: {} }),
    'POST /v1/cases/:caseNo/certificate-confirmation': ofCase({
      body: { documentId: things.documentId, body: '发证机构' },
    }),
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
      known: `/v1/objections/${things.objection}/files/1`,
      unknown: `/v1/objections/${nobody}/files/1`,
    },
    'GET /v1/reports/:id/files/:n': {
      known: `/v1/reports/${things.looseReport}/files/1`,
      unknown: `/v1/reports/${nobody}/files/1`,
    },
    'POST /v1/objections/:id/decision': objection({ body: finding }),
    'GET /v1/reports/:id': reported(),
    'POST /v1/reports/:id/decision': reported({ body: finding }),
    'GET /v1/reports': listed,
    'POST /v1/reports/:id/match': loose({ body: { caseNo: things.approvedCase } }),
    'POST /v1/reports/:id/closure': loose({ body: { reason: '无法查到所举报的案件。' } }),
    'POST /v1/reports': { known: '', body: { caseNo: ofCase().known, text: '电话举报。' } },
    'GET /v1/samples': listed,
    'GET /v1/samples/:sampleId': sampled(),
    'POST /v1/samples/:sampleId/results': sampled({
      body: { caseNo: things.recovered, result: 'in-order', reason: '材料齐全。' },
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
      known: `/v1/publicity-rounds/${things.roundId}/entries/1/strike`,
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
    'GET /v1/adjustment-requests/:requestId': { known: things.adjustment, unknown: `${REGION}-2017-99`, unit: REGION },
    'POST /v1/adjustment-requests/:requestId/grant': {
      ...{ known: things.adjustment, unknown: `${REGION}-2017-99`, unit: PROVINCE },
      body: { amountFen: 1 },
    },
    'POST /v1/adjustment-requests/:requestId/declination': {
      ...{ known: things.adjustment, unknown: `${REGION}-2017-99`, unit: PROVINCE },
      body: { reason: '本年度调剂金已安排完毕。' },
    },
    'GET /v1/adjustment-fund': { known: '', unit: PROVINCE },
    'POST /v1/adjustment-fund/budgets': { known: '', body: { year: 2017, amountFen: 1_000 }, unit: PROVINCE },
    'GET /v1/adjustment-fund/budget-corrections': { known: '', unit: PROVINCE },
    'POST /v1/adjustment-fund/budget-corrections': {
      ...{ known: '', unit: PROVINCE },
      body: { year: 2017, amountFen: 1, reason: '多录。' },
    },
    'POST /v1/adjustment-fund/budget-corrections/:correctionId/decision': {
      ...{ known: things.provincialId, unknown: `${PROVINCE}-2017-9999`, unit: PROVINCE },
      body: { accepted: true },
    },
    'GET /v1/funds/:org/reconciliations': { known: ORG, unknown: '999999' },
    'POST /v1/funds/:org/reconciliations': {
      ...{ known: ORG, unknown: '999999', unit: REGION },
      body: { date: '2017-09-01' },
    },
    'GET /v1/bank-differences': listed,
    'POST /v1/bank-differences/:id/closure': {
      known: String(things.difference),
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
      known: `/v1/funds/${ORG}/budget-corrections/${things.correctionId}/decision`,
      unknown: `/v1/funds/${ORG}/budget-corrections/${REGION}-2017-9999/decision`,
      unit: REGION,
      body: { accepted: true },
    },
    'GET /v1/statistics/annex-4': { known: `?org=${ORG}&from=2017-09-01&to=2017-09-30` },
    'POST /v1/cases/:caseNo/retention-hold': ofCase({ body: { held: true, reason: '诉讼未结。' } }),
    'GET /v1/policy-versions': { known: '', foreign: null },
    'GET /v1/policy-drafts': { known: '', foreign: null },
    'GET /v1/policy-drafts/:draftId': { known: things.policyDraft, unknown: nobody, foreign: null },
    'GET /v1/policy-drafts/:draftId/diff': { known: things.policyDraft, unknown: nobody, foreign: null },
    'GET /v1/policy-drafts/:draftId/preview': {
      ...inProvince,
      known: `/v1/policy-drafts/${things.policyDraft}/preview?filedFrom=2017-09-01&filedTo=2017-09-30`,
      unknown: `/v1/policy-drafts/${nobody}/preview?filedFrom=2017-09-01&filedTo=2017-09-30`,
    },
    'POST /v1/policy-drafts': {
      known: '',
      body: { version: `s-${whose}`, inForceFrom: '2018-06-01', document: '试验' },
      unit: PROVINCE,
    },
    'POST /v1/policy-drafts/:draftId/changes': { ...inProvince, body: { changes: {} } },
    'POST /v1/policy-drafts/:draftId/adoption': { ...inProvince, body: { hash: '0'.repeat(64) } },
    'POST /v1/policy-drafts/:draftId/discard': { ...inProvince, body: {} },
    'POST /v1/offices/:org': { known: ORG, unknown: '999999', body: { address: '大经路1号', phone: null } },
    'GET /v1/appointments': listed,
    'POST /v1/appointments': { known: '', body: { sub: 'another', role: 'auditor', org: ORG } },
    'POST /v1/appointments/:id/end': { known: String(things.appointment), unknown: '999999', body: {} },
  };
}
