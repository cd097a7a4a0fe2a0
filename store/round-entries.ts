import type { Actor } from '../domain/actor.ts';
import { type RegisterSource, registerSources } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo, RoundId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { readOne } from './aggregate.ts';
import { decidePage } from './bulk.ts';
import type { Queryable, Transaction } from './database.ts';
import { casesAtOnce, decideOnRound, roundKind, type RoundNews, roundStep } from './round.ts';
import { windowOf } from './round-window.ts';
import type { RunStep } from './run.ts';
import type { Store } from './store.ts';
import { sha256 } from './vault.ts';

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

/** Passes the round's entries, those that have asked by themselves left out; held cases stay (N3.2, N3.4a). */
export async function passEntries(store: Store, roundId: RoundId, progress: () => void): Promise<void> {
  const actor: Actor = { kind: 'process', name: roundKind.streamOf(roundId) };
  await eachPage(store, roundId, 'published', progress, async (tx, caseNos) => {
    const round = await windowOf(tx, store, roundId);
    await decidePage(tx, store, caseNos, { actor, commandId: null, round }, () => ({ type: 'pass', roundId }));
  });
}

/** Published entries of a round after an entry number on which a register has not answered since `from`; no lock. */
export async function entriesToAskAbout(
  db: Queryable,
  roundId: RoundId,
  { after, from, limit }: { readonly after: number; readonly from: Instant; readonly limit: number },
): Promise<readonly EntryToAskAbout[]> {
  const answeredAt = (source: RegisterSource) => `coalesce(state #>> '{lookUps,${source},at}', '')`;
  const oldest = `least(${registerSources.map(answeredAt).join(', ')})`;
  const { rows } = await db.query<EntryToAskAbout>(
    `SELECT entry_no AS "entryNo", case_no AS "caseNo", seq, state -> 'lookUps' AS "lookUps"
     FROM round_entry JOIN cases USING (case_no)
     WHERE round_entry.round_id = $1 AND entry_no > $2 AND status = 'published' AND ${oldest} COLLATE "C" < $3
     ORDER BY entry_no LIMIT $4`,
    [roundId, after, from, limit],
  );
  return rows;
}

export interface EntryToAskAbout {
  readonly entryNo: number;
  readonly caseNo: CaseNo;
  readonly seq: number;
  readonly lookUps: CaseState['lookUps'];
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
         ORDER BY entry_no LIMIT ${casesAtOnce}`,
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
    if ('done' in decided) {
      await tx.query(`UPDATE round_entry SET told = true WHERE round_id = $1 AND status = 'passed'`, [roundId]);
      await wakeLeftBehind(tx, roundId);
    }
    return decided;
  });
}

/**
 * Whoever did not pass with the round passes by its own run, which has to be awake for it: a window of its own that ends
 * later, a hold that is about to be dismissed. What it has slept through is told to it now.
 */
async function wakeLeftBehind(tx: Transaction, roundId: RoundId): Promise<void> {
  const woken = await tx.query(
    `UPDATE outbox SET wakes = true
     FROM round_entry WHERE round_id = $1 AND status = 'published' AND stream = 'case-' || case_no AND NOT wakes`,
    [roundId],
  );
  if ((woken.rowCount ?? 0) > 0) await tx.query('NOTIFY outbox');
}

/** Whether the window is over by the database's clock, which decides whether anybody passes. */
export async function isWindowOver(db: Queryable, roundId: RoundId): Promise<boolean> {
  const { rows } = await db.query<{ over: boolean }>(
    `SELECT business_now() >= (state #>> '{window,dueAt}')::timestamptz AS over FROM round WHERE round_id = $1`,
    [roundId],
  );
  return rows[0]?.over === true;
}

/** SHA-256, hex, of the case numbers in entry order, a line each: whoever has the list can make it again. */
const listHash = (caseNos: readonly CaseNo[]): string => sha256(caseNos.join('\n')).toString('hex');
