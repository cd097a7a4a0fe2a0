import { z } from 'zod';
import { adjustmentFund, type AdjustmentState, adjustmentStages } from '../../domain/fund/adjustment.ts';
import { type Fen, fen } from '../../domain/money.ts';
import { listAdjustments, readAdjustment } from '../../store/adjustment.ts';
import { commandBudget, declineAdjustment, grantAdjustment } from '../../store/budget.ts';
import { NotFound } from '../../store/case.ts';
import { fundBalances } from '../../store/ledger.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, page, pageQuery, prose } from '../input.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';
import { balance, fundYear, inFund } from './funds.ts';

const request = z
  .object({
    requestId: z.string(),
    stage: z.string(),
    stageLabel: z.string(),
    fund: z.string(),
    budgetYear: z.int(),
    askedFen: z.int(),
    askedAt: z.string(),
    grantedFen: z.int().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: z.string().nullable(),
  })
  .meta({ id: 'AdjustmentRequest' });
const amount = z
  .int()
  .min(1)
  .max(10_000_000_000_000)
  .transform((value): Fen => fen(value));
const params = z.object({ requestId: z.string() });
const known = (text: string): string => {
  if (!/^\d{6}-\d{4}-\d{1,6}$/.test(text)) throw new NotFound(text);
  return text;
};
const view = (state: AdjustmentState) => ({ ...state, stageLabel: adjustmentStages[state.stage].label });

/** Adjustment money of the province for regions whose fund is short (调剂金, N5.2). */
export function adjustmentRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/adjustment-requests',
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '调剂金申请 · What regions lack, asked for by the system itself (N5.2)',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional(), open: z.stringbool().optional() }),
        response: { 200: page(request), ...readProblems },
      },
    },
    async (asked) => {
      const { cursor, limit, org, open } = asked.query;
      const funds = unitsFor(callerOf(asked), 'see-fund', org);
      const [before] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [null];
      const rows = await listAdjustments(store.db, funds, { open, before, limit: limit + 1 });
      const items = rows.slice(0, limit).map(view);
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? cursorOf([last.requestId]) : null };
    },
  );

  app.post(
    '/v1/adjustment-requests/:requestId/grant',
    {
      config: { may: 'grant-adjustment' },
      schema: {
        summary: '拨付调剂金 · Out of the province’s books into the region’s; waiting cases go on (N5.2)',
        params,
        body: z.strictObject({ amountFen: amount }).meta({ id: 'Grant' }),
        response: { 200: request.extend({ reserved: z.int() }), ...commandProblems },
      },
    },
    async (asked) => {
      const requestId = known(asked.params.requestId);
      const { actor } = accessUnit(callerOf(asked), 'grant-adjustment', adjustmentFund);
      const { amountFen } = asked.body;
      const granted = done(await grantAdjustment(store, claimOf(asked), actor, { requestId, amountFen }));
      return { ...view(granted.request), reserved: granted.reserved };
    },
  );

  app.post(
    '/v1/adjustment-requests/:requestId/declination',
    {
      config: { may: 'grant-adjustment' },
      schema: {
        summary: '不予调剂 · The province says no, and why',
        params,
        body: z.strictObject({ reason: prose(1_000) }).meta({ id: 'Declination' }),
        response: { 200: request, ...commandProblems },
      },
    },
    async (asked) => {
      const requestId = known(asked.params.requestId);
      const { actor } = accessUnit(callerOf(asked), 'grant-adjustment', adjustmentFund);
      const { reason } = asked.body;
      return view(done(await declineAdjustment(store, claimOf(asked), actor, { requestId, reason })));
    },
  );

  app.get(
    '/v1/adjustment-requests/:requestId',
    {
      config: { may: 'see-fund' },
      schema: { summary: '调剂金申请 · One request', params, response: { 200: request, ...readProblems } },
    },
    async (asked) => {
      const state = await readAdjustment(store.db, known(asked.params.requestId));
      accessUnit(callerOf(asked), 'see-fund', state.fund);
      return view(state);
    },
  );

  app.get(
    '/v1/adjustment-fund',
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '调剂金账户 · Balances of the adjustment money by budget year, fen',
        response: { 200: z.object({ years: z.array(balance).readonly() }), ...readProblems },
      },
    },
    async (asked) => {
      accessUnit(callerOf(asked), 'see-fund', adjustmentFund);
      return { years: await fundBalances(store.db, adjustmentFund) };
    },
  );

  app.post(
    '/v1/adjustment-fund/budgets',
    {
      config: { may: 'grant-adjustment' },
      schema: {
        summary: '调剂金预算 · Add to the adjustment money of a year',
        body: z.strictObject({ year: z.int().min(2017).max(2100), amountFen: amount }).meta({ id: 'AdjustmentBudget' }),
        response: { 201: fundYear, ...commandProblems },
      },
    },
    async (asked, reply) => {
      const { actor } = accessUnit(callerOf(asked), 'grant-adjustment', adjustmentFund);
      const { year, amountFen } = asked.body;
      const budget = { fund: adjustmentFund, budgetYear: year, amountFen };
      const after = done(await commandBudget(store, claimOf(asked), actor, budget));
      return reply.code(201).send(inFund(adjustmentFund, after));
    },
  );
}
