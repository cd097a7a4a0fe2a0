import type { Actor } from '../domain/actor.ts';
import { type AdjustmentState, adjustmentFund, decideAdjustment } from '../domain/fund/adjustment.ts';
import type { CaseNo, OrgCode } from '../domain/ids.ts';
import { type Fen, fen, sumFen } from '../domain/money.ts';
import { yearOf } from '../domain/policy/dates.ts';
import { dateOf } from '../domain/time.ts';
import { adjustmentKind, askForAdjustment, lockAdjustmentMoney, recordAdjustment } from './adjustment.ts';
import { readOne } from './aggregate.ts';
import { decidePage } from './bulk.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { lockWaiting, reserveForWaiting } from './fund-waiting.ts';
import { addBudget, bookMoves, type FundBalance, fundBalances } from './ledger.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

type Staff = Actor & { kind: 'staff' };

/**
 * Finance adds to a fund's budget of a year (N5.2); cases that wait for money go on in the order of their deadlines.
 * @throws KeyReused
 */
export function commandBudget(
  store: Store,
  claim: Claim,
  actor: Staff,
  budget: { readonly fund: OrgCode; readonly budgetYear: number; readonly amountFen: Fen },
): Promise<Outcome<FundBalance>> {
  return once(store, claim, async (tx, commandId) => {
    if (budget.fund !== adjustmentFund) await lockWaiting(tx, budget.fund);
    await addBudget(tx, { ...budget, at: await businessNow(tx), reason: 'budget', by: actor.sub });
    if (budget.fund !== adjustmentFund) await goOn(tx, store, budget.fund, actor, commandId);
    const balances = await fundBalances(tx, budget.fund);
    const done = balances.find(({ budgetYear }) => budgetYear === budget.budgetYear);
    if (!done) throw new Error(`${budget.fund}/${budget.budgetYear}: no balance after a budget`);
    return { done };
  });
}

/** Cases that wait for money go on in the order of their deadlines; what is still lacking is asked of the province. */
async function goOn(
  tx: Transaction,
  store: Store,
  fund: OrgCode,
  actor: Actor,
  commandId: number | null,
): Promise<number> {
  const reserved = await reserveForWaiting(tx, store, fund, { actor, commandId });
  await askForAdjustment(tx, fund);
  return reserved;
}

export interface Granted {
  readonly request: AdjustmentState;
  /** Cases that have their money now. */
  readonly reserved: number;
}

/**
 * The province grants a region adjustment money (N5.2): out of the province's books, into the region's, and the waiting
 * cases go on in the order of their deadlines, all in one transaction. @throws NotFound, KeyReused
 */
export function grantAdjustment(
  store: Store,
  claim: Claim,
  actor: Staff,
  { requestId, amountFen }: { readonly requestId: string; readonly amountFen: Fen },
): Promise<Outcome<Granted>> {
  return once(store, claim, async (tx, commandId) => {
    const { state: seen } = await readOne(tx, adjustmentKind, requestId);
    await lockWaiting(tx, seen.fund); // cases before fund and request, as at approval
    const before = await readOne(tx, adjustmentKind, requestId, 'FOR UPDATE');
    const { fund, budgetYear } = before.state;
    const availableFen = await lockAdjustmentMoney(tx, budgetYear);
    const at = await businessNow(tx);
    const year = yearOf(dateOf(at));
    const decision = decideAdjustment(before.state, { type: 'grant', by: actor.sub, amountFen, availableFen, year });
    if ('refusal' in decision) return { refused: { ...decision.refusal, changed: before.changed } };
    if (!decision.event) throw new Error(`${requestId}: granting records an event`);
    const { seq, state } = await recordAdjustment(tx, requestId, before, decision.event, actor, commandId);
    const source = { reason: 'adjustment-granted', stream: adjustmentKind.streamOf(requestId), seq, by: actor.sub };
    await bookMoves(tx, [
      { ...source, at, fund: adjustmentFund, budgetYear, from: 'available', to: 'transferred', amountFen },
      { ...source, at, fund, budgetYear, from: 'transferred', to: 'available', amountFen },
    ]);
    return { done: { request: state, reserved: await goOn(tx, store, fund, actor, commandId) } };
  });
}

/** The province says no, and why; cases go on waiting for the region's own money. @throws NotFound, KeyReused */
export function declineAdjustment(
  store: Store,
  claim: Claim,
  actor: Staff,
  { requestId, reason }: { readonly requestId: string; readonly reason: string },
): Promise<Outcome<AdjustmentState>> {
  return once(store, claim, async (tx, commandId) => {
    const before = await readOne(tx, adjustmentKind, requestId, 'FOR UPDATE');
    const decision = decideAdjustment(before.state, { type: 'decline', by: actor.sub });
    if ('refusal' in decision) return { refused: { ...decision.refusal, changed: before.changed } };
    if (!decision.event) throw new Error(`${requestId}: declining records an event`);
    const { state } = await recordAdjustment(tx, requestId, before, decision.event, actor, commandId);
    await tx.query('UPDATE adjustment_request SET note = $2 WHERE request_id = $1', [
      ...[requestId, store.vault.sealAnswer({ reason })],
    ]);
    return { done: state };
  });
}

export interface CarriedOver {
  readonly fund: OrgCode;
  readonly fromYear: number;
  readonly cases: number;
  readonly amountFen: Fen;
}

const pageSize = 500;

/** Cases of a fund for which a year that is over still holds money. */
async function stillHeld(db: Queryable, fund: OrgCode, year: number, after: string): Promise<readonly CaseNo[]> {
  const { rows } = await db.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM cases WHERE fund = $1 AND state -> 'reservation' ->> 'budgetYear' = $2 AND case_no > $3
     ORDER BY case_no LIMIT ${pageSize}`,
    [fund, String(year), after],
  );
  return rows.map((row) => row.case_no);
}

/** N5.1, year end by a person: what is open of the fund's year moves into the present one. @throws KeyReused */
export function commandCarryOver(
  store: Store,
  claim: Claim,
  actor: Staff,
  { fund, year }: { readonly fund: OrgCode; readonly year: number },
): Promise<Outcome<CarriedOver>> {
  return once(store, claim, async (tx, commandId) => {
    if (year >= yearOf(dateOf(await businessNow(tx)))) return { refused: { code: 'year-not-over', detail: { year } } };
    const amounts: Fen[] = [];
    for (let after = ''; ;) {
      const page = await stillHeld(tx, fund, year, after);
      const last = page.at(-1);
      if (last === undefined) break;
      amounts.push(...(await carryPage(tx, store, page, year, actor, commandId)));
      after = last;
    }
    return { done: { fund, fromYear: year, cases: amounts.length, amountFen: sumFen(amounts) } };
  });
}

/**
 * Year end by the business day: every fund, in pages of their own; a repeat finds nothing left. Who waits for money goes
 * on with the new year's, as far as it goes (N5.2).
 */
export async function carryOverYear(store: Store, actor: Actor, year: number, heartbeat: () => void): Promise<void> {
  const { rows } = await store.db.query<{ fund: OrgCode }>('SELECT DISTINCT fund FROM org_unit ORDER BY fund');
  for (const { fund } of rows) {
    for (let after = ''; ;) {
      const page = await stillHeld(store.db, fund, year, after);
      const last = page.at(-1);
      if (last === undefined) break;
      await store.db.transaction((tx) => carryPage(tx, store, page, year, actor, null));
      heartbeat();
      after = last;
    }
    while ((await store.db.transaction((tx) => goOn(tx, store, fund, actor, null))) > 0) heartbeat();
  }
}

async function carryPage(
  tx: Transaction,
  store: Store,
  page: readonly CaseNo[],
  fromYear: number,
  actor: Actor,
  commandId: number | null,
): Promise<readonly Fen[]> {
  const amounts = new Map<CaseNo, Fen>();
  const { done } = await decidePage(tx, store, page, { actor, commandId }, ({ caseNo, state }) => {
    amounts.set(caseNo, state.reservation?.amountFen ?? fen(0));
    return { type: 'carry-over', fromYear };
  });
  return done.map((caseNo) => amounts.get(caseNo) ?? fen(0));
}
