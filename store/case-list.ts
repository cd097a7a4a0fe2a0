import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo, OrgCode, Sub } from '../domain/ids.ts';
import type { Store } from './store.ts';
import { taskKindNames } from './task-kinds.ts';
import { heldBy, withHolders } from './tasks.ts';
import { shownAs } from './visible-state.ts';

/** What a list of cases is narrowed by; absent means all. */
export interface CaseFilter {
  /** Units whose cases are asked for, or the one person or employer whose they are. */
  readonly scope: { readonly orgs: readonly OrgCode[] } | { readonly personKey: Buffer } | { readonly employer: Sub };
  readonly state?: VisibleState | undefined;
  /** Cases with a deadline of this kind open. */
  readonly deadline?: string | undefined;
  readonly overdue?: boolean | undefined;
  /** Cases in which a task of the asked units is this person's today, stand-ins counted; null: nobody's yet. */
  readonly assignee?: Sub | null | undefined;
  readonly after: string;
  readonly limit: number;
}

export interface CaseLine {
  readonly caseNo: CaseNo;
  readonly seq: number;
  readonly state: VisibleState;
  readonly org: OrgCode;
  readonly filedAt: string;
  readonly amountFen: number | null;
  readonly overdue: boolean;
}

/** Cases in case-number order. */
export async function listCases(store: Store, filter: CaseFilter): Promise<readonly CaseLine[]> {
  const { tasks, conditions, values } = whereOf(filter);
  const { rows } = await store.db.query<{
    case_no: CaseNo;
    seq: number;
    state: CaseState;
    amount_fen: number | null;
    overdue: boolean;
  }>(
    `${tasks} SELECT case_no, seq, state, amount_fen,
            EXISTS (SELECT FROM open_deadline d WHERE d.case_no = cases.case_no AND d.due_at <= business_now()) AS overdue
     FROM cases WHERE ${conditions.join(' AND ')} ORDER BY case_no LIMIT ${String(filter.limit)}`,
    values,
  );
  return rows.map(({ case_no, seq, state, amount_fen, overdue }) => ({
    caseNo: case_no,
    seq,
    state: visibleState(state),
    org: state.org,
    filedAt: state.filedAt,
    amountFen: amount_fen,
    overdue,
  }));
}

function whereOf({ scope, state, deadline, overdue, assignee, after }: CaseFilter) {
  const values: unknown[] = ['orgs' in scope ? scope.orgs : 'personKey' in scope ? scope.personKey : scope.employer];
  const value = (one: unknown): string => `$${String(values.push(one))}`;
  const mine = 'orgs' in scope ? 'org = ANY ($1)' : 'personKey' in scope ? 'person_key = $1' : 'employer = $1';
  const conditions = [mine, `case_no > ${value(after)}`];
  if (state !== undefined) conditions.push(shownAs(state, value));
  if (deadline !== undefined)
    conditions.push(
      `EXISTS (SELECT FROM open_deadline d WHERE d.case_no = cases.case_no AND d.kind = ${value(deadline)})`,
    );
  if (overdue !== undefined)
    conditions.push(
      `${overdue ? '' : 'NOT '}EXISTS
       (SELECT FROM open_deadline d WHERE d.case_no = cases.case_no AND d.due_at <= business_now())`,
    );
  if (assignee === undefined) return { tasks: '', conditions, values };
  // Who works on a case is between the staff.
  if (!('orgs' in scope)) return { tasks: '', conditions: [...conditions, 'false'], values };
  const whose = assignee === null ? 'assignee IS NULL' : heldBy(value(assignee));
  return {
    tasks: withHolders(taskKindNames),
    conditions: [...conditions, `case_no IN (SELECT task.case_no FROM task WHERE ${whose})`],
    values,
  };
}
