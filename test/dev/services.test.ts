import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase, testServerPath } from '../setup/services.ts';

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows[0];
  } finally {
    await client.end();
  }
}

test('two test databases are migrated, seeded, and apart', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await ask(one.url, `create table mark (a int)`);
  expect(await ask(two.url, `select to_regclass('mark') as mark`)).toEqual({ mark: null });
  expect(await ask(two.url, `select count(*) > 0 as some from org_unit`)).toEqual({ some: true });
  expect(await ask(two.url, `select count(*) > 0 as some from ledger_entry`)).toEqual({ some: true });
  await one.drop();
  await two.drop();
  await expect(ask(one.url, 'select 1')).rejects.toThrow(/does not exist/);
}, 60_000);

test('the time-skipping server is found', async () => {
  expect(existsSync(await testServerPath())).toBe(true);
}, 300_000);
