import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import type { Facts, Refusal } from '../domain/case/decision.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import { lockCases, type LockedCase } from './case.ts';
import { type CaseDecision, recordCases } from './case-record.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import type { Store } from './store.ts';

export interface PageResult {
  readonly done: readonly CaseNo[];
  readonly refused: readonly { readonly caseNo: CaseNo; readonly refusal: Refusal }[];
}

/** Facts for every case of a page: one clock reading after the locks, each case's own policy. */
export async function factsForAll(tx: Transaction, store: Store): Promise<(state: CaseState) => Promise<Facts>> {
  const now = await businessNow(tx);
  const calendar = await store.rules.calendar(tx, now);
  return async (state) => ({ now, calendar, policy: await store.rules.policy(tx, state.policyVersion) });
}

/**
 * One command for each case of a page: locked in case-number order, decided in memory, recorded in bulk, in the caller's
 * transaction. A refused case is left as it is.
 */
export async function decidePage(
  tx: Transaction,
  store: Store,
  caseNos: readonly CaseNo[],
  {
    actor,
    commandId,
    round,
  }: { readonly actor: Actor; readonly commandId: number | null; readonly round?: Facts['round'] },
  commandFor: (locked: LockedCase) => CaseCommand,
): Promise<PageResult> {
  const rows = await lockCases(tx, caseNos);
  const factsOf = await factsForAll(tx, store);
  const decisions: CaseDecision[] = [];
  const refused: { caseNo: CaseNo; refusal: Refusal }[] = [];
  for (const row of rows) {
    const command = commandFor(row);
    const facts = { ...(await factsOf(row.state)), ...(round && { round }) };
    const decision = decide(row.state, command, facts);
    if ('events' in decision) decisions.push({ row, command, facts, events: decision.events });
    else refused.push({ caseNo: row.caseNo, refusal: decision.refusal });
  }
  await recordCases(tx, store, decisions, { actor, commandId, ownRun: false });
  return { done: decisions.map(({ row }) => row.caseNo), refused };
}
