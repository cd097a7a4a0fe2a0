import { z } from 'zod';
import { allowedNow, isOffer } from '../../domain/case/allowed.ts';
import { stateLabels, type VisibleState } from '../../domain/case/procedure.ts';
import type { Sub } from '../../domain/ids.ts';
import { rolesFor } from '../../domain/rights.ts';
import { nameOf, type StaffNames, staffNames } from '../../store/staff.ts';
import { type TaskKind, taskKind, taskKindNames } from '../../store/task-kinds.ts';
import { listTasks, readLoad, stateOf, type Task } from '../../store/tasks.ts';
import { readDifferences } from '../../store/bank-difference.ts';
import type { Queryable } from '../../store/database.ts';
import { callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import type { Caller } from '../auth.ts';
import { orgCode, page, pageQuery, signInName } from '../input.ts';
import { cursorOf, cursorPart, positionOf, readProblems, stateView } from '../view.ts';
import { difference, type DifferenceView, differenceView } from './bank-differences.ts';

const task = z
  .object({
    kind: z.enum(taskKindNames),
    label: z.string(),
    why: z.string().describe('why it is there'),
    clause: z.string(),
    allowed: z.array(z.string()).readonly().describe('what the caller may do about it: the last part of its address'),
    caseNo: z.string().nullable(),
    ref: z.string().describe('what of the case it is about'),
    org: z.string(),
    state: stateView.nullable(),
    stateLabel: z.string().nullable(),
    objectionId: z.string().nullable(),
    difference: difference.nullable().describe('of a `bank-difference`: what, on which order, how often'),
    dueAt: z.string().nullable(),
    overdue: z.boolean(),
    assignee: z.string().nullable().describe('null: the unit’s'),
    assigneeName: z.string().nullable().describe('where an appointment says it'),
    standIn: z.string().nullable(),
    standInName: z.string().nullable(),
    assignedAt: z.string().nullable(),
  })
  .meta({ id: 'Task' });

const load = z
  .object({
    org: z.string(),
    kind: z.enum(taskKindNames),
    label: z.string(),
    assignee: z.string().nullable(),
    assigneeName: z.string().nullable(),
    open: z.int(),
    overdue: z.int(),
    oldestDueAt: z.string().nullable(),
  })
  .meta({ id: 'Load' });

const visibleStates = Object.keys(stateLabels) as [VisibleState, ...VisibleState[]];

/** The kinds of the caller's roles; a supervisor's are all. */
export const kindsFor = ({ roles }: Caller): readonly TaskKind[] =>
  taskKindNames.filter((kind) => roles.includes('supervisor') || roles.includes(taskKind(kind).role));

export const assigneeQuery = signInName
  .optional()
  .describe('whose tasks: `me`, `none` for the unit’s, or a sign-in name');

/** Whose tasks are asked for: `me`, `none` for the unit's, or a sign-in name. */
export const assigneeOf = (asked: string | undefined, caller: Caller): Sub | null | undefined => {
  if (asked === undefined) return undefined;
  if (asked === 'none') return null;
  return asked === 'me' ? caller.sub : (asked as Sub);
};

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
          kind: z.enum(taskKindNames).optional().describe('absent: those of your roles'),
          state: z.enum(visibleStates).optional(),
          overdue: z.stringbool().optional(),
          assignee: assigneeQuery,
        }),
        response: { 200: page(task), ...readProblems },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { cursor, limit, org, kind, state, overdue, assignee } = request.query;
      const orgs = unitsFor(caller, 'list-tasks', org);
      const after = positionOf(cursor, z.tuple([cursorPart.number, cursorPart.text, cursorPart.text, cursorPart.text]));
      const kinds = kind ? [kind] : kindsFor(caller);
      const whose = assigneeOf(assignee, caller);
      const asked = { orgs, kinds, state, overdue, assignee: whose, after, limit };
      const { items, next } = await listTasks(store.db, asked);
      const names = await staffNames(
        store.db,
        items.flatMap((one) => [one.assignee, one.standIn]),
      );
      const ids = items.filter(({ kind: of }) => of === 'bank-difference').map(({ ref }) => Number(ref));
      const differences = await differencesOf(store.db, ids);
      const views = items.map((one) => ({
        ...taskView(one, caller, names),
        difference: (one.kind === 'bank-difference' ? differences.get(one.ref) : undefined) ?? null,
      }));
      return { items: views, next: next && cursorOf(next) };
    },
  );

  app.get(
    '/v1/tasks/load',
    {
      config: { may: 'see-load' },
      schema: {
        summary: '工作量 · Load and lateness per unit, person and kind',
        querystring: z.strictObject({ org: orgCode.optional() }),
        response: { 200: z.object({ items: z.array(load), next: z.null() }), ...readProblems },
      },
    },
    async (request) => {
      const orgs = unitsFor(callerOf(request), 'see-load', request.query.org);
      const items = await readLoad(store.db, orgs, taskKindNames);
      const names = await staffNames(
        store.db,
        items.map(({ assignee }) => assignee),
      );
      const named = items.map((one) => ({
        ...one,
        label: taskKind(one.kind).label,
        assigneeName: nameOf(names, one.assignee),
      }));
      return { items: named, next: null };
    },
  );
}

/** What the bank's word is about, by the task's ref. */
async function differencesOf(db: Queryable, ids: readonly number[]): Promise<ReadonlyMap<string, DifferenceView>> {
  const found = ids.length === 0 ? [] : await readDifferences(db, ids);
  return new Map(found.map((one) => [String(one.id), differenceView(one)]));
}

function taskView(found: Task, caller: Caller, names: StaffNames): Omit<z.input<typeof task>, 'difference'> {
  const { state, firstBy, ...one } = found;
  const { label, why, clause, allowed, role, first } = taskKind(found.kind);
  const mine = firstBy === caller.sub ? allowed.filter((name) => !first?.leaves.includes(name)) : allowed;
  const visible = stateOf(found);
  const offers = state && allowedNow(state, caller.sub, (action) => rolesFor(caller, action).length > 0);
  return {
    ...one,
    assigneeName: nameOf(names, one.assignee),
    standInName: nameOf(names, one.standIn),
    label,
    why,
    clause,
    allowed: caller.roles.includes(role) ? mine.filter((name) => !isOffer(name) || offers?.includes(name)) : [],
    state: visible,
    stateLabel: visible && stateLabels[visible],
    objectionId: found.kind === 'objection' || found.kind === 'report' ? found.ref : null,
  };
}
