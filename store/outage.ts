import { type LookUpSource, lookUpSources } from '../domain/case/events.ts';
import type { CaseNo } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** A partner that a case waits for: it was asked `tries` times in vain. Never taken for "not found" (N3.1c). */
export interface Outage {
  readonly source: LookUpSource;
  readonly since: Instant;
  readonly tries: number;
}

/** One more try in vain. */
export async function noteOutage(db: Queryable, caseNo: CaseNo, source: LookUpSource): Promise<void> {
  await db.query(
    `INSERT INTO outage (case_no, source, since, tries) VALUES ($1, $2, business_now(), 1)
     ON CONFLICT (case_no, source) DO UPDATE SET tries = outage.tries + 1`,
    [caseNo, source],
  );
}

/** It has answered. */
export async function endOutage(db: Queryable, caseNo: CaseNo, source: LookUpSource): Promise<void> {
  await db.query('DELETE FROM outage WHERE case_no = $1 AND source = $2', [caseNo, source]);
}

/** What a case waits for now, in the order of the look-ups. */
export async function outagesOf(db: Queryable, caseNo: CaseNo): Promise<readonly Outage[]> {
  const { rows } = await db.query<{ source: LookUpSource; since: number; tries: number }>(
    'SELECT source, since, tries FROM outage WHERE case_no = $1',
    [caseNo],
  );
  const found = new Map(rows.map(({ since, ...row }) => [row.source, { ...row, since: instantFromMs(since) }]));
  return lookUpSources.flatMap((source) => found.get(source) ?? []);
}
