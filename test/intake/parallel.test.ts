import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { issueDevToken } from '../../dev/dev-token.ts';
import { applicationBody, type ApplicationBody } from '../../dev/papers.ts';
import { people } from '../../dev/people.ts';
import { testDatabase } from '../setup/services.ts';
import { type ApiKeys, type ApiProcess, newApiKeys, openApi } from './api-process.ts';

/** One claim, filed 200 times at once through two API processes: exactly one case (N4.3), also when one of them dies. */

const times = 200;
const source = people(43);
let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let keys: ApiKeys;
let offices: ApiProcess[] = [];

beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  await owner.query(`UPDATE clock SET business_anchor = '2017-09-04T09:00:00+08:00', real_anchor = clock_timestamp()`);
  keys = await newApiKeys();
}, 120_000);
afterAll(async () => {
  for (const { child } of offices) child.kill('SIGKILL');
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  const isUp = offices.length === 2 && offices.every(({ child }) => child.exitCode === null && !child.killed);
  if (isUp) return;
  for (const { child } of offices) child.kill('SIGKILL');
  offices = await Promise.all([openApi(database.url, keys), openApi(database.url, keys)]);
}, 120_000);

/** Whoever files it: a clerk at the counter each time, since an applicant's own key would be the same one. */
async function fileAt({ url }: ApiProcess, application: ApplicationBody, key: string): Promise<number | 'cut off'> {
  const token = await issueDevToken(keys.folder, { sub: 'wang', roles: ['handler'], org: '220102' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key };
  const body = JSON.stringify(application);
  return fetch(`${url}/v1/applications`, { method: 'POST', headers, body }).then(
    ({ status }) => status,
    () => 'cut off',
  );
}

/** What there is of the person's claim: cases, entitlements, promises to start a workflow, case keys without a case. */
async function leftOf(before: { cases: number }): Promise<object> {
  const { rows } = await owner.query<{ cases: number; orphans: number; streams: number }>(`
    SELECT (SELECT count(*)::int FROM cases) AS cases,
           (SELECT count(*)::int FROM entitlement WHERE case_no NOT IN (SELECT case_no FROM cases)) AS orphans,
           (SELECT count(DISTINCT stream)::int FROM outbox) AS streams`);
  const [row] = rows;
  if (!row) throw new Error('nothing was counted');
  return { cases: row.cases - before.cases, orphans: row.orphans, workflows: row.streams - before.cases };
}
const countCases = async () =>
  (await owner.query<{ cases: number }>('SELECT count(*)::int AS cases FROM cases')).rows[0] ?? { cases: 0 };

const claim = () => applicationBody(source.next().value, { channel: 'counter' });

test('200 at once: one case, 199 times 409, nothing orphaned', async () => {
  const before = await countCases();
  const application = claim();
  const answers = await Promise.all(
    Array.from({ length: times }, (_, n) => fileAt(oneOf(n), application, randomUUID())),
  );
  expect(answers.filter((status) => status === 201)).toHaveLength(1);
  expect(answers.filter((status) => status === 409)).toHaveLength(times - 1);
  expect(await leftOf(before)).toEqual({ cases: 1, orphans: 0, workflows: 1 });
}, 120_000);

test('kill -9 of one process in the middle: one case, and repeating with the same keys tells whose it is', async () => {
  const before = await countCases();
  const application = claim();
  const keysOf = Array.from({ length: times }, () => randomUUID());
  let settled = 0;
  const asked = keysOf.map((key, n) =>
    fileAt(oneOf(n), application, key).finally(() => {
      settled += 1;
      if (settled === 20) offices[1]?.child.kill('SIGKILL');
    }),
  );
  const first = await Promise.all(asked);
  expect(first.filter((answer) => answer === 'cut off').length).toBeGreaterThan(0);
  const survivor = oneOf(0);
  const again = await Promise.all(keysOf.map((key) => fileAt(survivor, application, key)));
  expect(again.filter((status) => status === 201)).toHaveLength(1);
  expect(again.filter((status) => status === 409)).toHaveLength(times - 1);
  // What was answered before the kill is answered again.
  first.forEach((answer, n) => {
    if (answer !== 'cut off') expect(again[n]).toBe(answer);
  });
  expect(await leftOf(before)).toEqual({ cases: 1, orphans: 0, workflows: 1 });
}, 120_000);

function oneOf(n: number): ApiProcess {
  const office = offices[n % 2];
  if (!office) throw new Error('no office');
  return office;
}
