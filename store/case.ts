import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import type { Decided, Decision, Facts } from '../domain/case/decision.ts';
import type { CaseFile } from '../domain/policy/checks.ts';
import type { CaseText } from '../domain/case/events.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, transferOf, visibleState } from '../domain/case/state.ts';
import type { CaseNo, RoundId } from '../domain/ids.ts';
import { occupationsOf, spellingsOf } from '../domain/policy/occupations.ts';
import { instantFromMs, yearOf } from '../domain/policy/dates.ts';
import { dateOf } from '../domain/time.ts';
import type { CaseOwners } from '../domain/rights.ts';
import { type CaseRow, caseStream, type RecordedCase, recordCases } from './case-record.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { claimsFact, lockRival } from './entitlement.ts';
import { lockAvailable } from './ledger.ts';
import { NotFound } from './not-found.ts';
import { type Claim, once, type Outcome, type Refused } from './once.ts';
import { windowOf } from './round-window.ts';
import type { Store } from './store.ts';
import type { AppendOptions } from './stream.ts';

export { NotFound };

/** A filed case as its row has it, with who changed it last. */
export interface LockedCase extends CaseRow {
  readonly state: CaseState;
  readonly changed: NonNullable<Refused['changed']>;
}

interface Read {
  case_no: CaseNo;
  seq: number;
  last_hash: Buffer;
  last_at: number;
  last_actor: Actor;
  state: CaseState;
}

const columns = 'case_no, seq, last_hash, last_at, last_actor, state';

const fromRow = (row: Read): LockedCase => ({
  caseNo: row.case_no,
  head: { stream: caseStream(row.case_no), seq: row.seq, lastHash: row.last_hash },
  state: row.state,
  changed: { by: row.last_actor, at: instantFromMs(row.last_at), seq: row.seq },
});

/** Locks cases in case-number order, the order that everyone keeps. Unknown numbers are left out. */
export async function lockCases(tx: Transaction, caseNos: readonly CaseNo[]): Promise<readonly LockedCase[]> {
  const { rows } = await tx.query<Read>(
    `SELECT ${columns} FROM cases WHERE case_no = ANY ($1) ORDER BY case_no FOR UPDATE`,
    [caseNos],
  );
  return rows.map(fromRow);
}

/**
 * Rights are looked at before the lock is had. Under it this asks again, of the agency that has the case now. Throws what
 * the caller is answered with.
 */
export type StillMay = (now: Pick<CaseOwners, 'org' | 'transferTo'>) => void;

/** @throws NotFound, and what `stillMay` throws */
export async function lockCase(tx: Transaction, caseNo: CaseNo, stillMay?: StillMay): Promise<LockedCase> {
  const [found] = await lockCases(tx, [caseNo]);
  if (!found) throw new NotFound(caseNo);
  const { state } = found;
  stillMay?.({ org: state.org, transferTo: transferOf(state)?.to ?? null });
  return found;
}

/** The case as it stands, without a lock. @throws NotFound */
export async function readCase(db: Queryable, caseNo: CaseNo): Promise<LockedCase> {
  const { rows } = await db.query<Read>(`SELECT ${columns} FROM cases WHERE case_no = $1`, [caseNo]);
  const [row] = rows;
  if (!row) throw new NotFound(caseNo);
  return fromRow(row);
}

/** What most decisions rest on; call it with the case locked, so that `now` is after the lock. */
async function factsFor(tx: Transaction, store: Store, state: CaseState): Promise<Facts> {
  const now = await businessNow(tx);
  return {
    now,
    policy: await store.rules.policy(tx, state.policyVersion),
    calendar: await store.rules.calendar(tx, now),
  };
}

/** Adds the fund under lock (N5.2). */
export async function withFund(tx: Transaction, state: CaseState, facts: Facts): Promise<Facts> {
  const budgetYear = yearOf(dateOf(facts.now));
  return { ...facts, fund: { budgetYear, availableFen: await lockAvailable(tx, state.fund, budgetYear) } };
}

const needsFund: ReadonlySet<CaseCommand['type']> = new Set(['review', 'reserve-fund', 'decide-reconsideration']);

/** The occupation under which the command would claim (N4.3): the case's own, or the one that it sets; null: it claims nothing. */
function claimedBy(state: CaseState, command: CaseCommand): string | null {
  if (command.type === 'handle') return command.occupation ?? null;
  const isReconsidered = command.type === 'ask-reconsideration' || command.type === 'decide-reconsideration';
  return isReconsidered ? state.certificate.occupation : null;
}

export interface CaseAsk {
  readonly caseNo: CaseNo;
  readonly command: CaseCommand;
  /** What the person wrote beside it; sealed with the first event. */
  readonly text?: CaseText;
  /** The round whose window the decision asks for (N3.2). */
  readonly roundId?: RoundId;
  /** The seq that the caller decided on; a later one is refused as `case-changed`. */
  readonly expectedSeq?: number | undefined;
}

/** Extra work inside the command's transaction: facts that it needs, rows beside the events. */
export interface CaseStep {
  readonly stillMay?: StillMay;
  readonly file?: (tx: Transaction, locked: LockedCase) => Promise<CaseFile | undefined>;
  /** What a refusal says of where the case is; absent: nothing. */
  readonly standing?: (state: CaseState) => NonNullable<Refused['standing']>;
  readonly alongside?: (tx: Transaction, facts: Facts, locked: LockedCase, events: readonly Decided[]) => Promise<void>;
}

/**
 * Decides one command on one case inside the caller's transaction: lock, clock, facts, `decide`, record.
 * @throws NotFound
 */
export async function decideCase(
  tx: Transaction,
  store: Store,
  ask: CaseAsk,
  options: AppendOptions,
  step: CaseStep = {},
): Promise<Outcome<RecordedCase>> {
  const roundId = ask.command.type === 'pass' ? ask.command.roundId : ask.roundId;
  const round = roundId && (await windowOf(tx, store, roundId)); // a round is locked before its cases
  const locked = await lockCase(tx, ask.caseNo, step.stillMay);
  const { changed } = locked;
  if (ask.expectedSeq !== undefined && ask.expectedSeq !== locked.head.seq)
    return { refused: { code: 'case-changed', detail: {}, changed } };
  let facts = await factsFor(tx, store, locked.state);
  if (round) facts = { ...facts, round };
  if (needsFund.has(ask.command.type)) facts = await withFund(tx, locked.state, facts);
  const claimed = claimedBy(locked.state, ask.command);
  if (claimed !== null) {
    const list = occupationsOf(await store.rules.policyOn(tx, dateOf(facts.now)));
    facts = { ...facts, rival: await lockRival(tx, ask.caseNo, spellingsOf(claimed, list)) };
  }
  const file = await step.file?.(tx, locked);
  if (file) facts = { ...facts, file, ...(await claimsFact(tx, locked.state, facts.policy)) };
  const decision = withText(decide(locked.state, ask.command, facts), ask.text);
  if ('refusal' in decision) {
    const standing = decision.refusal.code === 'not-in-this-state' && step.standing?.(locked.state);
    return { refused: { ...decision.refusal, changed, ...(standing ? { standing } : {}) } };
  }
  await step.alongside?.(tx, facts, locked, decision.events);
  const [recorded] = await recordCases(
    tx,
    store,
    [{ row: locked, command: ask.command, facts, events: decision.events }],
    options,
  );
  if (!recorded) throw new Error(`${ask.caseNo}: nothing was recorded`);
  return { done: recorded };
}

/** What a person's command answers. */
export interface CaseAnswer {
  readonly caseNo: CaseNo;
  readonly seq: number;
  readonly state: VisibleState;
}

/** What a recorded command is answered with. */
export const answerOf = ({ caseNo, seq, state }: RecordedCase): CaseAnswer => ({
  caseNo,
  seq,
  state: visibleState(state),
});

/** A person's command on a case, once per key. @throws NotFound, KeyReused */
export function commandCase(
  store: Store,
  claim: Claim,
  actor: Actor,
  ask: CaseAsk,
  step?: CaseStep,
): Promise<Outcome<CaseAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    const outcome = await decideCase(tx, store, ask, { actor, commandId, ownRun: false }, step);
    return 'refused' in outcome ? outcome : { done: answerOf(outcome.done) };
  });
}

/** Seals what a person wrote with the first event of the decision. */
export function withText(decision: Decision, text: CaseText | undefined): Decision {
  if ('refusal' in decision || text === undefined) return decision;
  const [first, ...rest] = decision.events;
  return first ? { events: [{ ...first, text: { ...first.text, ...text } }, ...rest] } : decision;
}
