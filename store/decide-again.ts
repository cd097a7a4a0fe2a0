import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import type { Facts, RoundFact } from '../domain/case/decision.ts';
import { type CaseEvent, lookUpSources } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import type { CaseFile } from '../domain/policy/checks.ts';
import type { Policy } from '../domain/policy/policy.ts';
import {
  type CalendarNotice,
  inOrderKnown,
  type WorkingCalendar,
  workingCalendar,
} from '../domain/policy/working-days.ts';
import type { CivilDate, Instant } from '../domain/time.ts';
import { readApplications } from './application.ts';
import type { Queryable } from './database.ts';
import { firstParting, partingInWords } from './difference.ts';
import { fileFrom, readEvidence } from './look-up.ts';
import type { Store } from './store.ts';
import {
  caseStreams,
  type Difference,
  foldDifferences,
  foldUpTo,
  messageOf,
  readStreams,
  type StoredStream,
} from './stored-stream.ts';

/** A decision as it is stored: the command, and what it rested on by value or version. */
export interface StoredDecision {
  /** The state before: events up to and including this seq. */
  readonly afterSeq: number;
  readonly command: CaseCommand;
  readonly facts: {
    readonly now: Instant;
    readonly policyVersion: string;
    readonly calendarVersion: string;
    readonly rival?: CaseNo | null;
    readonly fund?: { readonly budgetYear: number; readonly availableFen: Fen };
    readonly round?: RoundFact;
    readonly claimsThisYear?: number;
    readonly otherClaimants?: number;
  };
  /** How many events it recorded. */
  readonly events: number;
  /** Application and look-up answers, only where the decision completed the checks. */
  readonly file?: FileOnRecord;
}

/**
 * What of the application a decision needs: the file, or for a hand-over the certificate's date. `destroyed`: the case's
 * key is gone and its checks can't be made again. `incomplete`: evidence is missing.
 */
type FileOnRecord = CaseFile | { readonly issuedOn: CivilDate } | 'destroyed' | 'incomplete';

export interface CaseOnRecord extends StoredStream<CaseState, CaseEvent> {
  readonly decisions: readonly StoredDecision[];
}

/** The rules by version, as they were known to whoever decided. */
export interface RulesOnRecord {
  readonly policy: (version: string) => Policy | undefined;
  readonly calendar: (version: string) => WorkingCalendar | undefined;
}

export interface DecidedAgain {
  readonly decisions: number;
  readonly differences: readonly Difference[];
  /** What could not be looked at and is no difference. */
  readonly remarks: readonly string[];
}

/**
 * Makes every decision of a case again, on the recorded history before it and the recorded facts, and holds the events
 * that were stored against the ones that come out; then the row against all events. For auditors, years later.
 */
export function decideAgain(onRecord: CaseOnRecord, rules: RulesOnRecord): DecidedAgain {
  const { events, decisions } = onRecord;
  const differences: Difference[] = [];
  const remarks: string[] = [];
  const withoutKey = decisions.find(({ file }) => file === 'destroyed');
  if (withoutKey) {
    const shredded = events.find(({ event }) => event.type === 'shredded');
    if (shredded)
      remarks.push(
        `its personal data was lawfully shredded (event ${shredded.seq}), so its checks can't be made again`,
      );
    else
      differences.push({
        seq: withoutKey.afterSeq + 1,
        what: 'its key is gone, and no decision says that it may be',
      });
  }
  let next = 1;
  for (const decision of decisions) {
    const first = decision.afterSeq + 1;
    if (first > next) differences.push({ seq: next, what: restsOn('no decision', next, first - 1) });
    else if (first < next) differences.push({ seq: first, what: restsOn('two decisions', first, next - 1) });
    next = Math.max(next, first + decision.events);
    if (decision.file !== 'destroyed') differences.push(...oneAgain(onRecord, decision, rules));
  }
  const last = events.at(-1)?.seq ?? 0;
  if (next <= last) differences.push({ seq: next, what: restsOn('no decision', next, last) });
  return {
    decisions: decisions.length,
    differences: [...differences, ...foldDifferences(caseStreams, onRecord)],
    remarks,
  };
}

const restsOn = (what: string, from: number, to: number): string =>
  from === to ? `event ${from} rests on ${what}` : `events ${from} to ${to} rest on ${what}`;

function oneAgain(onRecord: CaseOnRecord, decision: StoredDecision, rules: RulesOnRecord): readonly Difference[] {
  const { afterSeq, command, facts: stored, file } = decision;
  const differ = (seq: number, what: string): readonly Difference[] => [{ seq, what: `${command.type}: ${what}` }];
  const policy = rules.policy(stored.policyVersion);
  const calendar = rules.calendar(stored.calendarVersion);
  if (!policy) return differ(afterSeq + 1, `there is no policy version ${stored.policyVersion}`);
  if (!calendar) return differ(afterSeq + 1, `there is no calendar version ${stored.calendarVersion}`);
  if (file === 'incomplete') return differ(afterSeq + 1, 'its evidence is not complete');
  const facts: Facts = {
    now: stored.now,
    policy,
    calendar,
    ...(stored.fund ? { fund: stored.fund } : {}),
    ...(stored.round ? { round: stored.round } : {}),
    ...(stored.rival === undefined ? {} : { rival: stored.rival }),
    ...(typeof file === 'object' ? ('issuedOn' in file ? file : { file }) : {}),
    ...(stored.claimsThisYear === undefined ? {} : { claimsThisYear: stored.claimsThisYear }),
    ...(stored.otherClaimants === undefined ? {} : { otherClaimants: stored.otherClaimants }),
  };
  try {
    const again = decide(foldUpTo(caseStreams, onRecord, afterSeq), command, facts);
    if ('refusal' in again) return differ(afterSeq + 1, `decided again it is refused: ${again.refusal.code}`);
    const found = again.events.map(({ event }) => event);
    if (found.length !== decision.events)
      return differ(afterSeq + 1, `recorded ${decision.events} events, decided again ${found.length}`);
    return found.flatMap((event, index) => {
      const seq = afterSeq + 1 + index;
      const recorded = onRecord.events.find((one) => one.seq === seq);
      if (!recorded) return []; // told as missing by the fold
      if (recorded.at !== stored.now) return differ(seq, `decided at ${stored.now}, recorded at ${recorded.at}`);
      const parting = firstParting(recorded.event, event);
      return parting ? differ(seq, `as recorded ${partingInWords(parting, 'decided again')}`) : [];
    });
  } catch (error) {
    return differ(afterSeq + 1, `it can't be decided again: ${messageOf(error)}`);
  }
}

/** The rules as the database has them. */
export async function readRules(db: Queryable): Promise<RulesOnRecord> {
  const policies = await db.query<{ version: string; body: Policy }>('SELECT version, body FROM policy_version');
  const published = await db.query<{ body: CalendarNotice }>('SELECT body FROM calendar_notice');
  const notices = published.rows.map((row) => row.body);
  const calendars = new Map<string, WorkingCalendar>();
  const inOrder = inOrderKnown(notices);
  for (let known = 0; known <= inOrder.length; known += 1) {
    const calendar = workingCalendar(inOrder.slice(0, known));
    calendars.set(calendar.version, calendar);
  }
  const byVersion = new Map(policies.rows.map((row) => [row.version, row.body]));
  return { policy: (version) => byVersion.get(version), calendar: (version) => calendars.get(version) };
}

/** Cases with everything that their decisions rested on; unknown numbers are left out. Personal data. */
export async function readOnRecord(store: Store, caseNos: readonly CaseNo[]): Promise<readonly CaseOnRecord[]> {
  return store.db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const streams = await readStreams(tx, caseStreams, { ids: caseNos });
    const { rows } = await tx.query<
      { stream: string; after_seq: number; events: number } & Pick<StoredDecision, 'command' | 'facts'>
    >(
      'SELECT stream, after_seq, command, facts, events FROM decision WHERE stream = ANY ($1) ORDER BY stream, after_seq',
      [streams.map((one) => one.stream)],
    );
    const onRecord: CaseOnRecord[] = [];
    for (const stream of streams) {
      const decisions: StoredDecision[] = [];
      for (const { after_seq: afterSeq, ...row } of rows.filter((one) => one.stream === stream.stream)) {
        const decision = { afterSeq, command: row.command, facts: row.facts, events: row.events };
        const file = await fileOnRecord(tx, store, stream, decision);
        decisions.push(file === undefined ? decision : { ...decision, file });
      }
      onRecord.push({ ...stream, decisions });
    }
    return onRecord;
  });
}

/** Put together again for what made the checks, from the answers that counted then. */
async function fileOnRecord(
  db: Queryable,
  store: Store,
  stream: StoredStream<CaseState, CaseEvent>,
  { afterSeq, command, events }: StoredDecision,
): Promise<FileOnRecord | undefined> {
  const caseNo = stream.id as CaseNo;
  if (command.type === 'hand-over') {
    const application = (await readApplications(db, store, [caseNo])).get(caseNo);
    return application ? { issuedOn: application.certificate.issuedOn } : 'destroyed';
  }
  const checked = stream.events.find(
    ({ seq, event }) =>
      (event.type === 'checked' && seq > afterSeq && seq <= afterSeq + events) ||
      (event.type === 'looked-again' && seq === afterSeq + 1),
  );
  if (!checked) return undefined;
  if (!(await store.vault.caseKeys(db, [caseNo])).has(caseNo)) return 'destroyed';
  let state: CaseState | null;
  try {
    state = foldUpTo(caseStreams, stream, checked.seq);
  } catch {
    return undefined; // events that can't follow each other are told by the fold
  }
  if (!state) return undefined;
  const evidence = await readEvidence(db, store, state);
  return evidence.length === lookUpSources.length ? fileFrom(db, store, state, evidence, afterSeq) : 'incomplete';
}
