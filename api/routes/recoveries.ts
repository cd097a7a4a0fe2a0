import { z } from 'zod';
import { type Fen, fen } from '../../domain/money.ts';
import type { App, Services } from '../app.ts';
import { caseParams } from '../case-command.ts';
import { civilDate, expectedSeq, line, prose } from '../input.ts';
import { commandOnRecovery, recoveryAnswers, why } from '../recovery-command.ts';
import { recovery } from '../recovery-view.ts';
import { commandProblems } from '../view.ts';

const amountFen = z
  .int()
  .min(1)
  .max(100_000_000_000)
  .transform((amount): Fen => fen(amount));
const plan = z
  .array(z.strictObject({ dueOn: civilDate, amountFen }))
  .min(1)
  .max(60);

/** Recovery of what should not have been paid (N3.4b): demanded by the agency on the order of HRSS, until it all came back. */
export function recoveryRoutes(app: App, services: Services): void {
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
        response: recoveryAnswers,
      },
    },
    (request) => {
      const { plan: days, note } = request.body;
      return commandOnRecovery(services, request, 'demand-recovery', {
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
        response: recoveryAnswers,
      },
    },
    (request) => {
      const { plan: days, reason } = request.body;
      return commandOnRecovery(services, request, 'demand-recovery', {
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
      const state = await commandOnRecovery(services, request, 'receive-recovery', {
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
      const state = await commandOnRecovery(services, request, 'demand-recovery', {
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
        response: recoveryAnswers,
      },
    },
    (request) => {
      const { reason } = request.body;
      return commandOnRecovery(services, request, 'receive-recovery', {
        command: (by) => ({ type: 'close', by }),
        ...(reason === undefined ? {} : { text: why(reason) }),
      });
    },
  );
}
