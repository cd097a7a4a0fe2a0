import type { CaseCommand } from '../domain/case/commands.ts';
import type { Decided, Facts } from '../domain/case/decision.ts';
import { entitlementAfter, type EntitlementStatus } from '../domain/case/entitlement.ts';
import { evolve } from '../domain/case/evolve.ts';
import { allDeadlines, type CaseState } from '../domain/case/state.ts';
import { wakesProcedure } from '../domain/case/wakes.ts';
import { movesOf } from '../domain/fund/postings.ts';
import type { CaseNo } from '../domain/ids.ts';
import { askForAdjustment } from './adjustment.ts';
import { askForLook } from './look-request.ts';
import type { Transaction } from './database.ts';
import { bookMoves, type CaseMove } from './ledger.ts';
import type { Store } from './store.ts';
import { append, type AppendOptions, type Head } from './stream.ts';
import { sealJson } from './vault.ts';

/** A case as its row has it; `state` null: about to be filed. */
export interface CaseRow {
  readonly caseNo: CaseNo;
  readonly head: Head;
  readonly state: CaseState | null;
}

/** One case's decision, ready to be written down. */
export interface CaseDecision {
  readonly row: CaseRow;
  readonly command: CaseCommand;
  readonly facts: Facts;
  readonly events: readonly Decided[];
}

export interface RecordedCase {
  readonly caseNo: CaseNo;
  readonly seq: number;
  readonly state: CaseState;
}

interface Folded extends CaseDecision {
  readonly after: CaseState;
  readonly moves: readonly CaseMove[];
  readonly entitlement: EntitlementStatus | null;
}

export const caseStream = (caseNo: CaseNo): string => `case-${caseNo}`;

/**
 * Writes what was decided on one or many cases, whose rows the caller has locked: events, rows, deadlines, entitlements,
 * entries, batch lists and ledger, all or nothing. The only writer of a case.
 */
export async function recordCases(
  tx: Transaction,
  store: Store,
  decisions: readonly CaseDecision[],
  options: AppendOptions,
): Promise<readonly RecordedCase[]> {
  if (decisions.length === 0) return [];
  const folded = decisions.map(fold);
  const keys = await keysForTexts(tx, store, decisions);
  const heads = await append(
    tx,
    folded.map(({ row, facts, events }) => ({
      head: row.head,
      at: facts.now,
      events: events.map(({ event, text }) => ({
        type: event.type,
        body: JSON.stringify(event),
        sealed: text ? sealJson(keyOf(keys, row.caseNo), text, 'event') : null,
        wakes: wakesProcedure(event.type),
      })),
    })),
    options,
  );
  await insertDecisions(tx, folded);
  await updateRows(tx, folded, heads, options);
  await replaceDeadlines(tx, folded);
  await updateEntitlements(tx, folded);
  await followInLists(tx, folded);
  await bookMoves(
    tx,
    folded.flatMap((one) => one.moves),
  );
  await sayWhatIsShort(tx, folded);
  return folded.map(({ row, after, events }) => ({
    caseNo: row.caseNo,
    seq: row.head.seq + events.length,
    state: after,
  }));
}

/** N5.2: an approval that found the fund short asks the province for adjustment money. */
async function sayWhatIsShort(tx: Transaction, folded: readonly Folded[]): Promise<void> {
  const short = folded.filter(({ events }) => events.some(({ event }) => event.type === 'approved' && !event.reserved));
  for (const fund of new Set(short.map(({ after }) => after.fund))) await askForAdjustment(tx, fund);
}

function fold(decision: CaseDecision): Folded {
  const { row, facts, events } = decision;
  let state = row.state;
  let entitlement: EntitlementStatus | null = null;
  const moves: CaseMove[] = [];
  events.forEach(({ event }, index) => {
    const booked = movesOf(state, event);
    entitlement = entitlementAfter(state, event) ?? entitlement;
    const after = evolve(row.caseNo, state, { at: facts.now, event });
    const source = { at: facts.now, reason: event.type, stream: row.head.stream, seq: row.head.seq + index + 1 };
    moves.push(...booked.map((move) => ({ ...move, ...source, fund: after.fund })));
    state = after;
  });
  if (state === null) throw new Error(`${row.caseNo}: a decision without events`);
  return { ...decision, after: state, moves, entitlement };
}

async function keysForTexts(tx: Transaction, store: Store, decisions: readonly CaseDecision[]) {
  const withText = decisions.filter(({ events }) => events.some((one) => one.text));
  if (withText.length === 0) return new Map<CaseNo, Buffer>();
  return store.vault.caseKeys(
    tx,
    withText.map(({ row }) => row.caseNo),
  );
}

function keyOf(keys: ReadonlyMap<CaseNo, Buffer>, caseNo: CaseNo): Buffer {
  const key = keys.get(caseNo);
  if (!key) throw new Error(`${caseNo}: the case's key was destroyed, nothing can be written into it`);
  return key;
}

async function insertDecisions(tx: Transaction, folded: readonly Folded[]): Promise<void> {
  const facts = folded.map(({ facts }) =>
    JSON.stringify({
      now: facts.now,
      policyVersion: facts.policy.id,
      calendarVersion: facts.calendar.version,
      fund: facts.fund,
      round: facts.round,
      rival: facts.rival,
      claimsThisYear: facts.claimsThisYear,
      otherClaimants: facts.otherClaimants,
    }),
  );
  await tx.query(
    `INSERT INTO decision (stream, after_seq, command, facts, events)
     SELECT stream, after_seq, command::json, facts::json, events
     FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[]) AS new (stream, after_seq, command, facts, events)`,
    [
      folded.map(({ row }) => row.head.stream),
      folded.map(({ row }) => row.head.seq),
      folded.map(({ command }) => JSON.stringify(command)),
      facts,
      folded.map(({ events }) => events.length),
    ],
  );
}

async function updateRows(
  tx: Transaction,
  folded: readonly Folded[],
  heads: readonly Head[],
  { actor }: AppendOptions,
): Promise<void> {
  await tx.query(
    `UPDATE cases SET seq = new.seq, last_hash = new.hash, last_at = new.at, last_actor = $6::json, state = new.state::jsonb
     FROM unnest($1::text[], $2::int[], $3::bytea[], $4::timestamptz[], $5::text[]) AS new (case_no, seq, hash, at, state)
     WHERE cases.case_no = new.case_no`,
    [
      folded.map(({ row }) => row.caseNo),
      heads.map((head) => head.seq),
      heads.map((head) => head.lastHash),
      folded.map(({ facts }) => facts.now),
      folded.map(({ after }) => JSON.stringify(after)),
      JSON.stringify(actor),
    ],
  );
}

async function replaceDeadlines(tx: Transaction, folded: readonly Folded[]): Promise<void> {
  const changed = folded.filter(
    ({ row, after }) => row.state?.deadlines !== after.deadlines || row.state.stage !== after.stage,
  );
  if (changed.length === 0) return;
  const open = changed.flatMap(({ row, after }) =>
    allDeadlines(after)
      .filter((one) => one.status === 'running' || one.status === 'overdue')
      .map((one) => ({ ...one, caseNo: row.caseNo, overdue: one.status === 'overdue' })),
  );
  await tx.query('DELETE FROM open_deadline WHERE case_no = ANY ($1)', [changed.map(({ row }) => row.caseNo)]);
  if (open.length === 0) return;
  await tx.query(
    `INSERT INTO open_deadline (case_no, kind, due_at, overdue, reminded, escalated_to)
     SELECT case_no, kind, due_at, overdue, reminded, string_to_array(escalated_to, ' ')
     FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::boolean[], $5::boolean[], $6::text[])
       AS new (case_no, kind, due_at, overdue, reminded, escalated_to)`,
    [
      open.map((one) => one.caseNo),
      open.map((one) => one.kind),
      open.map((one) => one.dueAt),
      open.map((one) => one.overdue),
      open.map((one) => one.remindedAt !== undefined),
      open.map((one) => (one.escalatedTo ?? []).join(' ')),
    ],
  );
}

/** A claim that went on in another case can't be barred here: it is that case's, and falsity is reported there (N4.3). */
async function updateEntitlements(tx: Transaction, folded: readonly Folded[]): Promise<void> {
  await renameEntitlements(tx, folded);
  const changed = folded.filter(({ row, entitlement }) => entitlement !== null && row.state !== null);
  if (changed.length === 0) return;
  await tx.query(
    `UPDATE entitlement SET status = new.status
     FROM unnest($1::text[], $2::text[]) AS new (case_no, status)
     WHERE entitlement.case_no = new.case_no AND entitlement.status <> 'barred'
       AND NOT (new.status = 'barred' AND EXISTS (
         SELECT FROM entitlement AS other
         WHERE (other.person_key, other.occupation, other.level)
             = (entitlement.person_key, entitlement.occupation, entitlement.level)
           AND other.case_no <> entitlement.case_no AND other.status <> 'released'))`,
    [changed.map(({ row }) => row.caseNo), changed.map(({ entitlement }) => entitlement)],
  );
}

/** N4.3: claimed under the name that a person set; the unique index has the last word. */
async function renameEntitlements(tx: Transaction, folded: readonly Folded[]): Promise<void> {
  const renamed = folded.filter(({ events }) => events.some(({ event }) => event.type === 'occupation-set'));
  if (renamed.length === 0) return;
  await tx.query(
    `UPDATE entitlement SET occupation = new.occupation
     FROM unnest($1::text[], $2::text[]) AS new (case_no, occupation) WHERE entitlement.case_no = new.case_no`,
    [renamed.map(({ row }) => row.caseNo), renamed.map(({ after }) => after.certificate.occupation)],
  );
}

/** A round's entries and a batch's list say what the case says, in the same transaction. */
async function followInLists(tx: Transaction, folded: readonly Folded[]): Promise<void> {
  const entries = folded.flatMap(({ row, after }) => {
    const status = entryStatus(row.state, after);
    return status ? [{ caseNo: row.caseNo, status }] : [];
  });
  if (entries.length > 0) {
    await tx.query(
      `UPDATE round_entry SET status = new.status FROM unnest($1::text[], $2::text[]) AS new (case_no, status)
       WHERE round_entry.case_no = new.case_no AND round_entry.status <> 'struck'`,
      [entries.map((one) => one.caseNo), entries.map((one) => one.status)],
    );
    const gone = folded.flatMap(({ row, after }) =>
      row.state?.stage === 'publicity' && entryStatus(row.state, after) === 'struck' ? [row.state.entry.roundId] : [],
    );
    if (gone.length > 0) await askForLook(tx, gone);
  }
  const noLongerPayable = folded.filter(
    ({ row, after }) => row.state?.stage === 'payable' && (after.stage !== 'payable' || after.holds.length > 0),
  );
  if (noLongerPayable.length > 0) {
    await tx.query('DELETE FROM batch_item WHERE case_no = ANY ($1)', [noLongerPayable.map(({ row }) => row.caseNo)]);
  }
}

function entryStatus(before: CaseState | null, after: CaseState): 'published' | 'passed' | 'struck' | null {
  if (before === null || before.stage === after.stage) return null;
  if (after.stage === 'publicity') return 'published';
  if (before.stage === 'publicity' && after.stage === 'payable') return 'passed';
  return 'entry' in before && !('entry' in after) ? 'struck' : null;
}
