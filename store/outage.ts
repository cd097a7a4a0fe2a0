import { type LookUpSource, lookUpSources } from '../domain/case/events.ts';
import { type Carrier, carriers } from '../domain/case/tellings.ts';
import type { CaseNo } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

export type OutageSource = LookUpSource | Carrier;
const sources: readonly OutageSource[] = [...lookUpSources, ...carriers];

/** A partner that a case waits for: it was asked `tries` times in vain. Never taken for "not found" (N3.1c). */
export interface Outage {
  readonly source: OutageSource;
  readonly since: Instant;
  readonly tries: number;
}

/** One more try in vain. `since`: where what is tried has a beginning of its own. */
export async function noteOutage(
  db: Queryable,
  caseNo: CaseNo,
  source: OutageSource,
  since: Instant | null = null,
): Promise<void> {
  await db.query(
    `INSERT INTO outage (case_no, source, since, tries) VALUES ($1, $2, coalesce($3, business_now()), 1)
     ON CONFLICT (case_no, source) DO UPDATE
       SET tries = CASE WHEN outage.since = $3 OR $3 IS NULL THEN outage.tries + 1 ELSE 1 END,
           since = coalesce($3, outage.since)`,
    [caseNo, source, since],
  );
}

/** It has answered. */
export async function endOutage(db: Queryable, caseNo: CaseNo, source: OutageSource): Promise<void> {
  await db.query('DELETE FROM outage WHERE case_no = $1 AND source = $2', [caseNo, source]);
}

/** What a case waits for now, look-ups first. */
export async function outagesOf(db: Queryable, caseNo: CaseNo): Promise<readonly Outage[]> {
  const { rows } = await db.query<{ source: OutageSource; since: number; tries: number }>(
    'SELECT source, since, tries FROM outage WHERE case_no = $1',
    [caseNo],
  );
  const found = new Map(rows.map(({ since, ...row }) => [row.source, { ...row, since: instantFromMs(since) }]));
  return sources.flatMap((source) => found.get(source) ?? []);
}
