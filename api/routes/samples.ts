import { z } from 'zod';
import { NotFound } from '../../store/case.ts';
import { listSamples, readSample } from '../../store/sample.ts';
import { riskSigns } from '../../domain/sample/sample.ts';
import { examine } from '../../store/sample-result.ts';
import { accessCase, accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { staffOf } from '../auth.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, prose } from '../input.ts';
import { commandProblems, done, readProblems } from '../view.ts';

const sample = z
  .object({
    sampleId: z.string(),
    org: z.string(),
    month: z.string().describe('first day of the month whose payments are looked at'),
    drawnAt: z.string(),
    seed: z.string().describe('which cases the lot fell on follows from it: the least SHA-256 of seed:caseNo'),
    paid: z.int(),
    items: z.int(),
    examined: z.int(),
  })
  .meta({ id: 'Sample' });
const item = z
  .object({
    caseNo: z.string(),
    byLot: z.boolean(),
    signs: z
      .array(z.object({ sign: z.string(), label: z.string(), others: z.array(z.string()).readonly() }))
      .readonly()
      .describe('shown to people; they decide nothing'),
    result: z.enum(['in-order', 'doubtful']).nullable(),
    examinedBy: z.string().nullable(),
    reportId: z.string().nullable(),
  })
  .meta({ id: 'SampleItem' });

/** The monthly sample of paid cases (N3.4c). */
export function sampleRoutes(app: App, services: Services): void {
  const { store } = services;

  app.get(
    '/v1/samples',
    {
      config: { may: 'see-samples' },
      schema: {
        summary: '每月抽查 · Monthly samples of paid cases, the latest first (N3.4c)',
        querystring: z.strictObject({ org: orgCode.optional() }),
        response: { 200: z.object({ items: z.array(sample).readonly(), next: z.null() }), ...readProblems },
      },
    },
    async (request) => {
      const orgs = unitsFor(callerOf(request), 'see-samples', request.query.org);
      return { items: await listSamples(store.db, orgs), next: null };
    },
  );

  app.get(
    '/v1/samples/:sampleId',
    {
      config: { may: 'see-samples' },
      schema: {
        summary: '抽查名单 · What was drawn, by lot and by risk signs',
        params: z.object({ sampleId: z.string() }),
        response: { 200: z.object({ items: z.array(item).readonly(), next: z.null() }), ...readProblems },
      },
    },
    async (request) => {
      const found = await readSample(store.db, request.params.sampleId);
      if (!found) throw new NotFound(request.params.sampleId);
      accessUnit(callerOf(request), 'see-samples', found.org);
      const items = found.items.map((one) => ({
        ...one,
        signs: one.signs.map((sign) => ({ ...sign, label: riskSigns[sign.sign].label })),
      }));
      return { items, next: null };
    },
  );

  app.post(
    '/v1/samples/:sampleId/results',
    {
      config: { may: 'examine-sample' },
      schema: {
        summary: '登记抽查结果 · By somebody who had no part in the case; what is doubtful goes on as a report',
        params: z.object({ sampleId: z.string() }),
        body: z
          .strictObject({ caseNo: z.string(), result: z.enum(['in-order', 'doubtful']), reason: prose(5_000) })
          .meta({ id: 'Examination' }),
        response: { 201: z.object({ reportId: z.string().nullable() }), ...commandProblems },
      },
    },
    async (request, reply) => {
      const { sampleId } = request.params;
      const { caseNo: asked, result, reason } = request.body;
      const found = await readSample(store.db, sampleId);
      if (!found?.items.some((one) => one.caseNo === asked)) throw new NotFound(sampleId);
      const { caseNo, role, stillMay } = await accessCase(services, request, 'examine-sample', asked);
      const actor = staffOf(callerOf(request), role);
      const seen = { sampleId, caseNo, result, reason };
      return reply.code(201).send(done(await examine(store, claimOf(request), actor, seen, stillMay)));
    },
  );
}
