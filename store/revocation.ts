import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { CaseNo, ObjectionId } from '../domain/ids.ts';
import { decideCase } from './case.ts';
import type { Transaction } from './database.ts';
import { keepObjection } from './objection.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sha256 } from './vault.ts';

/** Width and blanks make no two numbers of one. */
const spelling = (number: string): string => number.normalize('NFKC').replace(/\s/gu, '').toUpperCase();

/** Remembers whose claim a certificate's number is, as a keyed hash. */
export async function keepCertificate(tx: Transaction, store: Store, caseNo: CaseNo, number: string): Promise<void> {
  await tx.query('INSERT INTO certificate_claim (case_no, number_key) VALUES ($1, $2)', [
    caseNo,
    store.vault.blindIndex('certificate', spelling(number)),
  ]);
}

/**
 * A certificate that its issuer revoked reaches every case that rests on it (N6.3), as a report: before payment it holds
 * the money until HRSS has decided (N3.4a), afterwards it may lead to recovery (N3.4b). Cases still being looked up hear
 * it from the register itself. @returns how many cases it reached
 */
export function revokeCertificate(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  { certificateNumber, text }: { readonly certificateNumber: string; readonly text: string },
): Promise<Outcome<{ cases: number }>> {
  return once(store, claim, async (tx, commandId) => {
    const { rows } = await tx.query<{ case_no: CaseNo }>(
      'SELECT case_no FROM certificate_claim WHERE number_key = $1 ORDER BY case_no',
      [store.vault.blindIndex('certificate', spelling(certificateNumber))],
    );
    let cases = 0;
    for (const { case_no: caseNo } of rows) {
      const objectionId = randomUUID() as string as ObjectionId;
      const command: CaseCommand = { type: 'object', objectionId, kind: 'report' };
      const outcome = await decideCase(
        tx,
        store,
        { caseNo, command },
        { actor, commandId, ownRun: false },
        {
          alongside: (inside, { now }) => {
            const row = {
              objectionId,
              caseNo,
              kind: 'report',
              at: now,
              receiptHash: sha256(randomBytes(16)),
            } as const;
            return keepObjection(inside, store, row, { text, contact: null });
          },
        },
      );
      if ('done' in outcome) cases += 1;
    }
    return { done: { cases } };
  });
}
