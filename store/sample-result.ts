import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { CaseNo, ObjectionId } from '../domain/ids.ts';
import { lockCase, type StillMay } from './case.ts';
import { businessNow } from './clock.ts';
import { violatedUnique } from './database.ts';
import { receiveInto } from './objection.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { hadPart } from './sample.ts';
import type { Store } from './store.ts';
import { sealJson, sha256 } from './vault.ts';

export interface Examination {
  readonly sampleId: string;
  readonly caseNo: CaseNo;
  readonly result: 'in-order' | 'doubtful';
  readonly reason: string;
}

/**
 * Keeps what a person found who had no part in the case (N3.4c). What is doubtful goes on as a report on the case: HRSS
 * verifies it like any other (N3.4b). @throws KeyReused, NotFound
 */
export function examine(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  { sampleId, caseNo, result, reason }: Examination,
  stillMay?: StillMay,
): Promise<Outcome<{ readonly reportId: ObjectionId | null }>> {
  return once(store, claim, async (tx, commandId) => {
    await lockCase(tx, caseNo, stillMay);
    if (await hadPart(tx, caseNo, actor.sub)) return { refused: { code: 'had-part', detail: {} } };
    let reportId: ObjectionId | null = null;
    if (result === 'doubtful') {
      reportId = randomUUID() as string as ObjectionId;
      const receiptHash = sha256(randomBytes(16)); // nobody holds the receipt
      const complaint = { text: `【${sampleId} 抽查】${reason}`, contact: null };
      const receiving = { objectionId: reportId, receiptHash, actor, commandId };
      const received = await receiveInto(tx, store, { caseNo, kind: 'report', complaint }, receiving);
      if ('refused' in received) return received;
    }
    await tx.query('SAVEPOINT before_result');
    try {
      await tx.query(
        `INSERT INTO sample_result (sample_id, case_no, result, examined_by, examined_at, sealed, report_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          ...[sampleId, caseNo, result, actor.sub, await businessNow(tx)],
          sealJson(await store.vault.caseKey(tx, caseNo), { reason }, 'sample-result'),
          reportId,
        ],
      );
    } catch (error) {
      if (violatedUnique(error) === undefined) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT before_result');
      return { refused: { code: 'already-examined', detail: {} } };
    }
    return { done: { reportId } };
  });
}
