import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import Postgrator from 'postgrator';
import type { MigrateSettings } from '../config/settings.ts';
import { adjustmentFund } from '../domain/fund/adjustment.ts';
import { fen } from '../domain/money.ts';
import { yearOf } from '../domain/policy/dates.ts';
import { dateOf } from '../domain/time.ts';
import { policy201767 } from '../domain/policy/policy-2017-67.ts';
import { calendarNotices } from '../domain/reference/calendar.ts';
import { orgUnits } from '../domain/reference/org-units.ts';
import { businessNow, keepClock } from './clock.ts';
import { type Database, openDatabase, type Transaction } from './database.ts';
import { addBudget } from './ledger.ts';

/** What is on disk and what the database was made with differ; only a new version or migration can settle that. */
export class MigrationRefused extends Error {}

/** One migration at a time, whoever starts it. */
const migrationLock = 7_267_201_767;

/**
 * Brings the database up to the code: numbered SQL, the clock at first use, reference data.
 * @throws MigrationRefused, ClockMismatch with one line that says what differs
 */
export async function migrate(settings: MigrateSettings): Promise<void> {
  const lock = new pg.Client({ connectionString: settings.databaseUrl });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await applyMigrations(lock);
    const db = openDatabase({ url: settings.databaseUrl, max: 1, role: 'owner' });
    try {
      await keepClock(db, settings.clock);
      await keepReferenceData(db);
      if (settings.seedBudgetFen !== undefined) await seedBudgets(db, settings.seedBudgetFen);
    } finally {
      await db.end();
    }
  } finally {
    await lock.end();
  }
}

async function applyMigrations(client: pg.Client): Promise<void> {
  const postgrator = new Postgrator({
    migrationPattern: fileURLToPath(new URL('../migrations/*.sql', import.meta.url)),
    driver: 'pg',
    schemaTable: 'schema_version',
    execQuery: (query) => client.query(query),
  });
  try {
    await postgrator.migrate();
  } catch (error) {
    throw new MigrationRefused(`migrations: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Policy, calendar and places are added when they are new; what decisions rest on already is never overwritten. */
async function keepReferenceData(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    for (const unit of orgUnits) {
      await tx.query(
        `INSERT INTO org_unit (code, name, kind, parent, fund) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name`,
        [unit.code, unit.name, unit.kind, unit.parent, unit.fund],
      );
    }
    for (const notice of calendarNotices)
      await keepRow(tx, 'calendar_notice', 'id', 'published_on', notice.id, notice.publishedOn, notice);
    for (const policy of [policy201767])
      await keepRow(tx, 'policy_version', 'version', 'in_force_from', policy.id, policy.inForceFrom, policy);
  });
}

async function keepRow(
  tx: Transaction,
  table: 'calendar_notice' | 'policy_version',
  idColumn: string,
  dateColumn: string,
  id: string,
  date: string,
  body: object,
): Promise<void> {
  const text = JSON.stringify(body);
  await tx.query(`INSERT INTO ${table} (${idColumn}, ${dateColumn}, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
    id,
    date,
    text,
  ]);
  const { rows } = await tx.query<{ body: object }>(`SELECT body FROM ${table} WHERE ${idColumn} = $1`, [id]);
  if (!isDeepStrictEqual(rows[0]?.body, JSON.parse(text)))
    throw new MigrationRefused(`${table} ${id} differs from the one that decisions rest on: add a new version instead`);
}

/** Outside production: money to work with in the current and the next budget year of every fund. */
async function seedBudgets(db: Database, amountFen: number): Promise<void> {
  await db.transaction(async (tx) => {
    const at = await businessNow(tx);
    const year = yearOf(dateOf(at));
    const seeded = await tx.query<{ fund: string; budget_year: number }>(
      `SELECT fund, budget_year FROM ledger_entry WHERE reason = 'seeded-budget'`,
    );
    const done = new Set(seeded.rows.map((row) => `${row.fund} ${row.budget_year}`));
    for (const fund of new Set([...orgUnits.map((unit) => unit.fund), adjustmentFund])) {
      for (const budgetYear of [year, year + 1]) {
        if (done.has(`${fund} ${budgetYear}`)) continue;
        await addBudget(tx, { fund, budgetYear, amountFen: fen(amountFen), at, reason: 'seeded-budget' });
      }
    }
  });
}
