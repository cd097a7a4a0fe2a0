import type { Actor } from '../domain/actor.ts';
import type { CaseNo, EntryId, OrgCode, RoundId } from '../domain/ids.ts';
import { fen } from '../domain/money.ts';
import { decideRound, type RoundCommand } from '../domain/round/decide.ts';
import type { Report, RoundState } from '../domain/round/round.ts';
import { type CivilDate, dateOf } from '../domain/time.ts';
import { readOne, recordOne } from './aggregate.ts';
import { decidePage } from './bulk.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { casesAtOnce, decideOnRound, roundKind } from './round.ts';
import type { Store } from './store.ts';

export interface RoundAnswer {
  readonly roundId: RoundId;
  readonly entries: number;
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
      if ((await freezePage(tx, store, state, actor)) === casesAtOnce) return null;
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
    `SELECT case_no FROM cases WHERE org = $1 AND stage = 'approved' ORDER BY case_no LIMIT ${casesAtOnce} FOR UPDATE`,
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
