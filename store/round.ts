import type { Actor } from '../domain/actor.ts';
import type { CaseNo, EntryId, OrgCode, RoundId } from '../domain/ids.ts';
import { fen } from '../domain/money.ts';
import { dateOf, instantFromMs } from '../domain/policy/dates.ts';
import { decideRound, type RoundCommand, type RoundFacts } from '../domain/round/decide.ts';
import { evolveRound, type Report, type RoundEvent, type RoundState, type Signature } from '../domain/round/round.ts';
import type { Recorded } from '../domain/stream.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { decidePage } from './bulk.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { windowOf } from './round-window.ts';
import { eventsSince, type RunStep } from './run.ts';
import type { Store } from './store.ts';
import type { CivilDate } from '../domain/time.ts';
import { sha256 } from './vault.ts';

/** Cases that one transaction decides on in bulk: short enough for locks, long enough for speed. */
const pageSize = 500;

export const roundKind: Kind<RoundState, RoundEvent> = {
  table: 'round',
  idColumn: 'round_id',
  streamOf: (id) => `round-${id}`,
  evolve: evolveRound,
};

export interface RoundAnswer {
  readonly roundId: RoundId;
  readonly entries: number;
}

/** Decides on a round inside the caller's transaction, the round locked. */
export async function decideOnRound(
  tx: Transaction,
  store: Store,
  locked: Locked<RoundState>,
  command: RoundCommand,
  actor: Actor,
  commandId: number | null,
): Promise<Outcome<RoundState>> {
  const decision = decideRound(locked.state, command, await roundFacts(tx, store, locked.state));
  if ('refusal' in decision) return { refused: { ...decision.refusal, changed: locked.changed } };
  const happened = { at: await businessNow(tx), event: decision.event, wakes: true };
  const ownRun = actor.kind === 'process' && actor.name === locked.head.stream;
  const { state } = await recordOne(tx, roundKind, locked.state.roundId, locked, happened, {
    actor,
    commandId,
    ownRun,
  });
  return { done: state };
}

/** A changed calendar: moves the round's open deadlines that it touches. @returns whether it touched any */
export const moveRound = (store: Store, roundId: RoundId, actor: Actor): Promise<boolean> =>
  store.db.transaction(async (tx) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    return 'done' in (await decideOnRound(tx, store, locked, { type: 'move-deadlines' }, actor, null));
  });

async function roundFacts(tx: Transaction, store: Store, state: RoundState): Promise<RoundFacts> {
  const now = await businessNow(tx);
  return {
    now,
    policy: await store.rules.policy(tx, state.policyVersion),
    calendar: await store.rules.calendar(tx, now),
  };
}

/**
 * Opens a round of an agency: from now on its run exists and finishes the list, whoever began it (N3.2).
 * @param dueOn the day on which the list is due; today when left out
 */
export function cutOff(
  store: Store,
  claim: Claim,
  actor: Actor,
  { org, report, dueOn }: { readonly org: OrgCode; readonly report: Report | null; readonly dueOn?: CivilDate },
): Promise<Outcome<{ roundId: RoundId }>> {
  return once(store, claim, async (tx, commandId) => {
    // One round of an agency is numbered at a time.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('round ' || $1))`, [org]);
    const now = await businessNow(tx);
    const today = dateOf(now);
    const { rows } = await tx.query<{ n: number }>(
      'SELECT count(*) AS n FROM round WHERE org = $1 AND round_id LIKE $2',
      [org, `${org}-${today}-%`],
    );
    const roundId = `${org}-${today}-${only(rows, 'count').n + 1}` as RoundId;
    const policy = await store.rules.policyOn(tx, today);
    const calendar = await store.rules.calendar(tx, now);
    const decision = decideRound(
      null,
      { type: 'cut-off', roundId, org, ...(dueOn && { dueOn }) },
      { now, policy, calendar },
    );
    if ('refusal' in decision) return { refused: decision.refusal };
    const happened = { at: now, event: decision.event, wakes: true };
    await recordOne(tx, roundKind, roundId, null, happened, { actor, commandId, ownRun: false });
    await tx.query('UPDATE round SET report = $2 WHERE round_id = $1', [roundId, report]);
    return { done: { roundId } };
  });
}

/**
 * Cuts off a round of every agency that has somebody to report (N3.2), once for the day; an agency that fails stops no
 * other one. @throws AggregateError with what failed, after all others were cut off
 */
export async function cutOffDue(store: Store, actor: Actor, day: CivilDate, progress: () => void): Promise<void> {
  const { rows } = await store.db.query<{ org: OrgCode }>(
    `SELECT code AS org FROM org_unit
     WHERE EXISTS (SELECT FROM cases WHERE org = code AND stage = 'approved') ORDER BY code`,
  );
  const failures: unknown[] = [];
  for (const { org } of rows) {
    const claim = { caller: 'business-day', route: 'cut-off', key: `${org} ${day}`, body: '' };
    try {
      await cutOff(store, claim, actor, { org, report: null, dueOn: day });
    } catch (error) {
      failures.push(error);
    }
    progress();
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${rows.length} rounds of ${day}`);
}

/**
 * Takes every approved case without a round into this one, page by page, then reports the list (Annex 2). Keyed by the
 * round, so that a repeat, or API and run at once, end with the same list.
 */
export async function freeze(store: Store, roundId: RoundId, actor: Actor): Promise<RoundAnswer> {
  for (;;) {
    const answer = await store.db.transaction(async (tx): Promise<RoundAnswer | null> => {
      const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
      const { state } = locked;
      if (state.stage === 'empty') return { roundId, entries: 0 };
      if (state.stage !== 'freezing') return { roundId, entries: state.entries };
      if ((await freezePage(tx, store, state, actor)) === pageSize) return null;
      const { rows } = await tx.query<{ entries: number; total: number | null }>(
        `SELECT count(*) AS entries, sum(amount_fen)::bigint AS total FROM round_entry
         WHERE round_id = $1 AND status <> 'struck'`,
        [roundId],
      );
      const { entries, total } = only(rows, 'entries');
      const report: RoundCommand = { type: 'report', entries, totalFen: fen(total ?? 0) };
      await decideOnRound(tx, store, locked, report, actor, null);
      return { roundId, entries };
    });
    if (answer) return answer;
  }
}

async function freezePage(tx: Transaction, store: Store, round: RoundState, actor: Actor): Promise<number> {
  const { roundId, org } = round;
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM cases WHERE org = $1 AND stage = 'approved' ORDER BY case_no LIMIT ${pageSize} FOR UPDATE`,
    [org],
  );
  const last = await tx.query<{ n: number }>(
    'SELECT coalesce(max(entry_no), 0) AS n FROM round_entry WHERE round_id = $1',
    [roundId],
  );
  const first = only(last.rows, 'last entry').n + 1;
  const entries = new Map(rows.map((row, index) => [row.case_no, first + index]));
  await tx.query(
    `INSERT INTO round_entry (round_id, entry_no, case_no, status, amount_fen)
     SELECT $1, entry_no, case_no, 'listed', amount_fen
     FROM unnest($2::int[], $3::text[]) AS new (entry_no, case_no) JOIN cases USING (case_no)`,
    [roundId, [...entries.values()], [...entries.keys()]],
  );
  await decidePage(tx, store, [...entries.keys()], { actor, commandId: null }, ({ caseNo }) => ({
    type: 'list',
    roundId,
    entryId: String(entries.get(caseNo)) as EntryId,
  }));
  return rows.length;
}

/**
 * HRSS orders the publication; the round's run publishes and looks (N3.2). Ordered or public already: the same answer,
 * so that whoever asks again learns when it was seen.
 */
export function orderPublication(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  roundId: RoundId,
): Promise<Outcome<RoundState>> {
  return once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const { stage } = locked.state;
    if (stage !== 'freezing' && stage !== 'reported' && stage !== 'empty') return { done: locked.state };
    return decideOnRound(tx, store, locked, { type: 'order-publication', by: actor.sub }, actor, commandId);
  });
}

/** A person's command on a round, once per key; `alongside` in the same transaction. @throws NotFound, KeyReused */
function commandRound(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  roundId: RoundId,
  command: RoundCommand,
  alongside?: (tx: Transaction) => Promise<unknown>,
): Promise<Outcome<RoundState>> {
  return once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const decided = await decideOnRound(tx, store, locked, command, actor, commandId);
    if ('done' in decided) await alongside?.(tx);
    return decided;
  });
}

/** Signs Annex 2, by name as it is printed; the telephone is the preparer's (Annex 2). @throws NotFound, KeyReused */
export const signRound = (
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  roundId: RoundId,
  { as, name, phone }: { readonly as: Signature; readonly name: string; readonly phone: string | null },
): Promise<Outcome<RoundState>> =>
  commandRound(store, claim, actor, roundId, { type: 'sign', as, by: actor.sub }, (tx) =>
    tx.query(
      `UPDATE round SET report = (coalesce(report::jsonb, '{"preparedBy": "", "head": "", "phone": ""}') || $2::jsonb)::json,
         ${as === 'head' ? 'head_sub' : 'prepared_sub'} = $3 WHERE round_id = $1`,
      [roundId, { [as === 'head' ? 'head' : 'preparedBy']: name, ...(phone !== null && { phone }) }, actor.sub],
    ),
  );

export interface RoundNews {
  readonly events: readonly Recorded<RoundEvent>[];
  readonly refused?: string;
}

/** A step of the round's own run; answers with what was recorded since the seq it knows. */
export const submitRoundStep = (
  store: Store,
  step: RunStep,
  roundId: RoundId,
  command: RoundCommand,
): Promise<RoundNews> =>
  roundStep(store, step, roundId, command.type, (tx, locked, actor, commandId) =>
    decideOnRound(tx, store, locked, command, actor, commandId),
  );

async function roundStep(
  store: Store,
  step: RunStep,
  roundId: RoundId,
  route: string,
  decide: (
    tx: Transaction,
    locked: Locked<RoundState>,
    actor: Actor,
    commandId: number,
  ) => Promise<Outcome<RoundState>>,
): Promise<RoundNews> {
  const claim: Claim = { caller: step.workflowId, route, key: step.key, body: '' };
  const outcome = await once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const decided = await decide(tx, locked, { kind: 'process', name: locked.head.stream }, commandId);
    return 'refused' in decided ? decided : { done: decided.done.stage };
  });
  const events = await eventsSince<RoundEvent>(store.db, roundKind.streamOf(roundId), step.knownSeq);
  return 'refused' in outcome ? { events, refused: outcome.refused.code } : { events };
}

/** Tells the listed cases of a round that they are published, page by page; the day is the round's own (N3.2). */
export async function publishEntries(store: Store, roundId: RoundId, progress: () => void): Promise<void> {
  const actor: Actor = { kind: 'process', name: roundKind.streamOf(roundId) };
  await eachPage(store, roundId, 'listed', progress, async (tx, caseNos) => {
    const { state } = await readOne(tx, roundKind, roundId);
    if (state.stage !== 'public') throw new Error(`${roundId}: entries can't be published in stage ${state.stage}`);
    const { publishedAt } = state;
    await decidePage(tx, store, caseNos, { actor, commandId: null }, () => ({ type: 'publish', roundId, publishedAt }));
  });
}

/** Passes whatever of the round has not asked by itself; held cases stay (N3.2, N3.4a). */
export async function passEntries(store: Store, roundId: RoundId, progress: () => void): Promise<void> {
  const actor: Actor = { kind: 'process', name: roundKind.streamOf(roundId) };
  await eachPage(store, roundId, 'published', progress, async (tx, caseNos) => {
    const round = await windowOf(tx, roundId);
    await decidePage(tx, store, caseNos, { actor, commandId: null, round }, () => ({ type: 'pass', roundId }));
  });
}

/** Tells the entries of a round that its window ends later; those that know it already stay as they are (N3.2). */
export async function moveWindows(store: Store, roundId: RoundId, progress: () => void): Promise<void> {
  const actor: Actor = { kind: 'process', name: roundKind.streamOf(roundId) };
  await eachPage(store, roundId, 'published', progress, async (tx, caseNos) => {
    const { state } = await readOne(tx, roundKind, roundId);
    if (state.stage !== 'public') return;
    const { window } = state;
    await decidePage(tx, store, caseNos, { actor, commandId: null }, () => ({ type: 'move-window', roundId, window }));
  });
}

async function eachPage(
  store: Store,
  roundId: RoundId,
  status: 'listed' | 'published',
  progress: () => void,
  work: (tx: Transaction, caseNos: readonly CaseNo[]) => Promise<void>,
): Promise<void> {
  for (let after = 0; ;) {
    const page = await store.db.transaction(async (tx) => {
      const { rows } = await tx.query<{ entry_no: number; case_no: CaseNo }>(
        `SELECT entry_no, case_no FROM round_entry WHERE round_id = $1 AND entry_no > $2 AND status = $3
         ORDER BY entry_no LIMIT ${pageSize}`,
        [roundId, after, status],
      );
      await work(
        tx,
        rows.map((row) => row.case_no),
      );
      return rows;
    });
    progress();
    const last = page.at(-1);
    if (!last) return;
    after = last.entry_no;
  }
}

/**
 * Ends the window (N3.3): the passed list is what has passed when the round is locked, and is kept as it was told. Whoever
 * passes later, after a dismissal, is told singly.
 */
export async function endWindow(store: Store, step: RunStep, roundId: RoundId): Promise<RoundNews> {
  return roundStep(store, step, roundId, 'end-window', async (tx, locked, actor, commandId) => {
    const { rows } = await tx.query<{ case_no: CaseNo; status: string }>(
      `SELECT case_no, status FROM round_entry WHERE round_id = $1 AND status <> 'struck' ORDER BY entry_no`,
      [roundId],
    );
    const passed = rows.filter((row) => row.status === 'passed').map((row) => row.case_no);
    const list = { passed: passed.length, held: rows.length - passed.length, listHash: listHash(passed) };
    const decided = await decideOnRound(tx, store, locked, { type: 'end-window', ...list }, actor, commandId);
    if ('done' in decided)
      await tx.query(`UPDATE round_entry SET told = true WHERE round_id = $1 AND status = 'passed'`, [roundId]);
    return decided;
  });
}

/** SHA-256, hex, of the case numbers in entry order, a line each: whoever has the list can make it again. */
const listHash = (caseNos: readonly CaseNo[]): string => sha256(caseNos.join('\n')).toString('hex');

/** A round as lists show it. */
export interface RoundView {
  readonly state: RoundState;
  readonly report: Report | null;
}

/** @throws NotFound */
export async function readRound(store: Store, roundId: RoundId): Promise<RoundView> {
  const { rows } = await store.db.query<RoundView>('SELECT state, report FROM round WHERE round_id = $1', [roundId]);
  const [row] = rows;
  if (!row) throw new NotFound(roundId);
  return row;
}

/** How a round's window ended (N3.3); null before it did. */
export async function readEnd(store: Store, roundId: RoundId) {
  const { rows } = await store.db.query<{ at: number; body: RoundEvent }>(
    `SELECT at, body FROM event WHERE stream = $1 AND type IN ('window-over', 'told') ORDER BY seq`,
    [roundKind.streamOf(roundId)],
  );
  const [over, told] = rows;
  if (over?.body.type !== 'window-over') return null;
  const { passed, held, listHash: hash, tellAt } = over.body;
  return { passed, held, listHash: hash, tellAt, toldAt: told ? instantFromMs(told.at) : null };
}

/** Rounds of the given units, the latest first. */
export async function listRounds(
  store: Store,
  orgs: readonly OrgCode[],
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly RoundView[]> {
  const { rows } = await store.db.query<RoundView>(
    `SELECT state, report FROM round WHERE org = ANY ($1) AND ($2::text IS NULL OR round_id < $2)
     ORDER BY round_id DESC LIMIT $3`,
    [orgs, before, limit],
  );
  return rows;
}

/** Notices that are or were public, the latest first; `before` is `<publishedAt>|<noticeId>` of the last one seen. */
export async function listNotices(
  store: Store,
  {
    before,
    limit,
  }: { readonly before: readonly [publishedAt: string, roundId: string] | null; readonly limit: number },
): Promise<readonly RoundState[]> {
  const { rows } = await store.db.query<{ state: RoundState }>(
    `SELECT state FROM round WHERE published_at IS NOT NULL AND ($1::text IS NULL OR (published_at, round_id) < ($1, $2))
     ORDER BY published_at DESC, round_id DESC LIMIT $3`,
    [...(before ?? [null, null]), limit],
  );
  return rows.map(({ state }) => state);
}
