import type { Actor } from '../domain/actor.ts';
import type { Moved } from '../domain/calendar/change.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { BatchId, CaseNo, OrderNo, RoundId } from '../domain/ids.ts';
import { endOfDay } from '../domain/policy/dates.ts';
import type { DeadlineKind } from '../domain/policy/deadlines.ts';
import { isOwnPeriod } from '../domain/policy/moved-deadlines.ts';
import { type CivilDate, dateOf } from '../domain/time.ts';
import { decidePage } from './bulk.ts';
import { moveBatch } from './batch.ts';
import { businessNow } from './clock.ts';
import { moveRound } from './round.ts';
import type { Store } from './store.ts';

/** Cases that one transaction looks at. */
const pageSize = 500;

/**
 * Moves every open deadline that the calendar as it is known now touches, rounds before their cases. What was moved is
 * not touched again, so a sweep that was cut short is simply made once more.
 * @param progress is called after each page
 * @param perPage cases that one transaction looks at
 */
export async function moveAllDeadlines(
  store: Store,
  actor: Actor,
  progress: () => void,
  perPage = pageSize,
): Promise<Moved> {
  const { version } = await store.rules.calendar(store.db, await businessNow(store.db));
  let rounds = 0;
  const open = await store.db.query<{ round_id: RoundId }>(
    `SELECT round_id FROM round WHERE stage IN ('freezing', 'reported', 'publishing', 'public') ORDER BY round_id`,
  );
  for (const { round_id } of open.rows) {
    if (await moveRound(store, round_id, actor)) rounds += 1;
    progress();
  }
  let cases = 0;
  for (let after: CaseNo | '' = ''; ;) {
    const page: readonly CaseNo[] = await casesAfter(store, after, perPage);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
    const { done } = await store.db.transaction((tx) =>
      decidePage(tx, store, page, { actor, commandId: null }, () => ({ type: 'move-deadlines', starts: true })),
    );
    cases += done.length;
    progress();
  }
  let batches = 0;
  const prepared = await store.db.query<{ batch_id: BatchId }>(
    `SELECT batch_id FROM payment_batch WHERE stage = 'prepared' ORDER BY batch_id`,
  );
  for (const { batch_id } of prepared.rows) {
    if (await moveBatch(store, batch_id, actor)) batches += 1;
    progress();
  }
  const moved = { cases, rounds, batches };
  await store.db.query(
    `INSERT INTO calendar_applied (version, applied_at, cases, rounds, batches)
     VALUES ($1, business_now(), $2, $3, $4) ON CONFLICT DO NOTHING`,
    [version, cases, rounds, moved.batches],
  );
  return moved;
}

/** The next cases with a deadline open. */
async function casesAfter(store: Store, after: string, limit: number): Promise<readonly CaseNo[]> {
  const { rows } = await store.db.query<{ case_no: CaseNo }>(
    'SELECT DISTINCT case_no FROM open_deadline WHERE case_no > $1 ORDER BY case_no LIMIT $2',
    [after, limit],
  );
  return rows.map(({ case_no }) => case_no);
}

/** Whether the calendar as it is known now was not yet held against every open deadline. */
export async function isCalendarNew(store: Store): Promise<boolean> {
  const { version } = await store.rules.calendar(store.db, await businessNow(store.db));
  return (await store.db.query('SELECT FROM calendar_applied WHERE version = $1', [version])).rows.length === 0;
}

/**
 * Reminds of what is due soon, the staff or the applicant whose period it is, and escalates what is late (N3.1), each
 * step once, on a working day. Nothing is decided by it.
 */
export async function remindAndEscalate(
  store: Store,
  actor: Actor,
  day: CivilDate,
  progress: () => void,
): Promise<{ readonly reminded: number; readonly escalated: number }> {
  const now = await businessNow(store.db);
  const calendar = await store.rules.calendar(store.db, now);
  const policy = await store.rules.policyInForce(store.db, day);
  if (!policy) return { reminded: 0, escalated: 0 };
  const soon = endOfDay(calendar.add(dateOf(now), Math.max(1, policy.reminderWorkingDays)));
  const reminded = await each(
    store,
    actor,
    progress,
    'remind-deadline',
    'NOT overdue AND NOT reminded AND due_at <= $4',
    soon,
  );
  const escalated = await each(store, actor, progress, 'escalate-deadline', 'overdue AND due_at <= $4', now);
  return { reminded, escalated };
}

/**
 * Reminds applicants whose account the bank could not credit and who did not put it right (N3.3), by the working days of
 * each case's policy; from the first time on a handler has it as a task.
 */
export async function remindOfAccounts(store: Store, actor: Actor, progress: () => void): Promise<number> {
  let count = 0;
  for (let after = ''; ;) {
    const { rows } = await store.db.query<{ case_no: CaseNo; ended_order: OrderNo }>(
      `SELECT case_no, hold ->> 'ref' AS ended_order FROM cases, jsonb_array_elements(state -> 'holds') AS hold
       WHERE held AND stage = 'payable' AND hold ->> 'kind' = 'account' AND case_no > $1 ORDER BY case_no LIMIT $2`,
      [after, pageSize],
    );
    const last = rows.at(-1);
    if (!last) return count;
    after = last.case_no;
    const orders = new Map(rows.map((row) => [row.case_no, row.ended_order]));
    const { done } = await store.db.transaction((tx) =>
      decidePage(tx, store, [...orders.keys()], { actor, commandId: null }, ({ caseNo }) => ({
        type: 'remind-of-account',
        endedOrder: orders.get(caseNo) ?? last.ended_order,
      })),
    );
    count += done.length;
    progress();
  }
}

/** One step for each open deadline that meets the condition, in pages by case and kind. */
async function each(
  store: Store,
  actor: Actor,
  progress: () => void,
  type: 'remind-deadline' | 'escalate-deadline',
  condition: string,
  until: string,
): Promise<number> {
  let count = 0;
  for (let after: readonly [string, string] = ['', '']; ;) {
    const { rows } = await store.db.query<{ case_no: CaseNo; kind: DeadlineKind }>(
      `SELECT case_no, kind FROM open_deadline WHERE (case_no, kind) > ($1, $2) AND ${condition}
       ORDER BY case_no, kind LIMIT $3`,
      [...after, pageSize, until],
    );
    const last = rows.at(-1);
    if (!last) return count;
    after = [last.case_no, last.kind];
    // A case with two of them has its second one on a page of its own.
    for (let left = rows; left.length > 0;) {
      const kinds = new Map<CaseNo, DeadlineKind>();
      for (const { case_no, kind } of left) if (!kinds.has(case_no)) kinds.set(case_no, kind);
      left = left.filter(({ case_no, kind }) => kinds.get(case_no) !== kind);
      const { done } = await store.db.transaction((tx) =>
        decidePage(tx, store, [...kinds.keys()], { actor, commandId: null }, ({ caseNo, state }): CaseCommand => {
          const kind = kinds.get(caseNo) ?? 'review';
          const deadline = state.deadlines.find(
            (one) => one.kind === kind && (one.status === 'running' || one.status === 'overdue'),
          );
          const asked = { kind, dueAt: deadline?.dueAt ?? state.filedAt };
          if (type === 'escalate-deadline') return { type, ...asked };
          return isOwnPeriod(kind)
            ? { type: 'remind-applicant', kind, dueAt: asked.dueAt }
            : { type: 'remind-deadline', ...asked };
        }),
      );
      count += done.length;
      progress();
    }
  }
}
