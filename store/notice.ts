import { type PublicEntry, publicEntry } from '../domain/notice/entry.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo, EntryId, RoundId } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import { readApplications } from './application.ts';
import { only, type Queryable } from './database.ts';
import type { Store } from './store.ts';

/**
 * Masked entries of a round's notice in entry order, struck ones left out (clauses.md, What the public page shows).
 * Whether they may be shown now is the caller's question: after the window nobody may see them.
 */
export async function noticeEntries(
  db: Queryable,
  store: Store,
  roundId: RoundId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly PublicEntry[]> {
  const { rows } = await db.query<{ entry_no: number; case_no: CaseNo; amount_fen: Fen; state: CaseState }>(
    `SELECT entry_no, case_no, round_entry.amount_fen, state FROM round_entry JOIN cases USING (case_no)
     WHERE round_entry.round_id = $1 AND entry_no > $2 AND status <> 'struck' ORDER BY entry_no LIMIT $3`,
    [roundId, after, limit],
  );
  const applications = await readApplications(
    db,
    store,
    rows.map((row) => row.case_no),
  );
  return rows.flatMap((row) => {
    const application = applications.get(row.case_no);
    const entryId = String(row.entry_no) as EntryId;
    return application ? [publicEntry(entryId, application, row.state.certificate.occupation, row.amount_fen)] : [];
  });
}

/**
 * Another text whenever the notice may look otherwise: entries only leave it, and what their cases show changes by events
 * only.
 */
export async function noticeStand(db: Queryable, roundId: RoundId): Promise<string> {
  const { rows } = await db.query<{ stand: string }>(
    `SELECT count(*) || '/' || coalesce(sum(seq), 0) AS stand FROM round_entry JOIN cases USING (case_no)
     WHERE round_entry.round_id = $1 AND status <> 'struck'`,
    [roundId],
  );
  return only(rows, 'round').stand;
}

/** Entries whose name contains what is looked for, in entry order: opened page by page, since names are sealed. */
export async function findEntries(
  store: Store,
  roundId: RoundId,
  name: string,
  limit: number,
): Promise<readonly PublicEntry[]> {
  const found: PublicEntry[] = [];
  for (let after = 0; found.length < limit;) {
    const page = await noticeEntries(store.db, store, roundId, { after, limit: 500 });
    found.push(...page.filter((entry) => entry.name.includes(name)));
    const last = page.at(-1);
    if (!last) break;
    after = Number(last.entryId);
  }
  return found.slice(0, limit);
}
