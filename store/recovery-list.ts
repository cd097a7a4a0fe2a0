import type { CaseNo } from '../domain/ids.ts';
import type { RecoveryState } from '../domain/recovery/recovery.ts';
import { readOne } from './aggregate.ts';
import type { Queryable } from './database.ts';
import { type RecordedRecovery, recoveryKind } from './recovery.ts';
import type { Store } from './store.ts';

/** @throws NotFound where nothing is recovered in the case */
export async function readRecovery(store: Store, caseNo: CaseNo): Promise<RecordedRecovery> {
  const { head, state } = await readOne(store.db, recoveryKind, caseNo);
  return { seq: head.seq, state };
}

export interface PersonsRecoveries {
  readonly own: RecoveryState | null;
  /** Of the same person's other cases: their further claims see it. */
  readonly others: readonly RecoveryState[];
}

/** The recovery of the case itself, if there is one, and those of the same person's other cases. */
export async function recoveriesOfPerson(db: Queryable, caseNo: CaseNo): Promise<PersonsRecoveries> {
  const { rows } = await db.query<{ case_no: CaseNo; state: RecoveryState }>(
    `SELECT r.case_no, r.state FROM recovery r JOIN cases USING (case_no)
     WHERE person_key = (SELECT person_key FROM cases WHERE case_no = $1) ORDER BY r.case_no`,
    [caseNo],
  );
  return {
    own: rows.find((row) => row.case_no === caseNo)?.state ?? null,
    others: rows.filter((row) => row.case_no !== caseNo).map((row) => row.state),
  };
}

/** Recoveries of the given units in case-number order; `open`: those that are not over. */
export async function listRecoveries(
  db: Queryable,
  {
    orgs,
    open,
    after,
    limit,
  }: {
    readonly orgs: readonly string[];
    readonly open: boolean | undefined;
    readonly after: string;
    readonly limit: number;
  },
): Promise<readonly RecordedRecovery[]> {
  const { rows } = await db.query<{ seq: number; state: RecoveryState }>(
    `SELECT seq, state FROM recovery WHERE org = ANY ($1) AND case_no > $2
       AND ($3::boolean IS NULL OR (stage IN ('ordered', 'demanded', 'enforcing')) = $3)
     ORDER BY case_no LIMIT $4`,
    [orgs, after, open ?? null, limit],
  );
  return rows;
}
