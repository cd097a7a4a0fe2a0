import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { type Fen, fen } from '../../domain/money.ts';
import type { CaseText } from '../../domain/case/events.ts';
import { type RecoveryCommand, recoveryRefusals } from '../../domain/recovery/decide.ts';
import type { Action } from '../../domain/rights.ts';
import type { DocumentId, Sub } from '../../domain/ids.ts';
import { commandRecovery } from '../../store/recovery.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { staffOf } from '../auth.ts';
import { namedDocuments, requireDocuments } from '../documents.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, documentId, expectedSeq, line, prose } from '../input.ts';
import { recovery, recoveryView } from '../recovery-view.ts';
import { commandProblems, done } from '../view.ts';

const caseParams = z.object({ caseNo: z.string() });
const amountFen = z
  .int()
  .min(1)
  .max(100_000_000_000)
  .transform((amount): Fen => fen(amount));
const plan = z
  .array(z.strictObject({ dueOn: civilDate, amountFen }))
  .min(1)
  .max(60);
const reasonedFields = { reason: prose(5_000), documentId: documentId.optional(), expectedSeq };
const reasoned = z.strictObject(reasonedFields).meta({ id: 'Reasoned' });

/** Recovery of what should not have been paid (N3.4b): demanded by the agency on the order of HRSS. */
export function recoveryRoutes(app: App, services: Services): void {
  const { store } = services;

  interface Asked {
    readonly command: (by: Sub) => RecoveryCommand;
    readonly text?: CaseText;
    readonly documentId?: DocumentId | undefined;
  }

  type Request = FastifyRequest<{ Params: { caseNo: string }; Body: { expectedSeq?: number | undefined } }>;

  /** One command on the recovery; its words are sealed beside the event, its paper becomes the case's. */
  async function give(request: Request, action: Action, asked: Asked) {
    const access = await accessCase(services, request, action, request.params.caseNo);
    const caller = callerOf(request);
    const actor = staffOf(caller, access.role);
    const named = namedDocuments({ documentId: asked.documentId });
    await requireDocuments(store, caller, access.caseNo, named);
    const documents = { uploader: caller.callerKey, ids: named.map((one) => one.documentId) };
    const { expectedSeq: seq } = request.body;
    const beside = {
      ...(asked.text ? { text: asked.text } : {}),
      documents,
      expectedSeq: seq,
      stillMay: access.stillMay,
    };
    const command = asked.command(actor.sub);
    const state = done(
      await commandRecovery(store, claimOf(request), actor, access.caseNo, command, beside),
      recoveryRefusals,
    );
    return recoveryView(request, state);
  }

  const why = (text: string): CaseText => ({ reasons: [{ clause: 'N3.4b', text }] });
  const answers = { 200: recovery, ...commandProblems };

  app.post(
    '/v1/recoveries/:caseNo/demand',
    {
      config: { may: 'demand-recovery' },
      schema: {
        summary: '催缴 · The agency demands the money, at once or by a plan of instalments',
        params: caseParams,
        body: z.preprocess(
          (body) => body ?? {},
          z.strictObject({ plan: plan.optional(), note: line(500).optional(), expectedSeq }),
        ),
        response: answers,
      },
    },
    (request) => {
      const { plan: days, note } = request.body;
      return give(request, 'demand-recovery', {
        command: (by) => ({ type: 'demand', by, plan: days ?? null }),
        ...(note === undefined ? {} : { text: { note } }),
      });
    },
  );

  app.post(
    '/v1/recoveries/:caseNo/plan',
    {
      config: { may: 'demand-recovery' },
      schema: {
        summary: '变更分期计划 · Another plan of instalments over what is still owed',
        params: caseParams,
        body: z.strictObject({ plan, reason: prose(5_000), expectedSeq }).meta({ id: 'RecoveryPlan' }),
        response: answers,
      },
    },
    (request) => {
      const { plan: days, reason } = request.body;
      return give(request, 'demand-recovery', {
        command: (by) => ({ type: 'change-plan', by, plan: days }),
        text: why(reason),
      });
    },
  );

  app.post(
    '/v1/recoveries/:caseNo/instalments',
    {
      config: { may: 'receive-recovery' },
      schema: {
        summary: '登记退款 · Money that came in, a part or more than is owed',
        params: caseParams,
        body: z
          .strictObject({
            amountFen,
            receivedOn: civilDate.describe('when it was credited to the fund'),
            reference: line(200).optional().describe("the bank's slip"),
            expectedSeq,
          })
          .meta({ id: 'RecoveryInstalment' }),
        response: { 201: recovery, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { amountFen: amount, receivedOn, reference } = request.body;
      const state = await give(request, 'receive-recovery', {
        command: (by) => ({ type: 'receive', by, amountFen: amount, receivedOn }),
        ...(reference === undefined ? {} : { text: { note: reference } }),
      });
      return reply.code(201).send(state);
    },
  );

  app.post(
    '/v1/recoveries/:caseNo/refunds',
    {
      config: { may: 'demand-recovery' },
      schema: {
        summary: '退还多收款 · What came in beyond what was owed goes back',
        params: caseParams,
        body: z
          .strictObject({ amountFen, paidOn: civilDate, reference: line(200).optional(), expectedSeq })
          .meta({ id: 'RecoveryRefund' }),
        response: { 201: recovery, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { amountFen: amount, paidOn, reference } = request.body;
      const state = await give(request, 'demand-recovery', {
        command: (by) => ({ type: 'give-back', by, amountFen: amount, paidOn }),
        ...(reference === undefined ? {} : { text: { note: reference } }),
      });
      return reply.code(201).send(state);
    },
  );

  app.post(
    '/v1/recoveries/:caseNo/closure',
    {
      config: { may: 'receive-recovery' },
      schema: {
        summary: '追回结案 · Everything came back, and nothing too much was kept',
        params: caseParams,
        body: z.preprocess((body) => body ?? {}, z.strictObject({ reason: prose(5_000).optional(), expectedSeq })),
        response: answers,
      },
    },
    (request) => {
      const { reason } = request.body;
      return give(request, 'receive-recovery', {
        command: (by) => ({ type: 'close', by }),
        ...(reason === undefined ? {} : { text: why(reason) }),
      });
    },
  );

  const withReason: readonly {
    readonly path: string;
    readonly may: Action;
    readonly summary: string;
    readonly command: (by: Sub, documentId: DocumentId | null) => RecoveryCommand;
  }[] = [
    {
      path: 'write-off',
      may: 'propose-write-off',
      summary: '申请核销 · Proposes to give up what is still owed; another person decides',
      command: (by) => ({ type: 'propose-write-off', by }),
    },
    {
      path: 'referral',
      may: 'order-recovery',
      summary: '移送司法机关 · A suspected crime is handed over; the recovery goes on (N6.3)',
      command: (by, paper) => ({ type: 'refer-crime', by, documentId: paper }),
    },
    {
      path: 'enforcement',
      may: 'order-recovery',
      summary: '申请法院强制执行 · A court is asked to enforce the order',
      command: (by, paper) => ({ type: 'request-enforcement', by, documentId: paper }),
    },
  ];
  for (const { path, may, summary, command } of withReason) {
    app.post(
      `/v1/recoveries/:caseNo/${path}`,
      {
        config: { may },
        schema: { summary, params: caseParams, body: reasoned, response: answers },
      },
      (request) => {
        const { reason, documentId: paper } = request.body;
        const asked = { command: (by: Sub) => command(by, paper ?? null), text: why(reason), documentId: paper };
        return give(request, may, asked);
      },
    );
  }

  app.post(
    '/v1/recoveries/:caseNo/write-off/decision',
    {
      config: { may: 'decide-write-off' },
      schema: {
        summary: '核销复核 · Another person gives the rest up, or declines',
        params: caseParams,
        body: z
          .strictObject({ accepted: z.boolean(), reason: prose(5_000), expectedSeq })
          .meta({ id: 'WriteOffDecision' }),
        response: answers,
      },
    },
    (request) => {
      const { accepted, reason } = request.body;
      return give(request, 'decide-write-off', {
        command: (by) => ({ type: 'decide-write-off', by, accepted }),
        text: why(reason),
      });
    },
  );

  app.post(
    '/v1/recoveries/:caseNo/enforcement/outcome',
    {
      config: { may: 'order-recovery' },
      schema: {
        summary: '执行结果 · What the court could do: everything came in, or it ended without',
        params: caseParams,
        body: z
          .strictObject({ outcome: z.enum(['satisfied', 'unsuccessful']), ...reasonedFields })
          .meta({ id: 'EnforcementOutcome' }),
        response: answers,
      },
    },
    (request) => {
      const { outcome, reason, documentId: paper } = request.body;
      return give(request, 'order-recovery', {
        command: (by) => ({ type: 'end-enforcement', by, outcome }),
        text: why(reason),
        documentId: paper,
      });
    },
  );
}
