import { holds, type Stage, stages, type VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo, OrgCode, Sub } from '../domain/ids.ts';
import type { Store } from './store.ts';

/** What a list of cases is narrowed by; absent means all. */
export interface CaseFilter {
  /** Units whose cases are asked for, or the one person or employer whose they are. */
  readonly scope: { readonly orgs: readonly OrgCode[] } | { readonly personKey: Buffer } | { readonly employer: Sub };
  readonly state?: VisibleState | undefined;
  /** Cases with a deadline of this kind open. */
  readonly deadline?: string | undefined;
  readonly overdue?: boolean | undefined;
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
  const { conditions, values } = whereOf(filter);
  const { rows } = await store.db.query<{
    case_no: CaseNo;
    seq: number;
    state: CaseState;
    amount_fen: number | null;
    overdue: boolean;
  }>(
    `SELECT case_no, seq, state, amount_fen,
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

function whereOf({ scope, state, deadline, overdue, after }: CaseFilter): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [after];
  const value = (one: unknown): string => `$${String(values.push(one))}`;
  const conditions = ['case_no > $1'];
  if ('orgs' in scope) conditions.push(`org = ANY (${value(scope.orgs)})`);
  else if ('personKey' in scope) conditions.push(`person_key = ${value(scope.personKey)}`);
  else conditions.push(`employer = ${value(scope.employer)}`);
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
  return { conditions, values };
}

/** The state that people see, as SQL on a row of `cases` says it: the first hold that shows in the stage, else the stage. */
export function shownAs(state: VisibleState, value: (one: unknown) => string): string {
  const hidesStage = (stage: Stage) =>
    Object.entries(holds).flatMap(([kind, row]) => ((row.shownIn as readonly Stage[]).includes(stage) ? [kind] : []));
  if (state in stages) {
    const hiding = hidesStage(state as Stage);
    const none = hiding.map((kind) => `NOT state -> 'holds' @> ${value(JSON.stringify([{ kind }]))}::jsonb`);
    return [`stage = ${value(state)}`, ...none].join(' AND ');
  }
  const [kind, row] = Object.entries(holds).find(([, one]) => one.state === state) ?? [];
  return `stage = ANY (${value(row?.shownIn ?? [])}) AND state -> 'holds' @> ${value(JSON.stringify([{ kind }]))}::jsonb`;
}
