import { z } from 'zod';
import type { CaseCommand } from '../../domain/case/commands.ts';
import type { CaseText } from '../../domain/case/events.ts';
import type { Action } from '../../domain/rights.ts';
import type { DocumentId } from '../../domain/ids.ts';
import { commandCase } from '../../store/case.ts';
import { takeDocuments } from '../../store/document.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { namedDocuments, requireDocuments } from '../documents.ts';
import { claimOf } from '../idempotency.ts';
import { documentId, expectedSeq, line, prose } from '../input.ts';
import { caseAnswerView, commandProblems, done, labelled } from '../view.ts';
import type { FastifyRequest } from 'fastify';
import { checkCodes } from '../../domain/policy/check.ts';

const caseParams = z.object({ caseNo: z.string() });
const clause = z.string().regex(/^N\d(\.\d+[a-z]?)?$/, '应为通知条款编号，例如 N1.1。');

const handling = z
  .strictObject({
    decision: z.enum(['approve', 'refuse']),
    reasons: z
      .array(z.strictObject({ clause, text: prose(1_000) }))
      .max(20)
      .default([]),
    overrides: z
      .array(z.strictObject({ code: z.enum(checkCodes), reason: line(500), documentId }))
      .max(20)
      .default([]),
    note: prose(2_000).nullish(),
    expectedSeq,
  })
  .meta({ id: 'Handling' });

const review = z
  .strictObject({
    decision: z.enum(['approve', 'refuse', 'return']),
    note: prose(2_000).nullish(),
    expectedSeq,
  })
  .superRefine(({ decision, note }, context) => {
    if (decision === 'return' && !note)
      context.addIssue({ code: 'custom', path: ['note'], message: '退回须说明原因。' });
  })
  .meta({ id: 'Review' });

const withdrawal = z
  .preprocess((body) => body ?? {}, z.strictObject({ reason: prose(1_000).nullish(), expectedSeq }))
  .meta({ id: 'Withdrawal' });

/** What comes beside a command: words, the seq decided on, documents by their path in the form. */
interface Beside {
  readonly text: CaseText;
  readonly expectedSeq: number | undefined;
  readonly documents?: Readonly<Record<string, DocumentId>>;
}

/** What people decide on a case (N3.1g) and the applicant's withdrawal. */
export function decisionRoutes(app: App, services: Services): void {
  const { store } = services;

  async function command(
    request: FastifyRequest<{ Params: z.infer<typeof caseParams> }>,
    action: Action,
    ask: (by: ReturnType<typeof callerOf>['sub']) => CaseCommand,
    { text, expectedSeq: seq, documents = {} }: Beside,
  ) {
    const caller = callerOf(request);
    const { caseNo, actor } = await accessCase(services, request, action, request.params.caseNo);
    const named = namedDocuments(documents);
    await requireDocuments(store, caller, caseNo, named);
    const asked = { caseNo, command: ask(caller.sub), text, expectedSeq: seq };
    const outcome = await commandCase(store, claimOf(request), actor, asked, {
      alongside: (tx, { now }) =>
        takeDocuments(
          tx,
          store,
          { caseNo, uploader: caller.callerKey, at: now },
          named.map(({ documentId }) => documentId),
        ),
    });
    return labelled(done(outcome));
  }

  app.post(
    '/v1/cases/:caseNo/handling',
    {
      config: { may: 'handle-case' },
      schema: {
        summary: '经办审核 · First signature (N3.1g)',
        description: 'A failed check is approved only with an override for it, with reason and document.',
        params: caseParams,
        body: handling,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { decision, reasons, overrides, note, expectedSeq: seq } = request.body;
      const text = {
        reasons,
        overrideReasons: overrides.map(({ code, reason }) => ({ code, reason })),
        ...(note ? { note } : {}),
      };
      return command(
        request,
        'handle-case',
        (by) => ({
          type: 'handle',
          by,
          outcome: decision,
          clauses: reasons.map((one) => one.clause),
          overrides: overrides.map((one) => ({ code: one.code, documentId: one.documentId })),
        }),
        {
          text,
          expectedSeq: seq,
          documents: Object.fromEntries(
            overrides.map((one, at) => [`overrides.${at}.documentId`, one.documentId] as const),
          ),
        },
      );
    },
  );

  app.post(
    '/v1/cases/:caseNo/review',
    {
      config: { may: 'review-case' },
      schema: {
        summary: '复核 · Second signature, by another person (N3.1g)',
        description: 'The outcome equals the handler’s, else 409 `differs-from-handling`; disagreement is `return`.',
        params: caseParams,
        body: review,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { decision, note, expectedSeq: seq } = request.body;
      const text = note ? { note } : {};
      return command(request, 'review-case', (by) => ({ type: 'review', by, outcome: decision }), {
        text,
        expectedSeq: seq,
      });
    },
  );

  app.post(
    '/v1/cases/:caseNo/withdrawal',
    {
      config: { may: 'withdraw-case' },
      schema: {
        summary: '撤回申请 · The applicant takes it back',
        params: caseParams,
        body: withdrawal,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { reason, expectedSeq: seq } = request.body;
      const text = reason ? { note: reason } : {};
      return command(request, 'withdraw-case', () => ({ type: 'withdraw' }), { text, expectedSeq: seq });
    },
  );
}
