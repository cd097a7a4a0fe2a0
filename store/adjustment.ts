import type { Actor } from '../domain/actor.ts';
import {
  type AdjustmentEvent,
  adjustmentFund,
  type AdjustmentState,
  decideAdjustment,
  evolveAdjustment,
} from '../domain/fund/adjustment.ts';
import type { OrgCode } from '../domain/ids.ts';
import { type Fen, fen } from '../domain/money.ts';
import { yearOf } from '../domain/policy/dates.ts';
import { dateOf } from '../domain/time.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import { lockAvailable } from './ledger.ts';

export const adjustmentKind: Kind<AdjustmentState, AdjustmentEvent> = {
  table: 'adjustment_request',
  idColumn: 'request_id',
  streamOf: (id) => `adjustment-${id}`,
  evolve: evolveAdjustment,
};

/** No workflow follows a request: nobody has to be told through the outbox. */
export async function recordAdjustment(
  tx: Transaction,
  requestId: string,
  before: Locked<AdjustmentState> | null,
  event: AdjustmentEvent,
  actor: Actor,
  commandId: number | null,
) {
  const happened = { at: await businessNow(tx), event, wakes: false };
  return recordOne(tx, adjustmentKind, requestId, before, happened, { actor, commandId, ownRun: true });
}

/** What the cases that wait for money lack this year; 0: nothing (N5.2). */
async function shortage(tx: Transaction, fund: OrgCode, budgetYear: number): Promise<Fen> {
  const { rows } = await tx.query<{ waiting: number }>(
    `SELECT coalesce(sum(amount_fen), 0)::bigint AS waiting FROM cases
     WHERE fund = $1 AND stage IN ('approved', 'listed', 'publicity', 'payable') AND state -> 'reservation' = 'null'`,
    [fund],
  );
  const { waiting } = only(rows, 'sum');
  return fen(waiting === 0 ? 0 : Math.max(0, waiting - (await lockAvailable(tx, fund, budgetYear))));
}

/**
 * Says to the province what the fund's waiting cases lack: asks when nothing is asked for yet, restates what is open, and
 * ends it when the fund's own money was enough after all, or its year is over (N5.2). Call it with the cases recorded.
 */
export async function askForAdjustment(tx: Transaction, fund: OrgCode): Promise<void> {
  const budgetYear = yearOf(dateOf(await businessNow(tx)));
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('adjustment ' || $1))`, [fund]);
  const shortFen = await shortage(tx, fund, budgetYear);
  const actor: Actor = { kind: 'process', name: `fund-${fund}` };
  const { rows } = await tx.query<{ request_id: string; budget_year: number }>(
    `SELECT request_id, budget_year FROM adjustment_request WHERE fund = $1 AND stage = 'requested' ORDER BY budget_year`,
    [fund],
  );
  for (const { request_id } of rows) {
    const before = await readOne(tx, adjustmentKind, request_id, 'FOR UPDATE');
    const isOver = before.state.budgetYear < budgetYear;
    const command = isOver
      ? ({ type: 'end-year', year: budgetYear } as const)
      : ({ type: 'state-shortage', shortFen } as const);
    const decision = decideAdjustment(before.state, command);
    if ('event' in decision && decision.event)
      await recordAdjustment(tx, request_id, before, decision.event, actor, null);
  }
  const isOpen = rows.some(({ budget_year }) => budget_year === budgetYear);
  if (!isOpen && shortFen > 0) {
    const earlier = await tx.query<{ n: number }>(
      'SELECT count(*) AS n FROM adjustment_request WHERE fund = $1 AND budget_year = $2',
      [fund, budgetYear],
    );
    const requestId = `${fund}-${budgetYear}-${only(earlier.rows, 'count').n + 1}`;
    const event = { type: 'adjustment-requested', requestId, fund, budgetYear, askedFen: shortFen } as const;
    await recordAdjustment(tx, requestId, null, event, actor, null);
  }
}

/** Requests of the funds, the latest first. */
export async function listAdjustments(
  db: Queryable,
  funds: readonly OrgCode[],
  {
    open,
    before,
    limit,
  }: { readonly open: boolean | undefined; readonly before: string | null; readonly limit: number },
): Promise<readonly AdjustmentState[]> {
  const { rows } = await db.query<{ state: AdjustmentState }>(
    `SELECT state FROM adjustment_request WHERE fund = ANY ($1) AND ($2::boolean IS NULL OR (stage = 'requested') = $2)
       AND ($3::text IS NULL OR request_id < $3) ORDER BY request_id DESC LIMIT $4`,
    [funds, open ?? null, before, limit],
  );
  return rows.map(({ state }) => state);
}

/** @throws NotFound */
export const readAdjustment = async (db: Queryable, requestId: string): Promise<AdjustmentState> =>
  (await readOne(db, adjustmentKind, requestId)).state;

/** What the adjustment fund can still give this year, under lock. */
export const lockAdjustmentMoney = (tx: Transaction, budgetYear: number): Promise<Fen> =>
  lockAvailable(tx, adjustmentFund, budgetYear);
