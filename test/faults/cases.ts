import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { CaseNo, ObjectionId, OrgCode } from '../../domain/ids.ts';
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
import { decideOnCorrection, proposeCorrection } from '../../store/budget-correction.ts';
import { fundBalances } from '../../store/ledger.ts';
import { recordLookAgain } from '../../store/look-up.ts';
import { openStore, type Store } from '../../store/store.ts';
import { accountSchema } from '../../sandbox/bank.ts';
import { DurableMap } from '../../sandbox/durable-map.ts';
import { certificateSchema } from '../../sandbox/registers.ts';
import { days } from './days.ts';
import { claim, decide, done, endWindow, type Life, objectTo, publish, staff, step } from '../store/life.ts';

/**
 * What is to become of a case. `pay`: at once; `upheld`: cancelled by its objection; `never`: held for good; all others once
 * their objection was dismissed. `later`: and no more; `correct`: the first account is closed, another one is named;
 * `recover`: paid, and then recovered; `withdraw`: taken back, or too late for it; `closed`: its account is closed and
 * stays so; `short`: paid once the fund has money for it, which was empty when it was approved (N5.2).
 */
export type Fate = 'pay' | 'later' | 'correct' | 'recover' | 'withdraw' | 'closed' | 'upheld' | 'never' | 'short';

/** Whether the case's person is to have the money in the end. */
export const isDue = ({ fate, withdrawn }: ClaimInPlay): boolean =>
  fate !== 'never' && fate !== 'closed' && fate !== 'upheld' && !withdrawn;

/** A case as the judge knows it before anything is paid. */
export interface Claim {
  readonly caseNo: CaseNo;
  readonly amountFen: number;
  readonly holder: string;
  readonly account: string;
  readonly fate: Fate;
  readonly objectionId: ObjectionId | null;
}

/** A case in a run, with what its person did. */
export interface ClaimInPlay extends Claim {
  /** Where its first, second, … order has to go. */
  readonly accounts: string[];
  withdrawn: boolean;
  /** It may still be taken back: nothing is known yet of what it comes to. */
  mayWithdraw: boolean;
}

/** Ten cases have every fate. Most become payable one by one, so that there are payments under way at every moment. */
const fates: readonly Fate[] = [
  ...(['pay', 'later', 'correct', 'recover', 'upheld', 'never', 'withdraw', 'closed', 'pay', 'later'] as const),
  ...(['later', 'later', 'upheld', 'later', 'recover', 'correct', 'later', 'withdraw', 'later', 'later'] as const),
];

/** The fund that the suite's agency pays from. */
export const FUND = '220100' as OrgCode;

const projectFolder = new URL('../..', import.meta.url).pathname;
/** The store's connections. */
const filledAtOnce = 4;

/**
 * Fills a data folder with cases whose window is over and whose certificates the registers were asked for again: what is
 * not held is payable. PostgreSQL runs for it and is ended again.
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
      CLOCK_ANCHOR: days.filed,
      SEED_BUDGET_FEN: '100000000000',
    };
    await runMigrations('store/migrate-main.ts', { cwd: projectFolder, env }, say);
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    const store = await openStore({ url, max: 4 }, payloadKeys.parse(keys.PAYLOAD_KEYS));
    try {
      const claims = await fill({ store, owner }, count, seed);
      await fillPartners(store, join(dataDir, 'sandbox'), claims);
      return claims;
    } finally {
      await store.db.end();
      await owner.end();
    }
  } finally {
    await parts.stop(['postgres']);
  }
}

/** Both registers know every certificate, should they be asked once more (N3.1c); some accounts are closed. */
async function fillPartners(store: Store, folder: string, claims: readonly Claim[]): Promise<void> {
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
  const accounts = await DurableMap.open(join(folder, 'accounts.ndjson'), accountSchema);
  for (const { account, fate } of claims)
    if (fate === 'correct' || fate === 'closed') await accounts.set(account, { holder: '已销户', status: 'closed' });
  await accounts.close();
}

/** Of so many cases one is approved when the fund has nothing left. */
const casesByShortOne = 5;

/** @returns so many approved cases, in case-number order */
async function approve(life: Life, count: number): Promise<readonly CaseNo[]> {
  const caseNos: CaseNo[] = [];
  while (caseNos.length < count) {
    const next = Array.from({ length: Math.min(filledAtOnce, count - caseNos.length) }, () => decide(life, 'approve'));
    caseNos.push(...(await Promise.all(next)));
  }
  return caseNos.sort();
}

/** Two of finance correct the budgets of both years to what is reserved already. */
async function emptyFund(store: Store): Promise<void> {
  for (const { budgetYear, availableFen } of await fundBalances(store.db, FUND)) {
    const correction = { fund: FUND, budgetYear, amountFen: availableFen, reason: '预算录入过高。' };
    const proposed = await proposeCorrection(store, claim('correction'), staff('fin1', 'finance'), correction);
    const { correctionId } = done(proposed);
    const accepted = { correctionId, accepted: true };
    done(await decideOnCorrection(store, claim('correction'), staff('fin2', 'finance'), accepted));
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
  await life.setNow(days.filed);
  const withMoney = count - Math.floor(count / casesByShortOne);
  const caseNos = [...(await approve(life, withMoney))];
  await emptyFund(store);
  caseNos.push(...(await approve(life, count - withMoney)));
  const roundId = await publish(life);
  const fateOf = (n: number): Fate => (n < withMoney ? (fates[n % fates.length] ?? 'pay') : 'short');
  const objections = new Map<CaseNo, ObjectionId>();
  for (const [n, caseNo] of caseNos.entries())
    if (fateOf(n) !== 'pay' && fateOf(n) !== 'short') objections.set(caseNo, await objectTo(life, caseNo));
  await life.setNow(days.windowOver);
  await endWindow(life, roundId);
  const applications = await readApplications(store.db, store, caseNos);
  for (const [caseNo, { applicant, certificate }] of applications) {
    const { name, idNumber } = applicant;
    const { number, occupation, level, kind, issuedOn } = certificate;
    const answer = {
      name,
      idNumber,
      number,
      occupation,
      level,
      kind,
      issuedOn,
      status: 'valid',
      answer: 'found',
    } as const;
    for (const source of ['provincial', 'national'] as const)
      await recordLookAgain(store, step(`case-${caseNo}`), caseNo, { source, answer });
  }
  const { rows } = await store.db.query<{ case_no: CaseNo; amount_fen: number }>(
    'SELECT case_no, amount_fen FROM cases',
  );
  return caseNos.map((caseNo, n) => ({
    caseNo,
    amountFen: rows.find((row) => row.case_no === caseNo)?.amount_fen ?? 0,
    holder: applications.get(caseNo)?.applicant.name ?? '',
    account: applications.get(caseNo)?.account.number ?? '',
    fate: fateOf(n),
    objectionId: objections.get(caseNo) ?? null,
  }));
}
