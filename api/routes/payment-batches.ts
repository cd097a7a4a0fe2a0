import { z } from 'zod';
import type { BatchId } from '../../domain/ids.ts';
import { type Fen, fen } from '../../domain/money.ts';
import { batchStages, type BatchState } from '../../domain/payment/batch.ts';
import { NotFound } from '../../store/case.ts';
import { batchOrders, batchPosition, cancelBatch, listBatches, readBatch } from '../../store/batch.ts';
import { prepareBatch } from '../../store/batch-prepare.ts';
import { releaseBatch } from '../../store/batch-release.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, page, pageQuery } from '../input.ts';
import { batchRefusals } from '../../domain/payment/decide-batch.ts';
import { commandProblems, cursorOf, cursorPart, deadlineView, done, positionOf, readProblems } from '../view.ts';

const batchParams = z.object({ batchId: z.string() });
const list = { batchId: z.string(), orders: z.int(), totalFen: z.int(), listHash: z.string() };
const leftOut = z.object({ caseNo: z.string(), reason: z.string(), reasonLabel: z.string() }).meta({ id: 'LeftOut' });
const batch = z
  .object({
    ...list,
    org: z.string(),
    fund: z.string(),
    stage: z.string(),
    stageLabel: z.string(),
    preparedBy: z.string(),
    preparedAt: z.string(),
    releasedBy: z.string().nullable(),
    expires: deadlineView,
  })
  .meta({ id: 'PaymentBatch' });
const order = z.object({
  orderNo: z.string().nullable().describe('null: `prepared`, its number comes with the release'),
  caseNo: z.string(),
  amountFen: z.int(),
  status: z.string(),
});
const amountFen = z
  .int()
  .min(0)
  .transform((amount): Fen => fen(amount));

const known = (text: string): BatchId => {
  if (!/^\d{6}-\d{4}-\d{2}-\d{2}-\d+$/.test(text)) throw new NotFound(text);
  return text as BatchId;
};

/** Payment batches: prepared by one finance person, released by another (N3.3). */
export function paymentBatchRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/v1/payment-batches',
    {
      config: { may: 'prepare-payments' },
      schema: {
        summary: '制单 · Prepare a batch of every payable case (N3.3)',
        description: 'Cases that can’t be paid yet are in `leftOut`, with what they wait for.',
        body: z.strictObject({ org: orgCode }).meta({ id: 'PrepareBatch' }),
        response: { 201: z.object({ ...list, leftOut: z.array(leftOut).readonly() }), ...commandProblems },
      },
    },
    async (request, reply) => {
      const { org } = request.body;
      const { actor } = accessUnit(callerOf(request), 'prepare-payments', org);
      return reply.code(201).send(done(await prepareBatch(store, claimOf(request), actor, org)));
    },
  );

  app.post(
    '/v1/payment-batches/:batchId/release',
    {
      config: { may: 'release-payments' },
      schema: {
        summary: '复核发放 · Another person confirms sum and list: the point of no return (N3.3)',
        description: 'A list that changed → 409 `batch-changed` with the new one.',
        params: batchParams,
        body: z.strictObject({ totalFen: amountFen, listHash: z.string().max(128) }).meta({ id: 'ReleaseBatch' }),
        response: { 200: z.object(list), ...commandProblems },
      },
    },
    async (request) => {
      const batchId = known(request.params.batchId);
      const { org } = await readBatch(store, batchId);
      const { actor } = accessUnit(callerOf(request), 'release-payments', org);
      const released = await releaseBatch(store, claimOf(request), actor, batchId, request.body);
      return done(released, batchRefusals);
    },
  );

  app.post(
    '/v1/payment-batches/:batchId/cancellation',
    {
      config: { may: 'release-payments' },
      schema: {
        summary: '取消制单 · Give the cases back',
        params: batchParams,
        body: z.preprocess((body) => body ?? {}, z.strictObject({})),
        response: { 200: z.object({ batchId: z.string() }), ...commandProblems },
      },
    },
    async (request) => {
      const batchId = known(request.params.batchId);
      const { org } = await readBatch(store, batchId);
      const { actor } = accessUnit(callerOf(request), 'release-payments', org);
      return done(await cancelBatch(store, claimOf(request), actor, batchId), batchRefusals);
    },
  );

  app.get(
    '/v1/payment-batches/:batchId',
    {
      config: { may: 'see-payments' },
      schema: {
        summary: '发放批次 · A batch with its orders; before release the list that is to be confirmed',
        params: batchParams,
        querystring: z.strictObject(pageQuery),
        response: {
          200: batch.extend({ items: z.array(order).readonly(), next: z.string().nullable() }),
          ...readProblems,
        },
      },
    },
    async (request) => {
      const batchId = known(request.params.batchId);
      const state = await readBatch(store, batchId);
      accessUnit(callerOf(request), 'see-payments', state.org);
      const { cursor, limit } = request.query;
      const [after] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [''];
      const rows = await batchOrders(store, batchId, { after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { ...view(state), items, next: rows.length > limit && last ? cursorOf([last.caseNo]) : null };
    },
  );

  app.get(
    '/v1/payment-batches',
    {
      config: { may: 'see-payments' },
      schema: {
        summary: '发放批次列表 · Batches, the latest first',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional() }),
        response: { 200: page(batch), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org } = request.query;
      const orgs = unitsFor(callerOf(request), 'see-payments', org);
      const [before] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [null];
      const rows = await listBatches(store, orgs, { before, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const next = rows.length > limit && last ? cursorOf([batchPosition(last)]) : null;
      return { items: shown.map(view), next };
    },
  );
}

function view(state: BatchState) {
  const { label: stageLabel, expiry: status } = batchStages[state.stage];
  return { ...state, stageLabel, expires: { ...state.expires, status } };
}
