import { z } from 'zod';
import {
  reconciliationId,
  type ReconciliationState,
  reconciliationStages,
} from '../../domain/payment/reconciliation.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { commandReconciliation, listReconciliations } from '../../store/reconciliation.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { page, pageQuery } from '../input.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';
import { fundFor, fundParams, readableFund } from './funds.ts';

const day = z
  .object({
    reconciliationId: z.string(),
    fund: z.string(),
    date: z.string(),
    stage: z.string(),
    stageLabel: z.string(),
    openedAt: z.string(),
    times: z.int().describe('how often it was run'),
    matching: z
      .object({
        lines: z.int(),
        badLines: z.int(),
        openingFen: z.int(),
        closingFen: z.int(),
        proven: z.boolean(),
        differences: z.int(),
        statementHash: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'Reconciliation' });

const view = (state: ReconciliationState) => ({
  ...state,
  reconciliationId: reconciliationId(state.fund, state.date),
  stageLabel: reconciliationStages[state.stage].label,
});

/** Bank days of a fund, held against the books (对账). */
export function reconciliationRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/funds/:org/reconciliations',
    {
      config: { may: 'see-fund' },
      schema: {
        summary: '对账 · Bank days of a fund, the latest first',
        params: fundParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: page(day), ...readProblems },
      },
    },
    async (request) => {
      const fund = readableFund(callerOf(request), request.params.org);
      const { cursor, limit } = request.query;
      const [before] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [null];
      const rows = await listReconciliations(store.db, fund, { before, limit: limit + 1 });
      const items = rows.slice(0, limit).map(view);
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? cursorOf([last.date]) : null };
    },
  );

  app.post(
    '/v1/funds/:org/reconciliations',
    {
      config: { may: 'add-budget' },
      schema: {
        summary: '重新对账 · Run a bank day, again and at any time: the same statement ends the same',
        params: fundParams,
        body: z.strictObject({ date: z.iso.date() }).meta({ id: 'RunReconciliation' }),
        response: { 202: day, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { fund } = fundFor(request.params.org);
      const { actor } = accessUnit(callerOf(request), 'add-budget', fund);
      const date = civilDate(request.body.date);
      return reply
        .code(202)
        .send(view(done(await commandReconciliation(store, claimOf(request), actor, { fund, date }))));
    },
  );
}
