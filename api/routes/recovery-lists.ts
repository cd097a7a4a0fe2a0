import { z } from 'zod';
import { listRecoveries, readRecovery } from '../../store/recovery-list.ts';
import { accessCase, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { orgCode, page, pageQuery } from '../input.ts';
import { recovery, recoveryView } from '../recovery-view.ts';
import { cursorOf, cursorPart, positionOf, readProblems } from '../view.ts';

/** Recoveries as people see them (N3.4b); what is done about them is in `recoveries.ts`. */
export function recoveryListRoutes(app: App, services: Services): void {
  const { store } = services;

  app.get(
    '/v1/recoveries/:caseNo',
    {
      config: { may: 'see-recovery' },
      schema: {
        summary: '追回事项 · Recovery of a paid subsidy (N3.4b)',
        params: z.object({ caseNo: z.string() }),
        response: { 200: recovery, ...readProblems },
      },
    },
    async (request) => {
      const { caseNo } = await accessCase(services, request, 'see-recovery', request.params.caseNo);
      return recoveryView(request, await readRecovery(store, caseNo));
    },
  );

  app.get(
    '/v1/recoveries',
    {
      config: { may: 'list-recoveries' },
      schema: {
        summary: '追回事项列表 · Recoveries in reach',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional(), open: z.stringbool().optional() }),
        response: { 200: page(recovery), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org, open } = request.query;
      const orgs = unitsFor(callerOf(request), 'list-recoveries', org);
      const [after] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [''];
      const found = await listRecoveries(store.db, { orgs, open, after, limit: limit + 1 });
      const items = found.slice(0, limit).map((one) => recoveryView(request, one));
      const last = items.at(-1);
      return { items, next: found.length > limit && last ? cursorOf([last.caseNo]) : null };
    },
  );
}
