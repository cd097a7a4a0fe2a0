import type { Actor } from '../domain/actor.ts';
import type { CaseNo } from '../domain/ids.ts';
import { certificateKey, reportBySystem } from './certificate.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

/**
 * A certificate that its issuer revoked reaches every case that rests on it (N6.3), as a report: before payment it holds
 * the money until HRSS has decided (N3.4a), afterwards it may lead to recovery (N3.4b). One that was refused
 * hears of it from the registers, should it be overturned. @returns how many cases it reached
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
      [certificateKey(store, certificateNumber)],
    );
    let cases = 0;
    const options = { actor, commandId, ownRun: false };
    for (const { case_no: caseNo } of rows) {
      if (await reportBySystem(tx, store, caseNo, { text, options })) cases += 1;
    }
    return { done: { cases } };
  });
}
