import { z } from 'zod';
import { stateLabels, type VisibleState } from '../../domain/case/procedure.ts';
import { listCases } from '../../store/case-list.ts';
import { viewCase } from '../../store/case-view.ts';
import { staffNames } from '../../store/staff.ts';
import { readRecoveryTimeline, readTimeline } from '../../store/timeline.ts';
import { accessCase, callerOf, listScope } from '../access.ts';
import type { App, Services } from '../app.ts';
import { caseLineView, caseView, historyView, timelineView } from '../case-schemas.ts';
import { employersView, fullView } from '../case-view.ts';
import { orgCode, page, pageQuery } from '../input.ts';
import { assigneeOf, assigneeQuery } from './tasks.ts';
import { staffIn, timelineOf } from '../timeline-view.ts';
import { cursorOf, cursorPart, positionOf, readProblems } from '../view.ts';

const caseParams = z.object({ caseNo: z.string() });
const visibleStates = Object.keys(stateLabels) as [VisibleState, ...VisibleState[]];

export function caseRoutes(app: App, services: Services): void {
  const { store, histories } = services;

  app.get(
    '/v1/cases/:caseNo',
    {
      config: { may: 'see-case' },
      schema: { summary: '案件详情 · A case', params: caseParams, response: { 200: caseView, ...readProblems } },
    },
    async (request) => {
      const caller = callerOf(request);
      const access = await accessCase(services, request, 'see-case', request.params.caseNo);
      const view = await viewCase(store, access.caseNo);
      return access.role === 'employer' ? employersView(view) : fullView(view, caller, access);
    },
  );

  app.get(
    '/v1/cases/:caseNo/timeline',
    {
      config: { may: 'see-timeline' },
      schema: {
        summary: '办理过程 · What happened, in order',
        params: caseParams,
        response: { 200: timelineView, ...readProblems },
      },
    },
    async (request) => {
      const { caseNo, role } = await accessCase(services, request, 'see-timeline', request.params.caseNo);
      const rows = await readTimeline(store.db, store, caseNo);
      const recovered = await readRecoveryTimeline(store.db, store, caseNo);
      const names = await staffNames(store.db, staffIn([...rows, ...recovered]));
      return { items: timelineOf(rows, recovered, { role, names }), next: null };
    },
  );

  app.get(
    '/v1/cases/:caseNo/history',
    {
      config: { may: 'see-history' },
      schema: {
        summary: "流程历史 · The workflow's history, decoded",
        params: caseParams,
        response: { 200: historyView, ...readProblems },
      },
    },
    async (request) => {
      const { caseNo } = await accessCase(services, request, 'see-history', request.params.caseNo);
      return { items: (await histories.read(`case-${caseNo}`)) ?? [], next: null };
    },
  );

  app.get(
    '/v1/cases',
    {
      config: { may: 'see-case' },
      schema: {
        summary: '案件列表 · Cases in reach',
        querystring: z.strictObject({
          ...pageQuery,
          state: z.enum(visibleStates).optional(),
          org: orgCode.optional(),
          kind: z.string().max(40).optional().describe('only cases with a deadline of this kind open'),
          overdue: z.stringbool().optional(),
          assignee: assigneeQuery,
        }),
        response: { 200: page(caseLineView), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, state, org, kind, overdue, assignee } = request.query;
      const [after] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [''];
      const caller = callerOf(request);
      const scope = listScope(store, caller, 'see-case', org);
      const filter = { scope, state, deadline: kind, overdue, assignee: assigneeOf(assignee, caller) };
      const lines = await listCases(store, { ...filter, after, limit: limit + 1 });
      const items = lines.slice(0, limit).map((one) => ({ ...one, stateLabel: stateLabels[one.state] }));
      const last = items.at(-1);
      return { items, next: lines.length > limit && last ? cursorOf([last.caseNo]) : null };
    },
  );
}
