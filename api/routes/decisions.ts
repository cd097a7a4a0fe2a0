import { z } from 'zod';
import { checkCodes } from '../../domain/policy/check.ts';
import { dateOf } from '../../domain/time.ts';
import { canonicalOccupation, occupationsOf } from '../../domain/policy/occupations.ts';
import { awaitLookUps } from '../../store/await-look-ups.ts';
import { businessNow } from '../../store/clock.ts';
import { answeredFile } from '../../store/look-up.ts';
import type { Store } from '../../store/store.ts';
import { accessCase } from '../access.ts';
import type { App, Services } from '../app.ts';
import { caseParams, commandOnCase } from '../case-command.ts';
import { documentId, expectedSeq, line, prose, remark, saidWithTheRest } from '../input.ts';
import { type FieldError, invalid } from '../problems.ts';
import { caseAnswerView, commandProblems } from '../view.ts';

const clause = z.string().regex(/^N\d(\.\d+[a-z]?)?$/, '应为通知条款编号，例如 N1.1。');

/** Why not, by clause; sentences to choose from are at `GET /v1/refusal-reasons`. */
export const reasonList = z
  .array(z.strictObject({ clause, text: prose(1_000) }))
  .max(20)
  .default([]);

/** Left out it is an empty list, which is filled in only where nothing else is wrong. */
export const isEmpty = (list: unknown): boolean => list === undefined || (Array.isArray(list) && list.length === 0);

const handling = z
  .strictObject({
    decision: z.enum(['approve', 'refuse', 'supplement', 'registration']),
    reasons: reasonList,
    overrides: z
      .array(z.strictObject({ code: z.enum(checkCodes), reason: line(500), documentId }))
      .max(20)
      .default([]),
    occupation: line(100).optional().describe('sets the canonical one (N4.3): a name of the list or an alias'),
    note: remark(2_000),
    expectedSeq,
  })
  .refine(({ decision, reasons }) => decision !== 'refuse' || !isEmpty(reasons), {
    path: ['reasons'],
    message: '不予通过必须说明理由。',
    ...saidWithTheRest,
  })
  .refine(({ decision, reasons, note }) => decision !== 'supplement' || !isEmpty(reasons) || Boolean(note), {
    path: ['reasons'],
    message: '请一次性列明需要补正的全部内容。',
    ...saidWithTheRest,
  })
  .meta({ id: 'Handling' });

const review = z
  .strictObject({
    decision: z.enum(['approve', 'refuse', 'return']),
    note: remark(2_000),
    expectedSeq,
  })
  .refine(({ decision, note }) => decision !== 'return' || Boolean(note), {
    path: ['note'],
    message: '退回须说明原因。',
    ...saidWithTheRest,
  })
  .meta({ id: 'Review' });

const withdrawal = z
  .preprocess((body) => body ?? {}, z.strictObject({ reason: remark(1_000), expectedSeq }))
  .meta({ id: 'Withdrawal' });

/** The canonical name of what a handler says the certificate is for, by the list of today; null: the list has none. */
async function canonicalName({ db, rules }: Store, occupation: string): Promise<string | null> {
  const policy = await rules.policyOn(db, dateOf(await businessNow(db)));
  const { name, known } = canonicalOccupation(occupation, occupationsOf(policy));
  return known ? name : null;
}
const notCanonical: FieldError = {
  path: 'occupation',
  code: 'not-canonical',
  message: '不是标准名称表中的职业（工种）名称或别名；确属新职业的，请先由省级在政策版本中增补。',
};

/** What people decide on a case (N3.1g) and the applicant's withdrawal. */
export function decisionRoutes(app: App, services: Services): void {
  app.post(
    '/v1/cases/:caseNo/handling',
    {
      config: { may: 'handle-case' },
      schema: {
        summary: '经办审核 · First signature (N3.1g)',
        description:
          'A failed check is approved only with an override for it, with reason and document. `supplement` and ' +
          '`registration` ask the applicant, once each, and need no second signature; `reasons` is the complete list. ' +
          '`occupation` is recorded first and the checks are made again under it; claimed by another case → 409 with `otherCase`.',
        params: caseParams,
        body: handling,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const { store } = services;
      const { decision, reasons, overrides, note, expectedSeq: seq } = request.body;
      const occupation = request.body.occupation && (await canonicalName(store, request.body.occupation));
      // Where the list was written as a note, it is the list all the same.
      const list =
        decision === 'supplement' && reasons.length === 0 && note ? [{ clause: 'N3.1a', text: note }] : reasons;
      const text = {
        reasons: list,
        overrideReasons: overrides.map(({ code, reason }) => ({ code, reason })),
        ...(note ? { note } : {}),
      };
      return commandOnCase(
        services,
        request,
        'handle-case',
        ({ by }) => ({
          type: 'handle',
          by,
          outcome: decision,
          clauses: list.map((one) => one.clause),
          overrides: overrides.map((one) => ({ code: one.code, documentId: one.documentId })),
          ...(occupation ? { occupation } : {}),
        }),
        {
          text,
          expectedSeq: seq,
          problems: () => Promise.resolve(occupation === null ? [notCanonical] : []),
          ...(occupation ? { file: (tx, { state }) => answeredFile(tx, store, state) } : {}),
          documents: overrides.map((one, at) => ({ path: `overrides.${at}.documentId`, documentId: one.documentId })),
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
    async (request) => {
      const { decision, note, expectedSeq: seq } = request.body;
      const text = note ? { note } : {};
      if (decision === 'refuse') {
        const { caseNo } = await accessCase(services, request, 'review-case', request.params.caseNo);
        await awaitLookUps(services.store, caseNo);
      }
      return commandOnCase(services, request, 'review-case', ({ by }) => ({ type: 'review', by, outcome: decision }), {
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
        description: 'By a handler at her request: with `reason`, else 422, and she is told, by letter if need be.',
        params: caseParams,
        body: withdrawal,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const { reason, expectedSeq: seq } = request.body;
      const { role } = await accessCase(services, request, 'withdraw-case', request.params.caseNo);
      if (role === 'applicant') {
        const text = reason ? { note: reason } : {};
        return commandOnCase(services, request, 'withdraw-case', () => ({ type: 'withdraw' }), {
          text,
          expectedSeq: seq,
        });
      }
      const message = '代申请人撤回须说明原因：申请人何时、以何种方式提出撤回。';
      if (!reason) throw invalid([{ path: 'reason', code: 'required', message }]);
      return commandOnCase(services, request, 'withdraw-case', ({ by }) => ({ type: 'withdraw', by }), {
        text: { reasons: [{ clause: 'N2', text: reason }] },
        expectedSeq: seq,
      });
    },
  );
}
