import type { CaseNo } from '../domain/ids.ts';
import type { Transaction } from './database.ts';

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
