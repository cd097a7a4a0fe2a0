import { z } from 'zod';
import { adjustmentFund } from '../../domain/fund/adjustment.ts';
import { correctionRefusals, correctionStages } from '../../domain/fund/correction.ts';
import type { OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import {
  type Correction,
  decideOnCorrection,
  listCorrections,
  proposeCorrection,
} from '../../store/budget-correction.ts';
import { NotFound } from '../../store/case.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import type { Caller } from '../auth.ts';
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
const view = (one: Correction) => inFund(one.fund, { ...one, stageLabel: correctionStages[one.stage].label });

/** Whose budget it is: where its routes are, and which fund their path names, to read and to change. */
interface Books {
  readonly base: string;
  readonly params: z.ZodType<{ org?: string }>;
  readonly oneOf: z.ZodType<{ org?: string; correctionId: string }>;
  readonly readable: (caller: Caller, org: string) => OrgCode;
  readonly fundIn: (org: string) => OrgCode;
}

const ofAFund: Books = {
  base: '/v1/funds/:org',
  params: fundParams,
  oneOf: fundParams.extend({ correctionId: z.string() }),
  readable: readableFund,
  fundIn: (org) => fundFor(org).fund,
};
const ofTheProvince: Books = {
  base: '/v1/adjustment-fund',
  params: z.object({}),
  oneOf: z.object({ correctionId: z.string() }),
  readable: (caller) => {
    accessUnit(caller, 'see-fund', adjustmentFund);
    return adjustmentFund;
  },
  fundIn: () => adjustmentFund,
};

/** Budget that was entered too high: one of finance says so, another confirms (N5.2). Adjustment money likewise. */
export function budgetCorrectionRoutes(app: App, services: Services): void {
  for (const books of [ofAFund, ofTheProvince]) correctionsOf(app, services, books);
}

function correctionsOf(app: App, services: Services, { base, params, oneOf, readable, fundIn }: Books): void {
  const { store } = services;

  app.get(
    `${base}/budget-corrections`,
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '预算更正 · Corrections of a fund’s budget, the latest first',
        params,
        response: { 200: z.object({ items: z.array(correction).readonly(), next: z.null() }), ...readProblems },
      },
    },
    async (request) => {
      const fund = readable(callerOf(request), request.params.org ?? '');
      return { items: (await listCorrections(store, fund)).map(view), next: null };
    },
  );

  app.post(
    `${base}/budget-corrections`,
    {
      config: { may: 'add-budget' },
      schema: {
        summary: '提出预算更正 · A budget was entered too high; another person confirms (N5.2)',
        description: 'Only what nothing was promised from yet can be taken back: else 409 `budget-in-use`, `freeFen`.',
        params,
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
      const fund = fundIn(request.params.org ?? '');
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      const { year, amountFen, reason } = request.body;
      const asked = { fund, budgetYear: year, amountFen: fen(amountFen), reason };
      const proposed = done(await proposeCorrection(store, claimOf(request), actor, asked), correctionRefusals);
      return reply.code(201).send(view(proposed));
    },
  );

  app.post(
    `${base}/budget-corrections/:correctionId/decision`,
    {
      config: { may: 'confirm-budget' },
      schema: {
        summary: '确认预算更正 · Another person takes it out of the budget, or declines',
        params: oneOf,
        body: z.strictObject({ accepted: z.boolean() }).meta({ id: 'BudgetCorrectionDecision' }),
        response: { 200: correction.extend({ year: fundYear }), ...commandProblems },
      },
    },
    async (request) => {
      const { correctionId, org = '' } = request.params;
      const fund = fundIn(org);
      if (!correctionId.startsWith(`${fund}-`)) throw new NotFound(correctionId);
      const { actor } = accessUnit(callerOf(request), 'confirm-budget', fund);
      const asked = { correctionId, accepted: request.body.accepted };
      const decided = done(await decideOnCorrection(store, claimOf(request), actor, asked), correctionRefusals);
      return { ...view(decided), year: await balanceOf(store.db, fund, decided.budgetYear) };
    },
  );
}
