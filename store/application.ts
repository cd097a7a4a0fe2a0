import type { Application } from '../domain/application.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Queryable } from './database.ts';
import type { Store } from './store.ts';
import { openJson } from './vault.ts';

/** Applications as filed, opened with their cases' keys; a shredded case is missing from the map. Personal data. */
export async function readApplications(
  db: Queryable,
  store: Store,
  caseNos: readonly CaseNo[],
): Promise<ReadonlyMap<CaseNo, Application>> {
  const keys = await store.vault.caseKeys(db, caseNos);
  const { rows } = await db.query<{ case_no: CaseNo; sealed: Buffer }>(
    'SELECT case_no, sealed FROM application WHERE case_no = ANY ($1)',
    [caseNos],
  );
  const applications = new Map<CaseNo, Application>();
  for (const row of rows) {
    const key = keys.get(row.case_no);
    if (key) applications.set(row.case_no, openJson<Application>(key, row.sealed, 'application'));
  }
  return applications;
}

/** @throws Error when the case's key was destroyed */
export async function readApplication(db: Queryable, store: Store, caseNo: CaseNo): Promise<Application> {
  const application = (await readApplications(db, store, [caseNo])).get(caseNo);
  if (!application) throw new Error(`${caseNo}: the application can't be read, its key was destroyed`);
  return application;
}
