import type { Actor } from '../domain/actor.ts';
import type { CaseNo, OrgCode } from '../domain/ids.ts';
import { decide } from '../domain/case/decide.ts';
import { fen } from '../domain/money.ts';
import { yearOf } from '../domain/policy/dates.ts';
import { dateOf } from '../domain/time.ts';
import { factsForAll } from './bulk.ts';
import { lockCases, type LockedCase } from './case.ts';
import { type CaseDecision, recordCases } from './case-record.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import { lockAvailable } from './ledger.ts';
import type { Store } from './store.ts';

/** Cases asked again in one go. */
const atOnce = 1_000;

/** Locks the cases that wait for money, in case-number order, before anything of the fund is locked. */
export async function lockWaiting(tx: Transaction, fund: OrgCode): Promise<readonly LockedCase[]> {
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM cases
     WHERE fund = $1 AND stage IN ('approved', 'listed', 'publicity', 'payable') AND state -> 'reservation' = 'null'
     ORDER BY (SELECT due_at FROM open_deadline d WHERE d.case_no = cases.case_no AND kind = 'payout') NULLS LAST, case_no
     LIMIT ${atOnce}`,
    [fund],
  );
  const inOrder = rows.map((row) => row.case_no);
  const locked = new Map((await lockCases(tx, inOrder)).map((row) => [row.caseNo, row]));
  return inOrder.flatMap((caseNo) => locked.get(caseNo) ?? []);
}

/**
 * N5.2: whoever found the fund short is asked again, in the order of their payout deadlines. Nobody overtakes: the first
 * one that is still too large ends it. @returns how many now have their money
 */
export async function reserveForWaiting(
  tx: Transaction,
  store: Store,
  fund: OrgCode,
  options: { readonly actor: Actor; readonly commandId: number | null },
): Promise<number> {
  const waiting = await lockWaiting(tx, fund);
  if (waiting.length === 0) return 0;
  const factsOf = await factsForAll(tx, store);
  const budgetYear = yearOf(dateOf(await businessNow(tx)));
  let availableFen = await lockAvailable(tx, fund, budgetYear);
  const command = { type: 'reserve-fund' } as const;
  const decisions: CaseDecision[] = [];
  for (const row of waiting) {
    if (!('award' in row.state) || row.state.reservation) continue;
    const facts = { ...(await factsOf(row.state)), fund: { budgetYear, availableFen } };
    const decision = decide(row.state, command, facts);
    if ('refusal' in decision) break;
    availableFen = fen(availableFen - row.state.award.amountFen);
    decisions.push({ row, command, facts, events: decision.events });
  }
  await recordCases(tx, store, decisions, { ...options, ownRun: false });
  return decisions.length;
}
