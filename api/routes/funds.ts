import { z } from 'zod';
import { fen } from '../../domain/money.ts';
import type { OrgCode } from '../../domain/ids.ts';
import { currentOrgCode, fundOf, orgUnit } from '../../domain/reference/org-units.ts';
import { banks } from '../../domain/payment/banks.ts';
import { NotFound } from '../../store/case.ts';
import { commandBudget, commandCarryOver } from '../../store/budget.ts';
import { bankOf, setBank } from '../../store/fund-bank.ts';
import type { Queryable } from '../../store/database.ts';
import { fundBalances } from '../../store/ledger.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import type { Caller } from '../auth.ts';
import { claimOf } from '../idempotency.ts';
import { commandProblems, done, readProblems } from '../view.ts';

export const fundParams = z.object({ org: z.string() });
export const balance = z
  .object({
    budgetYear: z.int(),
    budgetFen: z.int(),
    availableFen: z.int(),
    reservedFen: z.int(),
    obligatedFen: z.int(),
    spentFen: z.int(),
    returnedFen: z.int(),
    recoveredFen: z.int(),
    transferredFen: z.int(),
  })
  .meta({ id: 'FundBalance' });

/** A year of a fund after a command changed it. */
export const fundYear = balance
  .extend({ fund: z.string(), fundName: z.string().describe('the pooling region') })
  .meta({ id: 'FundYear' });

export const inFund = <T extends object>(fund: OrgCode, found: T) => ({
  fund,
  fundName: orgUnit(fund).name,
  ...found,
});

/** The fund of a unit's pooling region (N5.1). @throws NotFound */
export function fundFor(text: string) {
  const org = currentOrgCode(text);
  if (org === undefined) throw new NotFound(text);
  return { org, fund: fundOf(org) };
}

/** A fund's year as it stands. @throws Error where nothing was ever booked in it */
export async function balanceOf(db: Queryable, fund: OrgCode, year: number) {
  const found = (await fundBalances(db, fund)).find(({ budgetYear }) => budgetYear === year);
  if (!found) throw new Error(`${fund}/${year}: no balance`);
  return inFund(fund, found);
}

/** Reading: who may read what a unit draws on names it by the unit or by the region. @throws NotFound */
export function readableFund(caller: Caller, text: string): OrgCode {
  const { org, fund } = fundFor(text);
  const own = caller.org;
  accessUnit(caller, 'see-fund', own !== null && fundOf(own) === org ? own : org);
  return fund;
}

export function fundRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/funds/:org',
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '基金账户 · Balances by budget year, fen (N5.1)',
        params: fundParams,
        response: {
          200: z.object({
            ...{ fund: z.string(), fundName: z.string(), bank: z.string() },
            years: z.array(balance).readonly(),
          }),
          ...readProblems,
        },
      },
    },
    async (request) => {
      const fund = readableFund(callerOf(request), request.params.org);
      return inFund(fund, { bank: await bankOf(store.db, fund), years: await fundBalances(store.db, fund) });
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
          .strictObject({ year: z.int().min(2017).max(2100), amountFen: z.int().min(1).max(10_000_000_000_000) })
          .meta({ id: 'Budget' }),
        response: { 201: fundYear, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { fund } = fundFor(request.params.org);
      // The region's own unit, or one above it, decides on its budget: never one county for all.
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      const { year, amountFen } = request.body;
      const budget = { fund, budgetYear: year, amountFen: fen(amountFen) };
      return reply.code(201).send(inFund(fund, done(await commandBudget(store, claimOf(request), actor, budget))));
    },
  );

  app.post(
    '/v1/funds/:org/year-end',
    {
      config: { may: 'add-budget' },
      schema: {
        summary: '年终结转 · What is open of a year that is over moves into the present one (N5.1)',
        params: fundParams,
        body: z.strictObject({ year: z.int().min(2017).max(2100) }).meta({ id: 'YearEnd' }),
        response: {
          200: z.object({ fund: z.string(), fromYear: z.int(), cases: z.int(), amountFen: z.int() }),
          ...commandProblems,
        },
      },
    },
    async (request) => {
      const { fund } = fundFor(request.params.org);
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      return done(await commandCarryOver(store, claimOf(request), actor, { fund, year: request.body.year }));
    },
  );

  app.post(
    '/v1/funds/:org/bank',
    {
      config: { may: 'add-budget' },
      schema: {
        summary: '代发银行 · The bank through which the fund pays from now on (N3.3)',
        params: fundParams,
        body: z.strictObject({ bank: z.enum(banks) }).meta({ id: 'FundBank' }),
        response: { 200: z.object({ fund: z.string(), bank: z.string() }), ...commandProblems },
      },
    },
    async (request) => {
      const { fund } = fundFor(request.params.org);
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      return done(await setBank(store, claimOf(request), actor, { fund, bank: request.body.bank }));
    },
  );
}
