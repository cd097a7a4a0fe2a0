import { z } from 'zod';
import { fen } from '../../domain/money.ts';
import { currentOrgCode, fundOf } from '../../domain/reference/org-units.ts';
import { NotFound } from '../../store/case.ts';
import { commandBudget, fundBalances } from '../../store/ledger.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { commandProblems, done, readProblems } from '../view.ts';

const fundParams = z.object({ org: z.string() });
const balance = z
  .object({
    budgetYear: z.int(),
    budgetFen: z.int(),
    availableFen: z.int(),
    reservedFen: z.int(),
    obligatedFen: z.int(),
    spentFen: z.int(),
  })
  .meta({ id: 'FundBalance' });

/** The fund of a unit's pooling region (N5.1). @throws NotFound */
function fundFor(text: string) {
  const org = currentOrgCode(text);
  if (org === undefined) throw new NotFound(text);
  return { org, fund: fundOf(org) };
}

export function fundRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/funds/:org',
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '基金账户 · Balances by budget year, fen (N5.1)',
        params: fundParams,
        response: { 200: z.object({ fund: z.string(), years: z.array(balance).readonly() }), ...readProblems },
      },
    },
    async (request) => {
      const { org, fund } = fundFor(request.params.org);
      accessUnit(callerOf(request), 'see-fund', org);
      return { fund, years: await fundBalances(store.db, fund) };
    },
  );

  app.post(
    '/v1/funds/:org/budgets',
    {
      config: { may: 'add-budget' },
      schema: {
        summary: '预算 · Add to the budget of a year (N5.2)',
        params: fundParams,
        body: z
          .strictObject({ year: z.int().min(2017).max(2100), amountFen: z.int().min(1).max(1_000_000_000_000_000) })
          .meta({ id: 'Budget' }),
        response: { 201: balance, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { fund } = fundFor(request.params.org);
      // The region's own unit, or one above it, decides on its budget: never one county for all.
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      const { year, amountFen } = request.body;
      const budget = { fund, budgetYear: year, amountFen: fen(amountFen) };
      return reply.code(201).send(done(await commandBudget(store, claimOf(request), actor, budget)));
    },
  );
}
