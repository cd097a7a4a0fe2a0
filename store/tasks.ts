import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo, OrgCode, Sub } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import type { Store } from './store.ts';
import { type TaskKind, tasksOf } from './task-kinds.ts';
import { shownAs } from './visible-state.ts';

/** Which task: its kind, its case (null where it is about none) and what of the case it is about. */
export interface TaskKey {
  readonly kind: TaskKind;
  readonly caseNo: CaseNo | null;
  readonly ref: string;
}

export interface Task extends TaskKey {
  readonly org: OrgCode;
  /** Null where it is about no case. */
  readonly state: CaseState | null;
  readonly dueAt: Instant | null;
  readonly overdue: boolean;
  /** Null: the unit's. */
  readonly assignee: Sub | null;
  /** Does it while the assignee is away. */
  readonly standIn: Sub | null;
  readonly assignedAt: Instant | null;
  /** Who did the first of what two people do. */
  readonly firstBy: Sub | null;
}

export interface TaskFilter {
  readonly orgs: readonly OrgCode[];
  readonly kinds: readonly TaskKind[];
  readonly state?: VisibleState | undefined;
  readonly overdue?: boolean | undefined;
  /** Whose, stand-ins counted; null: nobody's, the unit's. */
  readonly assignee?: Sub | null | undefined;
  /** Only these ones. */
  readonly keys?: readonly TaskKey[];
  /** Where the last page ended: due instant in milliseconds, kind, case and what of it. */
  readonly after: TaskCursor | null;
  readonly limit: number;
}
export type TaskCursor = readonly [dueMs: number, kind: string, caseNo: string, ref: string];

/** What has no deadline comes last. */
const never = 8_640_000_000_000_000;

/**
 * Every task of the kinds with its deadline and who has it today, as `task`. A review is never with who handled, nor
 * as a stand-in (N3.1g), what two people do never with the first of them. `$1` is the list of units.
 */
export const withHolders = (kinds: readonly TaskKind[]): string => `
  WITH waiting AS (${tasksOf(kinds)}), task AS (
    SELECT waiting.kind, coalesce(waiting.case_no, '') AS case_no, waiting.org, waiting.ref, c.stage, c.state,
           coalesce((extract(epoch FROM coalesce(waiting.due_at, d.due_at)) * 1000)::bigint, ${String(never)}) AS due,
           coalesce(coalesce(waiting.due_at, d.due_at) <= business_now(), false) AS overdue,
           h.assignee, nullif(nullif(h.stand_in, CASE WHEN waiting.kind = 'review' THEN c.handled_by END), waiting.first_by)
             AS stand_in, h.assigned_at, waiting.first_by
    FROM waiting LEFT JOIN cases c ON c.case_no = waiting.case_no
    LEFT JOIN open_deadline d ON d.case_no = waiting.case_no AND d.kind = waiting.deadline
    LEFT JOIN LATERAL (
      -- One at most; the limit has it looked up by its key: assignments stay when their tasks are done.
      SELECT assignee, stand_in, assigned_at FROM task_holder AS held
      WHERE held.kind = waiting.kind AND held.case_no = coalesce(waiting.case_no, '') AND held.ref = waiting.ref
      LIMIT 1
    ) AS h ON NOT (waiting.kind = 'review' AND h.assignee = c.handled_by) AND h.assignee IS DISTINCT FROM waiting.first_by
  )`;

/** A row of `task` is theirs, as assignee or as stand-in. */
export const heldBy = (sub: string): string => `(assignee = ${sub} OR stand_in = ${sub})`;

interface TaskRow {
  kind: TaskKind;
  case_no: CaseNo | '';
  org: OrgCode;
  ref: string;
  state: CaseState | null;
  due: number;
  overdue: boolean;
  assignee: Sub | null;
  stand_in: Sub | null;
  assigned_at: number | null;
  first_by: Sub | null;
}

/** What waits for people, oldest deadline first; derived from what was recorded, so that nothing can be orphaned. */
export async function listTasks(
  db: Pick<Store['db'], 'query'>,
  filter: TaskFilter,
): Promise<{ readonly items: readonly Task[]; readonly next: TaskCursor | null }> {
  if (filter.kinds.length === 0) return { items: [], next: null };
  const { orgs, kinds, state, overdue, assignee, keys, after, limit } = filter;
  const values: unknown[] = [orgs];
  const value = (one: unknown): string => `$${String(values.push(one))}`;
  const conditions = ['true'];
  if (state !== undefined) conditions.push(shownAs(state, value));
  if (overdue !== undefined) conditions.push(`overdue = ${value(overdue)}`);
  if (assignee === null) conditions.push('assignee IS NULL');
  else if (assignee !== undefined) conditions.push(heldBy(value(assignee)));
  if (keys) {
    const wanted = [keys.map((one) => one.kind), keys.map((one) => one.caseNo ?? ''), keys.map((one) => one.ref)];
    const lists = wanted.map((list) => `${value(list)}::text[]`).join(', ');
    conditions.push(`(kind, case_no, ref) IN (SELECT * FROM unnest(${lists}))`);
  }
  if (after) conditions.push(`(due, kind, case_no, ref) > (${after.map(value).join(', ')})`);
  const { rows } = await db.query<TaskRow>(
    `${withHolders(kinds)}
     SELECT kind, case_no, org, ref, state, due, overdue, assignee, stand_in, assigned_at, first_by FROM task
     WHERE ${conditions.join(' AND ')} ORDER BY due, kind, case_no, ref LIMIT ${String(limit + 1)}`,
    values,
  );
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map(taskFrom),
    next: rows.length > limit && last ? [last.due, last.kind, last.case_no, last.ref] : null,
  };
}

const taskFrom = (row: TaskRow): Task => ({
  kind: row.kind,
  caseNo: row.case_no || null,
  ref: row.ref,
  org: row.org,
  state: row.state,
  dueAt: row.due === never ? null : instantFromMs(row.due),
  overdue: row.overdue,
  assignee: row.assignee,
  standIn: row.stand_in,
  assignedAt: row.assigned_at === null ? null : instantFromMs(row.assigned_at),
  firstBy: row.first_by,
});

/** The state that people see of the task's case; null where it is about none. */
export const stateOf = ({ state }: Task): VisibleState | null => state && visibleState(state);

/** How much a person or a unit has of a kind, and how much of it is late. */
export interface Load {
  readonly org: OrgCode;
  readonly kind: TaskKind;
  /** Null: nobody's yet. */
  readonly assignee: Sub | null;
  readonly open: number;
  readonly overdue: number;
  readonly oldestDueAt: Instant | null;
}

/** Load and lateness per unit, person and kind, as a supervisor looks at them. */
export async function readLoad(
  db: Pick<Store['db'], 'query'>,
  orgs: readonly OrgCode[],
  kinds: readonly TaskKind[],
): Promise<readonly Load[]> {
  if (kinds.length === 0) return [];
  const { rows } = await db.query<{
    org: OrgCode;
    kind: TaskKind;
    assignee: Sub | null;
    open: number;
    overdue: number;
    oldest: number;
  }>(
    `${withHolders(kinds)}
     SELECT org, kind, coalesce(stand_in, assignee) AS assignee, count(*)::int AS open,
            count(*) FILTER (WHERE overdue)::int AS overdue, min(due) AS oldest
     FROM task GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 NULLS FIRST`,
    [orgs],
  );
  return rows.map(({ oldest, ...row }) => ({ ...row, oldestDueAt: oldest === never ? null : instantFromMs(oldest) }));
}
