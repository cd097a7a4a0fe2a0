import type { CaseNo, EntryId, RoundId } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import type { Queryable } from './database.ts';

/** An entry of a passed list as the agency was told it (N3.3). */
export interface PassedEntry {
  readonly entryId: EntryId;
  readonly caseNo: CaseNo;
  readonly amountFen: Fen;
}

/** The passed list of a round in entry order. What became of a case afterwards changes nothing in what was told. */
export async function passedEntries(
  db: Queryable,
  roundId: RoundId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly PassedEntry[]> {
  const { rows } = await db.query<{ entry_no: number; case_no: CaseNo; amount_fen: Fen }>(
    `SELECT entry_no, case_no, amount_fen FROM round_entry
     WHERE round_id = $1 AND told AND entry_no > $2 ORDER BY entry_no LIMIT $3`,
    [roundId, after, limit],
  );
  return rows.map((row) => ({
    entryId: String(row.entry_no) as EntryId,
    caseNo: row.case_no,
    amountFen: row.amount_fen,
  }));
}
