import { randomUUID } from 'node:crypto';
import type { AppraisalOpinion } from '../domain/case/events.ts';
import type { CaseNo, EvidenceId, ObjectionId } from '../domain/ids.ts';
import type { CaseNews } from '../domain/stream.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { type RunStep, submitForRun } from './run.ts';
import type { Store } from './store.ts';
import { openJson, sealJson } from './vault.ts';

/** What the appraisal body answered, as it is kept. */
export interface Appraisal {
  readonly body: string;
  readonly opinion: AppraisalOpinion;
  readonly answeredAt: Instant;
}

/** Keeps the appraisal body's answer as evidence and reports it to the case (N3.4a, N6.3), in one transaction. */
export function recordAppraisal(
  store: Store,
  step: RunStep,
  caseNo: CaseNo,
  objectionId: ObjectionId,
  appraisal: Appraisal,
): Promise<CaseNews> {
  const evidenceId = randomUUID() as string as EvidenceId;
  const { opinion } = appraisal;
  const command = { type: 'answer-appraisal', objectionId, evidenceId, opinion } as const;
  return submitForRun(store, step, caseNo, command, {
    alongside: async (tx, facts) => {
      const key = await store.vault.caseKey(tx, caseNo);
      await tx.query(
        `INSERT INTO evidence (id, case_no, source, answered_at, answer, sealed) VALUES ($1, $2, 'appraisal', $3, $4, $5)`,
        [evidenceId, caseNo, facts.now, opinion, sealJson(key, { objectionId, ...appraisal }, 'evidence')],
      );
    },
  });
}

/** Null until it has answered. */
export async function readAppraisal(
  db: Queryable,
  store: Store,
  caseNo: CaseNo,
  objectionId: ObjectionId,
): Promise<Appraisal | null> {
  const { rows } = await db.query<{ sealed: Buffer }>(
    `SELECT sealed FROM evidence WHERE case_no = $1 AND source = 'appraisal' ORDER BY answered_at`,
    [caseNo],
  );
  const key = await store.vault.caseKey(db, caseNo);
  for (const row of rows) {
    const kept = openJson<Appraisal & { objectionId: ObjectionId }>(key, row.sealed, 'evidence');
    if (kept.objectionId === objectionId)
      return { body: kept.body, opinion: kept.opinion, answeredAt: kept.answeredAt };
  }
  return null;
}
