import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { CaseNo, ObjectionId } from '../domain/ids.ts';
import type { Stage } from '../domain/case/procedure.ts';
import { decideCase, readCase } from './case.ts';
import type { Queryable, Transaction } from './database.ts';
import { endedStages } from './entitlement.ts';
import { keepObjection } from './objection.ts';
import type { Store } from './store.ts';
import type { AppendOptions } from './stream.ts';
import { sha256 } from './vault.ts';

/** Width and blanks make no two numbers of one. */
const spelling = (number: string): string => number.normalize('NFKC').replace(/\s/gu, '').toUpperCase();

/** A certificate's number as it is looked for: a keyed hash. */
export const certificateKey = ({ vault }: Store, number: string): Buffer =>
  vault.blindIndex('certificate', spelling(number));

/** Remembers whose claim a certificate's number is. */
export async function keepCertificate(tx: Transaction, store: Store, caseNo: CaseNo, number: string): Promise<void> {
  const key = certificateKey(store, number);
  // Two filings of one number at the same moment: the second one sees the first.
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('certificate ' || encode($1, 'hex'), 0))`, [key]);
  await tx.query('INSERT INTO certificate_claim (case_no, number_key) VALUES ($1, $2)', [caseNo, key]);
}

/** Standing claims of other people on a certificate of the same number, in case-number order (N6.3). */
export async function otherCasesOf(db: Queryable, caseNo: CaseNo): Promise<readonly CaseNo[]> {
  const { rows } = await db.query<{ case_no: CaseNo }>(
    `SELECT other.case_no FROM certificate_claim own
     JOIN cases me ON me.case_no = own.case_no
     JOIN certificate_claim claim USING (number_key)
     JOIN cases other ON other.case_no = claim.case_no
     WHERE own.case_no = $1 AND other.person_key <> me.person_key AND other.stage <> ALL ($2)
     ORDER BY other.case_no`,
    [caseNo, endedStages],
  );
  return rows.map((row) => row.case_no);
}

/** Their checks are made, or made anew, after this. */
const beforeChecks: readonly Stage[] = ['filed', 'checking', 'supplement', 'certificate-registration'];

/**
 * N6.3: a number that somebody else claims already. The new case has it as a failed check when its look-ups are answered.
 * An earlier one whose checks were made before is reported to HRSS, which holds its money like any report (N3.4a); one
 * that is not looked up yet finds it by its own checks. Nobody is refused for it.
 */
export async function reportSharedCertificate(
  tx: Transaction,
  store: Store,
  caseNo: CaseNo,
  commandId: number,
): Promise<void> {
  const actor: Actor = { kind: 'process', name: `case-${caseNo}` };
  for (const earlier of await otherCasesOf(tx, caseNo)) {
    const { state } = await readCase(tx, earlier);
    if (beforeChecks.includes(state.stage)) continue;
    await reportBySystem(tx, store, earlier, {
      text: `系统登记：另有他人以同一证书编号申请补贴（${caseNo}），请核实证书属于谁。`,
      options: { actor, commandId, ownRun: false },
    });
  }
}

/** Reports to HRSS what this system itself has found; false where the case's stage takes no report. @throws NotFound */
export async function reportBySystem(
  tx: Transaction,
  store: Store,
  caseNo: CaseNo,
  { text, options }: { readonly text: string; readonly options: AppendOptions },
): Promise<boolean> {
  const objectionId = randomUUID() as string as ObjectionId;
  const command: CaseCommand = { type: 'object', objectionId, kind: 'report' };
  const outcome = await decideCase(tx, store, { caseNo, command }, options, {
    alongside: (inside, { now }) => {
      const row = { objectionId, caseNo, kind: 'report', at: now, receiptHash: sha256(randomBytes(16)) } as const;
      return keepObjection(inside, store, row, { text, contact: null });
    },
  });
  return 'done' in outcome;
}
