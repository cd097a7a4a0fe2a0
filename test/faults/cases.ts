import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { CaseNo, ObjectionId } from '../../domain/ids.ts';
import { people } from '../../dev/people.ts';
import { keptFile } from '../../dev/data-folder.ts';
import { developmentKeys } from '../../dev/keys.ts';
import { runMigrations } from '../../dev/migrate.ts';
import { freePort } from '../../dev/ports.ts';
import { createDatabase, databaseUrl, newPassword, postgresPart } from '../../dev/postgres.ts';
import { processRecords } from '../../dev/process-records.ts';
import { supervise } from '../../dev/supervise.ts';
import { payloadKeys } from '../../config/keys.ts';
import { readApplications } from '../../store/application.ts';
import { openStore, type Store } from '../../store/store.ts';
import { DurableMap } from '../../sandbox/durable-map.ts';
import { certificateSchema } from '../../sandbox/registers.ts';
import { decide, endWindow, type Life, objectTo, publish } from '../store/life.ts';

/** A case as the judge knows it before anything is paid. */
export interface Claim {
  readonly caseNo: CaseNo;
  readonly amountFen: number;
  readonly account: string;
  /** `pay` at once, `later` once its objection was dismissed; `never`: held for good or taken back. */
  readonly fate: 'pay' | 'later' | 'never' | 'closed-account';
  readonly objectionId: ObjectionId | null;
}

const projectFolder = new URL('../..', import.meta.url).pathname;
const morning = '2017-09-04T09:00:00+08:00';
const afterWindow = '2017-09-12T09:00:00+08:00';

/**
 * Fills a data folder with cases whose window is over: of ten, six can be paid, two wait for an objection to be dismissed,
 * one is held for good, and of the rest one account is closed. PostgreSQL runs for it and is ended again.
 */
export async function fillFolder(dataDir: string, count: number, seed: number): Promise<readonly Claim[]> {
  const say = (): void => undefined;
  const parts = supervise({ logs: join(dataDir, 'logs'), records: processRecords(dataDir), say });
  const password = keptFile(join(dataDir, 'postgres-password'), newPassword);
  const server = { folder: join(dataDir, 'postgres'), port: await freePort(), password };
  const keys = developmentKeys(dataDir, {});
  try {
    await parts.start(postgresPart(server, 'lasting', say));
    await createDatabase(server, 'subsidy');
    const url = databaseUrl(server, 'subsidy');
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: url,
      CLOCK_ANCHOR: morning,
      SEED_BUDGET_FEN: '100000000000',
    };
    await runMigrations('store/migrate-main.ts', { cwd: projectFolder, env }, say);
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    const store = await openStore({ url, max: 4 }, payloadKeys.parse(keys.PAYLOAD_KEYS));
    try {
      const claims = await fill({ store, owner }, count, seed);
      await registerCertificates(store, join(dataDir, 'sandbox'), claims);
      return claims;
    } finally {
      await store.db.end();
      await owner.end();
    }
  } finally {
    await parts.stop(['postgres']);
  }
}

/** Both registers know every certificate: they are asked once more before the money goes out (N3.1c). */
async function registerCertificates(store: Store, folder: string, claims: readonly Claim[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const caseNos = claims.map(({ caseNo }) => caseNo);
  const applications = await readApplications(store.db, store, caseNos);
  for (const register of ['provincial', 'national']) {
    const certificates = await DurableMap.open(join(folder, `${register}.ndjson`), certificateSchema);
    for (const { applicant, certificate } of applications.values()) {
      const { name, idNumber } = applicant;
      const { number, occupation, level, kind, issuedOn } = certificate;
      await certificates.set(number, { name, idNumber, occupation, level, kind, issuedOn, status: 'valid' });
    }
    await certificates.close();
  }
}

async function fill(
  { store, owner }: { readonly store: Store; readonly owner: pg.Client },
  count: number,
  seed: number,
): Promise<readonly Claim[]> {
  const source = people(seed);
  const life: Life = {
    store,
    asOwner: async (sql, values = []) => {
      await owner.query(sql, [...values]);
    },
    setNow: async (instant) => {
      await owner.query('UPDATE clock SET business_anchor = $1, real_anchor = clock_timestamp()', [instant]);
    },
    person: () => source.next().value,
    close: () => Promise.resolve(),
  };
  await life.setNow(morning);
  const caseNos: CaseNo[] = [];
  for (let n = 0; n < count; n += 1) caseNos.push(await decide(life, 'approve'));
  const roundId = await publish(life);
  const fates = caseNos.map((_, n): Claim['fate'] => {
    if (n % 10 === 7 || n % 10 === 8) return 'later';
    if (n % 10 === 9) return n % 20 === 9 ? 'never' : 'closed-account';
    return 'pay';
  });
  const objections = new Map<CaseNo, ObjectionId>();
  for (const [n, caseNo] of caseNos.entries())
    if (fates[n] === 'later' || fates[n] === 'never') objections.set(caseNo, await objectTo(life, caseNo));
  await life.setNow(afterWindow);
  await endWindow(life, roundId);
  const applications = await readApplications(store.db, store, caseNos);
  const { rows } = await store.db.query<{ case_no: CaseNo; amount_fen: number }>(
    'SELECT case_no, amount_fen FROM cases',
  );
  return caseNos.map((caseNo, n) => ({
    caseNo,
    amountFen: rows.find((row) => row.case_no === caseNo)?.amount_fen ?? 0,
    account: applications.get(caseNo)?.account.number ?? '',
    fate: fates[n] ?? 'pay',
    objectionId: objections.get(caseNo) ?? null,
  }));
}
