import { z } from 'zod';
import { NotFound } from '../../store/case.ts';
import {
  type BankDifference,
  closeDifference,
  differenceKinds,
  listDifferences,
  readDifference,
} from '../../store/bank-difference.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, page, pageQuery, prose } from '../input.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';

export const difference = z
  .object({
    id: z.int(),
    kind: z.string(),
    label: z.string(),
    next: z.string().describe('what to do about it'),
    org: z.string(),
    ref: z.string().describe('the order, statement line or day that it is about'),
    caseNo: z.string().nullable(),
    orderNo: z.string().nullable(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    times: z.int(),
    firstAt: z.string(),
    lastAt: z.string(),
    closedAt: z.string().nullable(),
  })
  .meta({ id: 'BankDifference' });

/** What does not agree with the bank, or came in its name and was refused: alarms for finance. */
export function bankDifferenceRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/bank-differences',
    {
      config: { may: 'see-payments' },
      schema: {
        summary: '银行差异 · Differences and refused callbacks, the oldest first',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional(), open: z.stringbool().optional() }),
        response: { 200: page(difference), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org, open } = request.query;
      const orgs = unitsFor(callerOf(request), 'see-payments', org);
      const [after] = positionOf(cursor, z.tuple([cursorPart.number])) ?? [0];
      const rows = await listDifferences(store.db, orgs, { open, after, limit: limit + 1 });
      const items = rows.slice(0, limit).map(differenceView);
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? cursorOf([last.id]) : null };
    },
  );

  app.post(
    '/v1/bank-differences/:id/closure',
    {
      config: { may: 'close-difference' },
      schema: {
        summary: '差异处理 · Somebody looked at it and says what it was',
        description: 'It changes no order: what is put right is put right by the bank’s new word.',
        params: z.object({ id: z.string() }),
        body: z.strictObject({ note: prose(1_000) }).meta({ id: 'DifferenceClosure' }),
        response: { 200: z.object({ id: z.int() }), ...commandProblems },
      },
    },
    async (request) => {
      const { id: text } = request.params;
      if (!/^\d{1,15}$/.test(text)) throw new NotFound(text);
      const { id, org } = await readDifference(store.db, Number(text));
      const { actor } = accessUnit(callerOf(request), 'close-difference', org);
      return done(await closeDifference(store, claimOf(request), actor, id, request.body.note));
    },
  );
}

export type DifferenceView = z.input<typeof difference>;
export const differenceView = (one: BankDifference): DifferenceView => ({ ...one, ...differenceKinds[one.kind] });
