import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import type { CaseNo, OrgCode } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import type { Store } from './store.ts';

/** Why a case waits for a person. */
export const taskKinds = {
  handle: { label: '待经办审核', clause: 'N3.1g', role: 'handler' },
  review: { label: '待复核', clause: 'N3.1g', role: 'reviewer' },
  objection: { label: '异议待核查', clause: 'N3.4a', role: 'hrss' },
  report: { label: '举报待核查', clause: 'N3.4b', role: 'hrss' },
  pay: { label: '待发放', clause: 'N3.3', role: 'finance' },
} as const;
export type TaskKind = keyof typeof taskKinds;

export interface Task {
  readonly kind: TaskKind;
  readonly caseNo: CaseNo;
  readonly org: OrgCode;
  readonly state: VisibleState;
  /** The objection or report that it is about. */
  readonly objectionId: string | null;
  readonly dueAt: Instant | null;
  readonly overdue: boolean;
}

export interface TaskFilter {
  readonly orgs: readonly OrgCode[];
  readonly kinds: readonly TaskKind[];
  readonly overdue?: boolean | undefined;
  /** Where the last page ended: due instant in milliseconds, kind, case and objection. */
  readonly after: TaskCursor | null;
  readonly limit: number;
}
export type TaskCursor = readonly [dueMs: number, kind: string, caseNo: string, objectionId: string];

/** What has no deadline comes last. */
const never = 8_640_000_000_000_000;

/** What waits for people, oldest deadline first; derived from the cases, so that nothing can be orphaned. */
export async function listTasks(
  store: Store,
  { orgs, kinds, overdue, after, limit }: TaskFilter,
): Promise<{ readonly items: readonly Task[]; readonly next: TaskCursor | null }> {
  const { rows } = await store.db.query<{
    kind: TaskKind;
    case_no: CaseNo;
    org: OrgCode;
    state: CaseState;
    objection: string;
    due: number;
    overdue: boolean;
  }>(
    `WITH task AS (
       SELECT CASE WHEN state -> 'handling' = 'null' THEN 'handle' ELSE 'review' END AS kind,
              case_no, org, state, '' AS objection, 'review' AS deadline
       FROM cases WHERE stage = 'review' AND org = ANY ($1)
       UNION ALL
       SELECT 'pay', case_no, org, state, '', 'payout' FROM cases WHERE stage = 'payable' AND NOT held AND org = ANY ($1)
       UNION ALL
       SELECT o.kind, case_no, org, cases.state, objection_id::text, '' FROM objection o JOIN cases USING (case_no)
       WHERE o.state = 'open' AND org = ANY ($1)
     ), due AS (
       SELECT task.*, coalesce((extract(epoch FROM d.due_at) * 1000)::bigint, ${String(never)}) AS due,
              coalesce(d.due_at <= business_now(), false) AS overdue
       FROM task LEFT JOIN open_deadline d ON d.case_no = task.case_no AND d.kind = task.deadline
     )
     SELECT kind, case_no, org, state, objection, due, overdue FROM due
     WHERE kind = ANY ($2) AND ($3::boolean IS NULL OR overdue = $3)
       AND ($4::bigint IS NULL OR (due, kind, case_no, objection) > ($4, $5, $6, $7))
     ORDER BY due, kind, case_no, objection LIMIT ${String(limit + 1)}`,
    [orgs, kinds, overdue ?? null, ...(after ?? [null, null, null, null])],
  );
  const items = rows.slice(0, limit).map((row) => ({
    kind: row.kind,
    caseNo: row.case_no,
    org: row.org,
    state: visibleState(row.state),
    objectionId: row.objection || null,
    dueAt: row.due === never ? null : instantFromMs(row.due),
    overdue: row.overdue,
  }));
  const last = rows[limit - 1];
  return { items, next: rows.length > limit && last ? [last.due, last.kind, last.case_no, last.objection] : null };
}
