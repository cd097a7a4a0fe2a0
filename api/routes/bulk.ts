import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { stateLabels } from '../../domain/case/procedure.ts';
import { type CaseNo, isCaseNo, type Sub } from '../../domain/ids.ts';
import { type Action, rolesFor } from '../../domain/rights.ts';
import { type BulkAsk, type BulkResult, decideMany, mostAtOnce, type Which } from '../../store/bulk-decision.ts';
import { callerOf, traceOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { staffOf } from '../auth.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, read, remark, saidWithTheRest } from '../input.ts';
import { Problem, problemBody, problemSchema, refusalProblem } from '../problems.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf } from '../view.ts';
import { isEmpty, reasonList } from './decisions.ts';
import { assigneeOf } from './tasks.ts';

const caseNo = read<CaseNo>((value) => (isCaseNo(value) ? value : null), '案件编号格式不正确。');
const which = {
  caseNos: z.array(caseNo).min(1).max(mostAtOnce).optional().describe('these ones'),
  filter: z
    .strictObject({
      org: orgCode.optional(),
      overdue: z.boolean().optional(),
      assignee: z.string().min(1).max(200).optional().describe('`me`, `none` for the unit’s, or a sign-in name'),
    })
    .optional()
    .describe('those that wait for it, oldest deadline first; instead of `caseNos`'),
  cursor: z.string().max(500).optional().describe('where the filter goes on: `next` of the answer before'),
};
const isOneOf = ({ caseNos, filter }: { caseNos?: unknown; filter?: unknown }) =>
  (caseNos === undefined) !== (filter === undefined);
const oneOf = { path: ['caseNos'], message: '请填写案件编号清单或筛选条件之一。', ...saidWithTheRest };

const handling = z
  .strictObject({
    ...which,
    decision: z.enum(['approve', 'refuse']),
    reasons: reasonList,
    note: remark(2_000),
  })
  .refine(isOneOf, oneOf)
  .refine(
    ({ decision, reasons }: { decision?: unknown; reasons?: unknown }) => decision !== 'refuse' || !isEmpty(reasons),
    {
      path: ['reasons'],
      message: '不予通过必须说明理由。',
      ...saidWithTheRest,
    },
  )
  .meta({ id: 'BulkHandling' });

const review = z
  .strictObject({ ...which, decision: z.enum(['approve', 'refuse', 'return']), note: remark(2_000) })
  .refine(isOneOf, oneOf)
  .refine(({ decision, note }) => decision !== 'return' || Boolean(note), {
    path: ['note'],
    message: '退回须说明原因。',
    ...saidWithTheRest,
  })
  .meta({ id: 'BulkReview' });

const result = z
  .object({
    done: z.int(),
    refused: z.int(),
    items: z.array(
      z.object({
        caseNo: z.string(),
        done: z.boolean(),
        state: z.string().nullable(),
        stateLabel: z.string().nullable(),
        problem: problemSchema.nullable().describe('why nothing was done; as a single command would be answered'),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'BulkResult' });

/** Many cases at once: each decided for itself, with a result per item; four eyes hold for each (N3.1g). */
export function bulkRoutes(app: App, { store, accessLog }: Services): void {
  async function decideAll(
    request: FastifyRequest<{ Body: z.infer<typeof handling> | z.infer<typeof review> }>,
    action: Action,
    ask: (by: Sub) => Pick<BulkAsk, 'command' | 'text'>,
  ) {
    const caller = callerOf(request);
    const { caseNos, filter, cursor } = request.body;
    const [role] = rolesFor(caller, action);
    if (!role) throw new Problem('forbidden');
    const orgs = unitsFor(caller, action, filter?.org);
    const after = positionOf(cursor, z.tuple([cursorPart.number, cursorPart.text, cursorPart.text, cursorPart.text]));
    const assignee = assigneeOf(filter?.assignee, caller);
    const chosen: Which = caseNos ? { caseNos } : { overdue: filter?.overdue, assignee, after };
    const asked = { orgs, which: chosen, ...ask(caller.sub) };
    const decided = done(await decideMany(store, claimOf(request), staffOf(caller, role), asked));
    // Who tries case numbers in bulk leaves the same trace as one who tries them singly.
    if (decided.items.some(({ refused }) => refused?.code === 'not-found'))
      await accessLog.record({ kind: 'refusal', ...traceOf(request), role, caseNo: null, reason: 'not-found' });
    return view(decided);
  }

  app.post(
    '/v1/cases/bulk-handling',
    {
      config: { may: 'handle-case' },
      schema: {
        summary: '批量经办 · First signature on many (N3.1g); refusals with reasons',
        body: handling,
        response: { 200: result, ...commandProblems },
      },
    },
    (request) => {
      const { decision, reasons, note } = request.body;
      return decideAll(request, 'handle-case', (by) => ({
        command: { type: 'handle', by, outcome: decision, clauses: reasons.map(({ clause }) => clause), overrides: [] },
        text: { reasons, ...(note ? { note } : {}) },
      }));
    },
  );

  app.post(
    '/v1/cases/bulk-review',
    {
      config: { may: 'review-case' },
      schema: {
        summary: '批量复核 · Second signature on many, by another person for each (N3.1g)',
        body: review,
        response: { 200: result, ...commandProblems },
      },
    },
    (request) => {
      const { decision, note } = request.body;
      return decideAll(request, 'review-case', (by) => ({
        command: { type: 'review', by, outcome: decision },
        text: note ? { note } : {},
      }));
    },
  );
}

function view({ items, next }: BulkResult): z.input<typeof result> {
  const count = items.filter(({ refused }) => refused === null).length;
  return {
    done: count,
    refused: items.length - count,
    items: items.map(({ caseNo: no, state, refused }) => ({
      caseNo: no,
      done: refused === null,
      state,
      stateLabel: state && stateLabels[state],
      problem: refused && problemBody(refusalProblem(refused)),
    })),
    next: next && cursorOf(next),
  };
}
