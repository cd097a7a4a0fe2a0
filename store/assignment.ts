import type { Actor, Role } from '../domain/actor.ts';
import type { OrgCode, Sub } from '../domain/ids.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { taskKind, type TaskKind } from './task-kinds.ts';
import { listTasks, readLoad, type Task, type TaskKey } from './tasks.ts';

type Staff = Actor & { readonly kind: 'staff' };
type Move = 'claimed' | 'released' | 'assigned' | 'reassigned' | 'shared-out' | 'fell-back';

/** What became of one task of a request; `problem` says why nothing did. */
export interface Moved extends TaskKey {
  readonly assignee: Sub | null;
  readonly problem: 'gone' | 'taken' | 'not-yours' | 'reason-missing' | 'four-eyes' | null;
}

/** Assignments of one unit are decided one after the other. */
const lockAssignments = (tx: Transaction) => tx.query(`SELECT pg_advisory_xact_lock(hashtext('task assignments'))`);

const nobody = 'not-on-staff';

/** Takes tasks from the unit's heap for oneself; one that somebody has stays with them. @throws KeyReused */
export const claimTasks = (store: Store, claim: Claim, actor: Staff, ask: Ask): Promise<Outcome<readonly Moved[]>> =>
  moveEach(store, claim, actor, ask, (task) => {
    if (task.assignee === actor.sub) return { assignee: actor.sub, problem: null };
    if (task.assignee !== null && task.standIn !== actor.sub) return { problem: 'taken' };
    return signsTwice(task, actor.sub) ? { problem: 'four-eyes' } : { assignee: actor.sub, move: 'claimed' };
  });

/** Gives tasks back to the unit. @throws KeyReused */
export const releaseTasks = (store: Store, claim: Claim, actor: Staff, ask: Ask): Promise<Outcome<readonly Moved[]>> =>
  moveEach(store, claim, actor, ask, (task) =>
    task.assignee === actor.sub || task.standIn === actor.sub
      ? { assignee: null, move: 'released' }
      : { problem: 'not-yours' },
  );

/** Gives tasks to somebody of the staff; taking one from somebody else needs a reason. @throws KeyReused */
export function assignTasks(
  store: Store,
  claim: Claim,
  actor: Staff,
  ask: Ask & { readonly to: Sub; readonly reason: string | null },
): Promise<Outcome<readonly Moved[]>> {
  return moveEach(store, claim, actor, ask, async (task, tx) => {
    if (task.assignee !== null && ask.reason === null) return { problem: 'reason-missing' };
    if (signsTwice(task, ask.to)) return { problem: 'four-eyes' };
    const { role } = taskKind(task.kind);
    if (!(await staffOf(tx, task.org, role)).includes(ask.to)) return { refused: nobody };
    return { assignee: ask.to, move: task.assignee === null ? 'assigned' : 'reassigned' };
  });
}

/** N3.1g: who handled is never given the review of it, nor who prepared a batch its release. */
const signsTwice = ({ kind, state, firstBy }: Task, sub: Sub): boolean =>
  firstBy === sub || (kind === 'review' && state?.stage === 'review' && state.handling?.by === sub);

/** Gives what a unit's heap has of a kind to its people, the oldest deadline first, each to who has least. @throws KeyReused */
export function shareOut(
  store: Store,
  claim: Claim,
  actor: Staff,
  { org, kind }: { readonly org: OrgCode; readonly kind: TaskKind },
): Promise<Outcome<readonly Moved[]>> {
  return once(store, claim, async (tx) => {
    await lockAssignments(tx);
    const { role } = taskKind(kind);
    const people = await staffOf(tx, org, role, true);
    if (people.length === 0) return { refused: { code: nobody, detail: { role, org } } };
    const load = new Map(people.map((sub) => [sub, 0]));
    for (const { assignee, open } of await readLoad(tx, [org], [kind]))
      if (assignee !== null && load.has(assignee)) load.set(assignee, open);
    const { items } = await listTasks(tx, { orgs: [org], kinds: [kind], assignee: null, after: null, limit: atOnce });
    const moved: Moved[] = [];
    for (const task of items) {
      const able = people.filter((sub) => !signsTwice(task, sub));
      const least = Math.min(...able.map((sub) => load.get(sub) ?? 0));
      const to = able.find((sub) => load.get(sub) === least);
      if (to === undefined) {
        moved.push({ ...keyOf(task), assignee: null, problem: 'four-eyes' });
        continue;
      }
      load.set(to, least + 1);
      await place(tx, store, actor, task, to, 'shared-out', null);
      moved.push({ ...keyOf(task), assignee: to, problem: null });
    }
    return { done: moved };
  });
}
const atOnce = 500;

export interface Ask {
  /** Units within the actor's reach; a task outside them is none. */
  readonly orgs: readonly OrgCode[];
  readonly kinds: readonly TaskKind[];
  readonly keys: readonly TaskKey[];
  readonly reason?: string | null;
}

type Verdict =
  | { readonly assignee: Sub | null; readonly move: Move }
  | { readonly assignee: Sub; readonly problem: null }
  | { readonly problem: NonNullable<Moved['problem']> }
  | { readonly refused: string };

function moveEach(
  store: Store,
  claim: Claim,
  actor: Staff,
  { orgs, kinds, keys, reason = null }: Ask,
  decide: (task: Task, tx: Transaction) => Verdict | Promise<Verdict>,
): Promise<Outcome<readonly Moved[]>> {
  return once(store, claim, async (tx) => {
    await lockAssignments(tx);
    const { items } = await listTasks(tx, { orgs, kinds, keys, after: null, limit: keys.length });
    const moved: Moved[] = [];
    for (const key of keys) {
      const task = items.find((one) => one.kind === key.kind && one.caseNo === key.caseNo && one.ref === key.ref);
      if (!task) {
        moved.push({ ...key, assignee: null, problem: 'gone' });
        continue;
      }
      const verdict = await decide(task, tx);
      if ('refused' in verdict) return { refused: { code: verdict.refused, detail: {} } };
      if ('move' in verdict) await place(tx, store, actor, task, verdict.assignee, verdict.move, reason);
      const problem = 'problem' in verdict ? verdict.problem : null;
      moved.push({ ...keyOf(task), assignee: 'assignee' in verdict ? verdict.assignee : task.assignee, problem });
    }
    return { done: moved };
  });
}

const keyOf = ({ kind, caseNo, ref }: Task): TaskKey => ({ kind, caseNo, ref });

async function place(
  tx: Transaction,
  store: Store,
  actor: Staff,
  { kind, caseNo, ref, org, assignee }: Task,
  to: Sub | null,
  move: Move,
  reason: string | null,
): Promise<void> {
  const key = [kind, caseNo ?? '', ref];
  const at = await businessNow(tx);
  if (to === null) await tx.query('DELETE FROM task_assignment WHERE kind = $1 AND case_no = $2 AND ref = $3', key);
  else
    await tx.query(
      `INSERT INTO task_assignment (kind, case_no, ref, org, role, assignee, assigned_at, assigned_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (kind, case_no, ref) DO UPDATE SET org = EXCLUDED.org, role = EXCLUDED.role,
         assignee = EXCLUDED.assignee, assigned_at = EXCLUDED.assigned_at, assigned_by = EXCLUDED.assigned_by`,
      [...key, org, taskKind(kind).role, to, at, actor.sub],
    );
  await tx.query(
    `INSERT INTO task_move (kind, case_no, ref, at, by, move, assignee_before, assignee_after, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [...key, at, actor.sub, move, assignee, to, reason === null ? null : store.vault.sealAnswer({ reason })],
  );
}

/** Who has the role at the unit today, by appointment; without those who are away where asked so. */
async function staffOf(tx: Transaction, org: OrgCode, role: Role, present = false): Promise<readonly Sub[]> {
  const { rows } = await tx.query<{ sub: Sub }>(
    `SELECT DISTINCT sub FROM appointment p, business_today() AS today
     WHERE org = $1 AND role = $2 AND ended_at IS NULL AND today BETWEEN from_on AND coalesce(until_on, 'infinity')
       AND NOT ($3 AND EXISTS (SELECT FROM stand_in s WHERE s.absent = p.sub AND s.ended_at IS NULL
                                 AND today BETWEEN s.from_on AND s.until_on))
     ORDER BY sub`,
    [org, role, present],
  );
  return rows.map(({ sub }) => sub);
}

/** Somebody's role ended: what they had of it is the unit's again. */
export async function fallBack(tx: Transaction, actor: Staff, sub: Sub, role: Role): Promise<void> {
  await tx.query(
    `WITH gone AS (DELETE FROM task_assignment WHERE assignee = $1 AND role = $2 RETURNING kind, case_no, ref)
     INSERT INTO task_move (kind, case_no, ref, at, by, move, assignee_before)
     SELECT kind, case_no, ref, business_now(), $3, 'fell-back', $1 FROM gone`,
    [sub, role, actor.sub],
  );
}
