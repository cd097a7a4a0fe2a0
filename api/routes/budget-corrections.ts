import { z } from 'zod';
import { correctionRefusals, correctionStages } from '../../domain/fund/correction.ts';
import { fen } from '../../domain/money.ts';
import {
  type Correction,
  decideOnCorrection,
  listCorrections,
  proposeCorrection,
} from '../../store/budget-correction.ts';
import { NotFound } from '../../store/case.ts';
import { accessUnit, callerOf, stillMayIn } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { prose } from '../input.ts';
import { commandProblems, done, readProblems } from '../view.ts';
import { balanceOf, fundFor, fundParams, fundYear, inFund, readableFund } from './funds.ts';

const correction = z
  .object({
    correctionId: z.string(),
    stage: z.string(),
    stageLabel: z.string(),
    fund: z.string(),
    fundName: z.string(),
    budgetYear: z.int(),
    amountFen: z.int().describe('taken back out of the budget'),
    reason: z.string(),
    proposedBy: z.string(),
    proposedAt: z.string(),
    decidedBy: z.string().nullable(),
    decidedAt: z.string().nullable(),
  })
  .meta({ id: 'BudgetCorrection' });
const params = fundParams.extend({ correctionId: z.string() });
const view = (one: Correction) => inFund(one.fund, { ...one, stageLabel: correctionStages[one.stage].label });

/** Budget that was entered too high: one of finance says so, another confirms (N5.2). */
export function budgetCorrectionRoutes(app: App, services: Services): void {
  const { store } = services;

  app.get(
    '/v1/funds/:org/budget-corrections',
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '预算更正 · Corrections of a fund’s budget, the latest first',
        params: fundParams,
        response: { 200: z.object({ items: z.array(correction).readonly(), next: z.null() }), ...readProblems },
      },
    },
    async (request) => {
      const fund = readableFund(callerOf(request), request.params.org);
      return { items: (await listCorrections(store, fund)).map(view), next: null };
    },
  );

  app.post(
    '/v1/funds/:org/budget-corrections',
    {
      config: { may: 'add-budget' },
      schema: {
        summary: '提出预算更正 · A budget was entered too high; another person confirms (N5.2)',
        description: 'Only what nothing was promised from yet can be taken back: else 409 `budget-in-use`, `freeFen`.',
        params: fundParams,
        body: z
          .strictObject({
            year: z.int().min(2017).max(2100),
            amountFen: z.int().min(1).max(10_000_000_000_000).describe('how much too high'),
            reason: prose(1_000),
          })
          .meta({ id: 'ProposeBudgetCorrection' }),
        response: { 201: correction, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { fund } = fundFor(request.params.org);
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      const { year, amountFen, reason } = request.body;
      const asked = { fund, budgetYear: year, amountFen: fen(amountFen), reason };
      const proposed = done(await proposeCorrection(store, claimOf(request), actor, asked), correctionRefusals);
      return reply.code(201).send(view(proposed));
    },
  );

  app.post(
    '/v1/funds/:org/budget-corrections/:correctionId/decision',
    {
      config: { may: 'confirm-budget' },
      schema: {
        summary: '确认预算更正 · Another person takes it out of the budget, or declines',
        params,
        body: z.strictObject({ accepted: z.boolean() }).meta({ id: 'BudgetCorrectionDecision' }),
        response: { 200: correction.extend({ year: fundYear }), ...commandProblems },
      },
    },
    async (request) => {
      const { correctionId } = request.params;
      const { fund } = fundFor(request.params.org);
      if (!correctionId.startsWith(`${fund}-`)) throw new NotFound(correctionId);
      const caller = callerOf(request);
      const { actor } = accessUnit(caller, 'confirm-budget', fund);
      const asked = { correctionId, accepted: request.body.accepted };
      const stillMay = stillMayIn(services, caller, 'confirm-budget', fund);
      const decided = done(
        await decideOnCorrection(store, claimOf(request), actor, asked, stillMay),
        correctionRefusals,
      );
      return { ...view(decided), year: await balanceOf(store.db, fund, decided.budgetYear) };
    },
  );
}
