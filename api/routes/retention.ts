import { z } from 'zod';
import { holdRetention } from '../../store/retention.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { staffOf } from '../auth.ts';
import { claimOf } from '../idempotency.ts';
import { expectedSeq, prose } from '../input.ts';
import { commandProblems, done } from '../view.ts';

const refusals = {
  'already-kept': '该案件的个人信息已经延期保管',
  'not-kept': '该案件的个人信息没有延期保管',
  'already-shredded': '个人信息已按保管期限销毁',
};

/** What keeps a case's data beyond its term: a court case or an audit that this system knows nothing of. */
export function retentionRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/v1/cases/:caseNo/retention-hold',
    {
      config: { may: 'hold-retention' },
      schema: {
        summary: "延期保管 · Keep a case's personal data beyond its term, or let it go",
        params: z.object({ caseNo: z.string() }),
        body: z.strictObject({ held: z.boolean(), reason: prose(1_000), expectedSeq }).meta({ id: 'RetentionHold' }),
        response: { 200: z.object({ caseNo: z.string(), held: z.boolean() }), ...commandProblems },
      },
    },
    async (request) => {
      const access = await accessCase(services, request, 'hold-retention', request.params.caseNo);
      const { caseNo, role, stillMay } = access;
      const { held, reason, expectedSeq: seq } = request.body;
      const actor = staffOf(callerOf(request), role);
      const asked = { caseNo, isHeld: held, reason, expectedSeq: seq };
      const { isHeld } = done(await holdRetention(store, claimOf(request), actor, asked, stillMay), refusals);
      return { caseNo, held: isHeld };
    },
  );
}
