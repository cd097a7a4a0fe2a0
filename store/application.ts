import { type Addition, type Application, withAddition } from '../domain/application.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Queryable, Transaction } from './database.ts';
import type { Store } from './store.ts';
import { openJson, sealJson } from './vault.ts';

/**
 * Applications with what was added since, opened with their cases' keys; a shredded case is missing from the map.
 * Personal data.
 * @param upToSeq as they stood when the case was at that seq; absent: as they stand now
 */
export async function readApplications(
  db: Queryable,
  store: Store,
  caseNos: readonly CaseNo[],
  upToSeq: number | null = null,
): Promise<ReadonlyMap<CaseNo, Application>> {
  const keys = await store.vault.caseKeys(db, caseNos);
  const { rows } = await db.query<{ case_no: CaseNo; sealed: Buffer; added: Buffer[] }>(
    `SELECT case_no, sealed,
       array(SELECT a.sealed FROM application_addition a
             WHERE a.case_no = application.case_no AND ($2::int IS NULL OR a.after_seq < $2) ORDER BY after_seq) AS added
     FROM application WHERE case_no = ANY ($1)`,
    [caseNos, upToSeq],
  );
  const applications = new Map<CaseNo, Application>();
  for (const { case_no: caseNo, sealed, added } of rows) {
    const key = keys.get(caseNo);
    if (!key) continue;
    const filed = openJson<Application>(key, sealed, 'application');
    const additions = added.map((one) => openJson<Addition>(key, one, 'addition'));
    applications.set(caseNo, additions.reduce(withAddition, filed));
  }
  return applications;
}

/** @throws Error when the case's key was destroyed */
export async function readApplication(
  db: Queryable,
  store: Store,
  caseNo: CaseNo,
  upToSeq: number | null = null,
): Promise<Application> {
  const application = (await readApplications(db, store, [caseNo], upToSeq)).get(caseNo);
  if (!application) throw new Error(`${caseNo}: the application can't be read, its key was destroyed`);
  return application;
}

/** Keeps what the applicant added, in the command's transaction and with the case locked at `afterSeq`. */
export async function addToApplication(
  tx: Transaction,
  store: Store,
  caseNo: CaseNo,
  afterSeq: number,
  addition: Addition,
): Promise<void> {
  const key = await store.vault.caseKey(tx, caseNo);
  await tx.query('INSERT INTO application_addition (case_no, after_seq, sealed) VALUES ($1, $2, $3)', [
    caseNo,
    afterSeq,
    sealJson(key, addition, 'addition'),
  ]);
}
