// node --import tsx test/setup/start-postgres.ts <folder>: starts PostgreSQL for the tests, with a migrated template
// database in it, and leaves it running; prints where it is. A process of its own, so that the server outlives the jest
// worker that asked first. It is recorded in <folder>/processes.json for whoever ends the run.
import { join } from 'node:path';
import { migrateSettings } from '../../config/settings.ts';
import { freePort } from '../../dev/ports.ts';
import { createDatabase, databaseUrl, newPassword, postgresPart, withClient } from '../../dev/postgres.ts';
import { processRecords } from '../../dev/process-records.ts';
import { reasonOf } from '../../dev/start-error.ts';
import { supervise } from '../../dev/supervise.ts';
import { migrate } from '../../store/migrate.ts';
import { TEMPLATE } from './database.ts';

async function start(folder: string): Promise<string> {
  const server = { folder: join(folder, 'data'), port: await freePort(), password: newPassword() };
  const records = processRecords(folder);
  const parts = supervise({ logs: join(folder, 'logs'), records, say: () => undefined });
  try {
    await parts.start(postgresPart(server, 'forgetful', () => undefined));
    await createDatabase(server, TEMPLATE);
    const url = databaseUrl(server, TEMPLATE);
    await migrate(migrateSettings({ DATABASE_URL: url, SEED_BUDGET_FEN: '100000000000' }));
    // Nobody connects to it any more: copying a template needs it unused.
    await withClient(databaseUrl(server, 'postgres'), (client) =>
      client.query(`alter database ${TEMPLATE} with is_template true allow_connections false`),
    );
    return databaseUrl(server, 'postgres');
  } catch (error) {
    await parts.stop([]);
    throw error;
  }
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: start-postgres.ts <folder>');
start(folder).then(
  (url) => {
    process.stdout.write(`${url}\n`, () => process.exit(0));
  },
  (error: unknown) => {
    process.stderr.write(`${reasonOf(error)}\n`, () => process.exit(1));
  },
);
