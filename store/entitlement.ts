import type { Stage } from '../domain/case/procedure.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable, Transaction } from './database.ts';

/**
 * Another case that has what this one would claim (N4.3), barred ones included, locked so that it keeps it; null where
 * none has.
 * @param spellings names under which the occupation may have been claimed
 */
export async function lockRival(tx: Transaction, caseNo: CaseNo, spellings: readonly string[]): Promise<CaseNo | null> {
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT rival.case_no FROM entitlement own
     JOIN entitlement rival USING (person_key, level)
     WHERE own.case_no = $1 AND rival.case_no <> $1 AND rival.occupation = ANY ($2) AND rival.status <> 'released'
     ORDER BY rival.case_no
     FOR UPDATE OF rival`,
    [caseNo, spellings],
  );
  return rows[0]?.case_no ?? null;
}

/** Whether the person has the claim under another spelling: that of before a list knew the name (N4.3). */
export async function isClaimedAs(
  tx: Transaction,
  personKey: Buffer,
  level: number,
  spellings: readonly string[],
): Promise<boolean> {
  if (spellings.length === 0) return false;
  const { rows } = await tx.query(
    `SELECT 1 FROM entitlement
     WHERE person_key = $1 AND level = $2 AND occupation = ANY ($3) AND status <> 'released' LIMIT 1`,
    [personKey, level, spellings],
  );
  return rows.length > 0;
}

/** Stages in which a claim no longer stands. */
export const endedStages: readonly Stage[] = ['refused', 'withdrawn', 'lapsed', 'merged', 'cancelled'];

/** What the checks rest on besides the case's own file: other claims, of the same person and on the same certificate. */
export async function claimsFact(
  db: Queryable,
  { caseNo, filedAt }: Pick<CaseState, 'caseNo' | 'filedAt'>,
  { claimsPerYear }: Policy,
): Promise<{ readonly claimsThisYear?: number; readonly otherClaimants: number }> {
  const { rows } = await db.query<{ people: number }>(
    `SELECT count(DISTINCT other.person_key) AS people FROM certificate_claim own
       JOIN cases AS me ON me.case_no = own.case_no
       JOIN certificate_claim AS claim USING (number_key)
       JOIN cases AS other ON other.case_no = claim.case_no
     WHERE own.case_no = $1 AND other.person_key <> me.person_key AND other.stage <> ALL ($2)`,
    [caseNo, endedStages],
  );
  const otherClaimants = rows[0]?.people ?? 0;
  if (claimsPerYear === null) return { otherClaimants };
  return { otherClaimants, claimsThisYear: await claimsThisYear(db, caseNo, filedAt) };
}

/**
 * How many claims of the same person and year were filed before this one and stand, where the policy limits them.
 * Released ones are as if they had not been.
 */
async function claimsThisYear(db: Queryable, caseNo: CaseNo, filedAt: Instant): Promise<number> {
  const { rows } = await db.query<{ earlier: number }>(
    `SELECT count(*) AS earlier FROM entitlement
       JOIN entitlement AS own ON own.person_key = entitlement.person_key AND own.case_no = $1
       JOIN cases ON cases.case_no = entitlement.case_no
     WHERE entitlement.status <> 'released' AND left(cases.filed_at, 4) = left($2, 4)
       AND (cases.filed_at, cases.case_no) < ($2, $1)`,
    [caseNo, filedAt],
  );
  return rows[0]?.earlier ?? 0;
}

/** Whether the other case is the same person's and still on its way, locked so that it stays so. */
export async function isSameClaim(tx: Transaction, caseNo: CaseNo, other: CaseNo): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM cases other JOIN cases own USING (person_key)
     WHERE own.case_no = $1 AND other.case_no = $2 AND other.stage <> ALL ($3)
     FOR UPDATE OF other`,
    [caseNo, other, endedStages],
  );
  return rowCount === 1;
}
