import type { Actor } from '../domain/actor.ts';
import type { Application } from '../domain/application.ts';
import type { CaseNo, IntakeBatchId } from '../domain/ids.ts';
import { readOne } from './aggregate.ts';
import { DocumentsUnusable } from './document.ts';
import { type FiledAnswer, fileIn, type Filer } from './filing.ts';
import { countRows, intakeKey, intakeKind, openBatch, readBatch, rowContext } from './intake.ts';
import { decideOnBatch } from './intake-decision.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { openJson } from './vault.ts';

/** Rows read in one go, and how many of them are filed side by side. */
const rowsPerPage = 120;
const rowsAtOnce = 6;

/**
 * Files every row that waits, each in a transaction of its own: a row is filed once, whoever files it and however often
 * (N2.5: a bad row never stops a good one). Then it says so.
 */
export async function fileWaitingRows(store: Store, batchId: IntakeBatchId, progress: () => void): Promise<void> {
  const { filer } = await readBatch(store.db, batchId);
  const key = await intakeKey(store.db, store, batchId);
  for (;;) {
    const { rows } = await store.db.query<{ line: number; sealed: Buffer }>(
      `SELECT line, sealed FROM intake_row WHERE batch_id = $1 AND status = 'waiting' ORDER BY line LIMIT ${rowsPerPage}`,
      [batchId],
    );
    if (rows.length === 0) break;
    const left = [...rows];
    const worker = async (): Promise<void> => {
      for (let row = left.shift(); row; row = left.shift()) {
        const content = openJson<{ application: Application }>(key, row.sealed, rowContext(batchId, row.line));
        await fileRow(store, { batchId, filer }, row.line, content.application);
        progress();
      }
    };
    await Promise.all(Array.from({ length: rowsAtOnce }, worker));
  }
  await store.db.transaction(async (tx) => {
    // The lock comes before the count: whoever finishes second is refused.
    await readOne(tx, intakeKind, batchId, 'FOR UPDATE');
    const { waiting, filed, refused } = await countRows(tx, batchId);
    const actor: Actor = { kind: 'process', name: intakeKind.streamOf(batchId) };
    return decideOnBatch(tx, batchId, { type: 'finish-rows', waiting, filed, refused }, { actor, commandId: null });
  });
}

async function fileRow(
  store: Store,
  { batchId, filer }: { readonly batchId: IntakeBatchId; readonly filer: Filer },
  line: number,
  application: Application,
): Promise<void> {
  const claim: Claim = { caller: intakeKind.streamOf(batchId), route: 'file-row', key: String(line), body: '' };
  try {
    await once<CaseNo>(store, claim, async (tx, commandId) => {
      const outcome = await fileIn(tx, store, commandId, filer, application, { throughHrss: true });
      const [caseNo, refusal] = 'refused' in outcome ? [null, outcome.refused.code] : [outcome.done.caseNo, null];
      await tx.query(
        `UPDATE intake_row SET status = $3, case_no = $4, refusal = $5, sealed = NULL WHERE batch_id = $1 AND line = $2`,
        [batchId, line, caseNo ? 'filed' : 'refused', caseNo, refusal],
      );
      return 'refused' in outcome ? outcome : { done: outcome.done.caseNo };
    });
  } catch (error) {
    if (!(error instanceof DocumentsUnusable)) throw error;
    // Its uploads went away after it was checked.
    await store.db.query(
      `UPDATE intake_row SET status = 'refused', refusal = 'unknown-document', sealed = NULL
       WHERE batch_id = $1 AND line = $2 AND status = 'waiting'`,
      [batchId, line],
    );
  }
}

/**
 * A single collective filing: a batch of one, filed at once and waiting for HRSS like any other (N2.5).
 * @throws KeyReused; NoPolicy; DocumentsUnusable
 */
export function fileAsBatch(
  store: Store,
  claim: Claim,
  filer: Filer,
  application: Application,
): Promise<Outcome<FiledAnswer & { readonly batchId: IntakeBatchId }>> {
  return once(store, claim, async (tx, commandId) => {
    const outcome = await fileIn(tx, store, commandId, filer, application, { throughHrss: true });
    if ('refused' in outcome) return outcome;
    const opening = { org: application.insuredAt, from: 'employer', rows: 1, wrong: 0 } as const;
    const { batchId } = await openBatch(tx, store, opening, filer, commandId);
    await tx.query(`INSERT INTO intake_row (batch_id, line, status, case_no) VALUES ($1, 1, 'filed', $2)`, [
      batchId,
      outcome.done.caseNo,
    ]);
    const finish = { type: 'finish-rows', waiting: 0, filed: 1, refused: 0 } as const;
    await decideOnBatch(tx, batchId, finish, { actor: filer.actor, commandId });
    return { done: { ...outcome.done, batchId } };
  });
}
