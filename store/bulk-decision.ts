import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import type { Decision, Facts } from '../domain/case/decision.ts';
import type { CaseText } from '../domain/case/events.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo, OrgCode, Sub } from '../domain/ids.ts';
import { fen, type Fen } from '../domain/money.ts';
import { factsForAll } from './bulk.ts';
import { lockCases, withFund, withText } from './case.ts';
import { type CaseDecision, recordCases } from './case-record.ts';
import type { Transaction } from './database.ts';
import { type Claim, once, type Outcome, type Refused } from './once.ts';
import type { Store } from './store.ts';
import { listTasks, type TaskCursor } from './tasks.ts';

/** What became of one case of many; `refused` says why nothing did. */
export interface BulkItem {
  readonly caseNo: CaseNo;
  readonly state: VisibleState | null;
  readonly refused: Refused | null;
}

export interface BulkResult {
  readonly items: readonly BulkItem[];
  /** Where a filter goes on; null when it has been gone through, and for a list. */
  readonly next: TaskCursor | null;
}

/** Which cases: named ones, or those that wait for it, oldest deadline first, a page at a time. */
export type Which =
  | { readonly caseNos: readonly CaseNo[] }
  | {
      readonly overdue?: boolean | undefined;
      readonly assignee?: Sub | null | undefined;
      readonly after: TaskCursor | null;
    };

export interface BulkAsk {
  /** Within the actor's reach; a case outside them is unknown. */
  readonly orgs: readonly OrgCode[];
  readonly which: Which;
  readonly command: Extract<CaseCommand, { type: 'handle' | 'review' }>;
  readonly text: CaseText;
}

/** Cases that one request decides on: one transaction, within the API's 10 s. */
export const mostAtOnce = 1_000;

/** Rows that one statement writes. */
const writtenAtOnce = 500;

/**
 * One person's decision on many cases, each decided for itself: what is refused is left as it is and explained, four eyes
 * hold for each (N3.1g), and the fund goes down as cases are approved (N5.2). @throws KeyReused
 */
export function decideMany(
  store: Store,
  claim: Claim,
  actor: Actor & { readonly kind: 'staff' },
  { orgs, which, command, text }: BulkAsk,
): Promise<Outcome<BulkResult>> {
  return once(store, claim, async (tx, commandId) => {
    const { caseNos, next } = await chosen(tx, orgs, which, command);
    const rows = (await lockCases(tx, caseNos)).filter(({ state }) => orgs.includes(state.org));
    const factsOf = await factsForAll(tx, store);
    const funds = new Funds(tx);
    const decisions: CaseDecision[] = [];
    const items = new Map<CaseNo, BulkItem>(
      caseNos.map((caseNo) => [caseNo, { caseNo, state: null, refused: { code: 'not-found', detail: {} } }]),
    );
    for (const row of rows) {
      const { caseNo, state, changed } = row;
      const facts = await funds.among(await factsOf(state), command, state);
      const decision = withText(decide(state, command, facts), text);
      if ('refusal' in decision)
        items.set(caseNo, { caseNo, state: visibleState(state), refused: { ...decision.refusal, changed } });
      else {
        funds.reserve(state, decision);
        decisions.push({ row, command, facts, events: decision.events });
      }
    }
    for (let first = 0; first < decisions.length; first += writtenAtOnce) {
      const page = decisions.slice(first, first + writtenAtOnce);
      for (const { caseNo, state } of await recordCases(tx, store, page, { actor, commandId, ownRun: false }))
        items.set(caseNo, { caseNo, state: visibleState(state), refused: null });
    }
    return { done: { items: [...items.values()], next } };
  });
}

async function chosen(
  tx: Transaction,
  orgs: readonly OrgCode[],
  which: Which,
  command: BulkAsk['command'],
): Promise<{ readonly caseNos: readonly CaseNo[]; readonly next: TaskCursor | null }> {
  if ('caseNos' in which) return { caseNos: [...new Set(which.caseNos)], next: null };
  const asked = { ...which, orgs, kinds: [command.type], limit: mostAtOnce };
  const { items, next } = await listTasks(tx, asked);
  // A filter means the cases that wait for this very outcome; the others are left to be looked at.
  const agrees = (state: CaseState | null) =>
    command.type === 'handle' ||
    command.outcome === 'return' ||
    (state?.stage === 'review' && state.handling?.outcome === command.outcome);
  return { caseNos: items.flatMap(({ caseNo, state }) => (caseNo !== null && agrees(state) ? [caseNo] : [])), next };
}

/** What each fund can still reserve while one case after the other is approved. */
class Funds {
  readonly #tx: Transaction;
  readonly #left = new Map<OrgCode, NonNullable<Facts['fund']>>();

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  async among(facts: Facts, command: CaseCommand, state: CaseState): Promise<Facts> {
    if (command.type !== 'review') return facts;
    const known = this.#left.get(state.fund);
    if (known) return { ...facts, fund: known };
    const read = await withFund(this.#tx, state, facts);
    if (read.fund) this.#left.set(state.fund, read.fund);
    return read;
  }

  reserve({ fund }: CaseState, decision: Extract<Decision, { events: unknown }>): void {
    const known = this.#left.get(fund);
    if (!known) return;
    let availableFen: Fen = known.availableFen;
    for (const { event } of decision.events)
      if (event.type === 'approved' && event.reserved) availableFen = fen(availableFen - event.amountFen);
    this.#left.set(fund, { ...known, availableFen });
  }
}
