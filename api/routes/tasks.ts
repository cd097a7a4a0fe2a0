import { z } from 'zod';
import { stateLabels } from '../../domain/case/procedure.ts';
import { listTasks, type TaskKind, taskKinds } from '../../store/tasks.ts';
import { callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { orgCode, page, pageQuery } from '../input.ts';
import { cursorOf, positionOf, readProblems, stateView } from '../view.ts';

const kinds = Object.keys(taskKinds) as [TaskKind, ...TaskKind[]];
const task = z
  .object({
    kind: z.enum(kinds),
    label: z.string(),
    clause: z.string(),
    caseNo: z.string(),
    org: z.string(),
    state: stateView,
    stateLabel: z.string(),
    objectionId: z.string().nullable(),
    dueAt: z.string().nullable(),
    overdue: z.boolean(),
  })
  .meta({ id: 'Task' });

export function taskRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/tasks',
    {
      config: { may: 'list-tasks' },
      schema: {
        summary: '待办 · What waits for a person, oldest deadline first',
        querystring: z.strictObject({
          ...pageQuery,
          org: orgCode.optional(),
          kind: z.enum(kinds).optional().describe('absent: those of your roles'),
          overdue: z.stringbool().optional(),
        }),
        response: { 200: page(task), ...readProblems },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { cursor, limit, org, kind, overdue } = request.query;
      const orgs = unitsFor(caller, 'list-tasks', org);
      const isSupervisor = caller.roles.includes('supervisor');
      const own = kinds.filter((one) => isSupervisor || caller.roles.includes(taskKinds[one].role));
      const after = positionOf(cursor, z.tuple([z.number(), z.string(), z.string(), z.string()]));
      const { items, next } = await listTasks(store, { orgs, kinds: kind ? [kind] : own, overdue, after, limit });
      return {
        items: items.map((one) => ({
          ...one,
          label: taskKinds[one.kind].label,
          clause: taskKinds[one.kind].clause,
          stateLabel: stateLabels[one.state],
        })),
        next: next && cursorOf(next),
      };
    },
  );
}
