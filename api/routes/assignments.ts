import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { type CaseNo, isCaseNo, type Sub } from '../../domain/ids.ts';
import type { Action } from '../../domain/rights.ts';
import { type Ask, assignTasks, claimTasks, type Moved, releaseTasks, shareOut } from '../../store/assignment.ts';
import { taskKindNames } from '../../store/task-kinds.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { staffOf } from '../auth.ts';
import { rolesFor } from '../../domain/rights.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, read, remark, signInName } from '../input.ts';
import { Problem } from '../problems.ts';
import { commandProblems, done } from '../view.ts';
import { kindsFor } from './tasks.ts';

const caseNo = read<CaseNo>((value) => (isCaseNo(value) ? value : null), '案件编号格式不正确。');
const key = z
  .strictObject({ kind: z.enum(taskKindNames), caseNo: caseNo.nullable(), ref: z.string().max(200).default('') })
  .meta({ id: 'TaskKey' });
const tasks = z.array(key).min(1).max(200);

const moved = z
  .object({
    items: z
      .array(
        z.object({
          kind: z.enum(taskKindNames),
          caseNo: z.string().nullable(),
          ref: z.string(),
          assignee: z.string().nullable(),
          problem: z.string().nullable(),
          title: z.string().nullable(),
        }),
      )
      .readonly(),
    next: z.null(),
  })
  .meta({ id: 'TasksMoved' });

/** Why nothing became of one task. */
const problems: Readonly<Record<NonNullable<Moved['problem']>, string>> = {
  gone: '该待办已不存在',
  taken: '该待办已由他人领取',
  'not-yours': '该待办不在您名下',
  'reason-missing': '改派须说明原因',
  'four-eyes': '经办人与复核人不得为同一人',
};
const refusals = { 'not-on-staff': '该人员现在没有该机构的相应任职，须先办理任职' };
const sharingRefusals = { 'not-on-staff': '该机构现在没有任相应角色的人员，须先办理任职' };

const view = (items: readonly Moved[]): z.input<typeof moved> => ({
  items: items.map((one) => ({ ...one, title: one.problem && problems[one.problem] })),
  next: null,
});

/** Who works on what: taken from the unit's heap, given back, given by the supervisor, shared out by load. */
export function assignmentRoutes(app: App, { store }: Services): void {
  const askOf = (request: FastifyRequest, action: Action, keys: Ask['keys']) => {
    const caller = callerOf(request);
    const [role] = rolesFor(caller, action);
    if (!role) throw new Problem('forbidden');
    const orgs = unitsFor(caller, action, undefined);
    return { actor: staffOf(caller, role), ask: { orgs, kinds: kindsFor(caller), keys } };
  };

  app.post(
    '/v1/tasks/claim',
    {
      config: { may: 'claim-task' },
      schema: {
        summary: '领取待办 · Take tasks from the unit’s heap',
        body: z.strictObject({ tasks }).meta({ id: 'TaskClaim' }),
        response: { 200: moved, ...commandProblems },
      },
    },
    async (request) => {
      const { actor, ask } = askOf(request, 'claim-task', request.body.tasks);
      return view(done(await claimTasks(store, claimOf(request), actor, ask)));
    },
  );

  app.post(
    '/v1/tasks/release',
    {
      config: { may: 'claim-task' },
      schema: {
        summary: '退回待办 · Give tasks back to the unit',
        body: z.strictObject({ tasks, reason: remark(1_000) }).meta({ id: 'TaskRelease' }),
        response: { 200: moved, ...commandProblems },
      },
    },
    async (request) => {
      const { actor, ask } = askOf(request, 'claim-task', request.body.tasks);
      return view(
        done(await releaseTasks(store, claimOf(request), actor, { ...ask, reason: request.body.reason ?? null })),
      );
    },
  );

  app.post(
    '/v1/tasks/assignment',
    {
      config: { may: 'assign-task' },
      schema: {
        summary: '指派、改派 · Give tasks to somebody; taking one from somebody else needs a reason',
        body: z.strictObject({ tasks, to: signInName, reason: remark(1_000) }).meta({ id: 'TaskAssignment' }),
        response: { 200: moved, ...commandProblems },
      },
    },
    async (request) => {
      const { actor, ask } = askOf(request, 'assign-task', request.body.tasks);
      const { to, reason = null } = request.body;
      const asked = { ...ask, to: to as Sub, reason };
      return view(done(await assignTasks(store, claimOf(request), actor, asked), refusals));
    },
  );

  app.post(
    '/v1/tasks/sharing',
    {
      config: { may: 'assign-task' },
      schema: {
        summary: '按工作量分派 · Share out a unit’s heap, the oldest first, each to who has least',
        body: z.strictObject({ org: orgCode, kind: z.enum(taskKindNames) }).meta({ id: 'TaskSharing' }),
        response: { 200: moved, ...commandProblems },
      },
    },
    async (request) => {
      const { org, kind } = request.body;
      const { actor } = accessUnit(callerOf(request), 'assign-task', org);
      return view(done(await shareOut(store, claimOf(request), actor, { org, kind }), sharingRefusals));
    },
  );
}
