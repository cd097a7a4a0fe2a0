import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Queryable, Transaction } from './database.ts';

/** Another case that has what this one would claim (N4.3), locked so that it keeps it; null where none has. */
export async function lockRival(tx: Transaction, caseNo: CaseNo): Promise<CaseNo | null> {
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT rival.case_no FROM entitlement own
     JOIN entitlement rival USING (person_key, occupation, level)
     WHERE own.case_no = $1 AND rival.case_no <> $1 AND rival.status <> 'released'
     FOR UPDATE OF rival`,
    [caseNo],
  );
  return rows[0]?.case_no ?? null;
}

/**
 * How many claims of the same person and year were filed before this one and stand: a fact of the checks, where the policy
 * limits them. Released ones are as if they had not been.
 */
export async function claimsFact(
  db: Queryable,
  { caseNo, filedAt }: Pick<CaseState, 'caseNo' | 'filedAt'>,
  { claimsPerYear }: Policy,
): Promise<{ readonly claimsThisYear?: number }> {
  if (claimsPerYear === null) return {};
  const { rows } = await db.query<{ earlier: number }>(
    `SELECT count(*) AS earlier FROM entitlement
       JOIN entitlement AS own ON own.person_key = entitlement.person_key AND own.case_no = $1
       JOIN cases ON cases.case_no = entitlement.case_no
     WHERE entitlement.status <> 'released' AND left(cases.filed_at, 4) = left($2, 4)
       AND (cases.filed_at, cases.case_no) < ($2, $1)`,
    [caseNo, filedAt],
  );
  return { claimsThisYear: rows[0]?.earlier ?? 0 };
}

/** Whether the other case is the same person's and still on its way, locked so that it stays so. */
export async function isSameClaim(tx: Transaction, caseNo: CaseNo, other: CaseNo): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM cases other JOIN cases own USING (person_key)
     WHERE own.case_no = $1 AND other.case_no = $2
       AND other.stage NOT IN ('refused', 'withdrawn', 'lapsed', 'merged', 'cancelled')
     FOR UPDATE OF other`,
    [caseNo, other],
  );
  return rowCount === 1;
}
