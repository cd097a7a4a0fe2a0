import { z } from 'zod';
import type { Caller } from './client.ts';
import type { ApplicationBody } from './papers.ts';

/** The calls of the main flow with what their callers read of the answers; the API answers more. */

const deadline = z.object({
  kind: z.string(),
  startedOn: z.string(),
  dueOn: z.string(),
  dueAt: z.string(),
  status: z.string(),
});
const filed = z.object({ caseNo: z.string(), state: z.string(), receivedAt: z.string(), deadlines: z.array(deadline) });
const commanded = z.object({ caseNo: z.string(), seq: z.number() });

const caseView = z.object({
  caseNo: z.string(),
  seq: z.number(),
  state: z.string(),
  stateLabel: z.string(),
  amountFen: z.number().nullable(),
  checks: z.array(z.object({ clause: z.string(), code: z.string(), passed: z.boolean(), detail: z.string() })),
  deadlines: z.array(deadline),
  objections: z.array(z.object({ objectionId: z.string(), state: z.string() })),
  opinion: z
    .object({ outcome: z.string(), reasons: z.array(z.object({ clause: z.string(), text: z.string() })) })
    .nullable(),
});
export type CaseView = z.output<typeof caseView>;

const timelineItem = z.object({
  seq: z.number(),
  at: z.string(),
  event: z.string(),
  actor: z.object({ kind: z.string(), sub: z.string().optional(), role: z.string().optional() }),
  from: z.string().nullable(),
  to: z.string(),
  reason: z.string().nullable(),
  clause: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).default({}),
});
export type TimelineItem = z.output<typeof timelineItem>;

const batch = z.object({ batchId: z.string(), orders: z.number(), totalFen: z.number(), listHash: z.string() });
export type Batch = z.output<typeof batch>;

const notice = z.object({
  noticeId: z.string(),
  publishedOn: z.string(),
  endsAt: z.string().nullable(),
  entries: z.object({
    items: z.array(z.object({ entryId: z.string(), name: z.string(), employer: z.string(), amountFen: z.number() })),
  }),
});
export type Notice = z.output<typeof notice>;

export const fileApplication = (caller: Caller, body: ApplicationBody) => caller.post('/v1/applications', body, filed);

export const readCase = (caller: Caller, caseNo: string) => caller.get(`/v1/cases/${caseNo}`, caseView);

const overdueTasks = z.object({ items: z.array(z.object({ kind: z.string(), caseNo: z.string() })) });

/** What waits for a person beyond its deadline. */
export const readOverdueTasks = async (caller: Caller) =>
  (await caller.get('/v1/tasks?overdue=true', overdueTasks)).items;

/** The whole timeline, in order. */
export async function readTimeline(caller: Caller, caseNo: string): Promise<readonly TimelineItem[]> {
  const { items } = await caller.get(`/v1/cases/${caseNo}/timeline`, z.object({ items: z.array(timelineItem) }));
  return items;
}

export interface Handling {
  readonly decision: 'approve' | 'refuse';
  readonly reasons?: readonly { readonly clause: string; readonly text: string }[];
  readonly note?: string;
}

export const handle = (caller: Caller, caseNo: string, handling: Handling) =>
  caller.post(`/v1/cases/${caseNo}/handling`, handling, commanded);

export const review = (caller: Caller, caseNo: string, decision: 'approve' | 'refuse' | 'return') =>
  caller.post(`/v1/cases/${caseNo}/review`, { decision }, commanded);

export const cutOffRound = (caller: Caller, org: string) =>
  caller.post('/v1/publicity-rounds', { org }, z.object({ roundId: z.string(), entries: z.number() }));

export const publishRound = (caller: Caller, roundId: string) =>
  caller.post(`/v1/publicity-rounds/${roundId}/publication`, {}, z.object({ noticeId: z.string() }));

export const readNotice = (caller: Caller, noticeId: string) => caller.get(`/public/v1/notices/${noticeId}`, notice);

export const object = (
  caller: Caller,
  noticeId: string,
  objection: { readonly entryId: string; readonly text: string },
) => caller.post(`/public/v1/notices/${noticeId}/objections`, objection, z.object({ receiptNo: z.string() }));

export interface ObjectionDecision {
  readonly finding: 'upheld' | 'dismissed';
  readonly reason: string;
  readonly grounds: 'certificate' | 'other';
  readonly heard?: { readonly on: string };
  readonly appraisal?: { readonly body: string; readonly opinion: string };
}

export const decideObjection = (caller: Caller, objectionId: string, decision: ObjectionDecision) =>
  caller.post(`/v1/objections/${objectionId}/decision`, decision, commanded);

export const preparePayments = (caller: Caller, org: string) => caller.post('/v1/payment-batches', { org }, batch);

export const releasePayments = (caller: Caller, { batchId, totalFen, listHash }: Batch) =>
  caller.post(`/v1/payment-batches/${batchId}/release`, { totalFen, listHash }, z.object({ batchId: z.string() }));

const fund = z.object({
  fund: z.string(),
  years: z.array(
    z.object({
      budgetYear: z.number(),
      availableFen: z.number(),
      reservedFen: z.number(),
      obligatedFen: z.number(),
      spentFen: z.number(),
    }),
  ),
});

export const readFund = (caller: Caller, org: string) => caller.get(`/v1/funds/${org}`, fund);
