import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import type { Who } from '../../dev/client.ts';
import { issueDevToken } from '../../dev/dev-token.ts';
import { applicationBody } from '../../dev/papers.ts';
import { people } from '../../dev/people.ts';
import { tableCsv, tableRow } from '../../dev/tables.ts';
import type { IntakeBatchId } from '../../domain/ids.ts';
import { fileWaitingRows } from '../../store/intake-filing.ts';
import { openStore, type Store } from '../../store/store.ts';
import { testDatabase } from '../setup/services.ts';
import { type ApiKeys, type ApiProcess, newApiKeys, openApi } from './api-process.ts';

/** kill -9 of the API in the middle of a table's upload and of its hand-over (N2.5): each good row is exactly one case. */

const source = people(47);
const firm = source.next().value.employer;
const employer: Who = { sub: 'firm', roles: ['employer'], creditCode: firm.creditCode };
const hrss: Who = { sub: 'zhao', roles: ['hrss'], org: '220102' };
const answer = z.object({ batchId: z.string().transform((id) => id as IntakeBatchId), stage: z.string() });

let database: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Pool;
let keys: ApiKeys;
let store: Store;
let api: ApiProcess;

beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Pool({ connectionString: database.url, max: 3 });
  await owner.query(`UPDATE clock SET business_anchor = '2017-09-04T09:00:00+08:00', real_anchor = clock_timestamp()`);
  keys = await newApiKeys();
  store = await openStore({ url: database.url }, { active: 't', keys: new Map([['t', keys.payload]]) });
  api = await openApi(database.url, keys);
}, 180_000);
afterAll(async () => {
  api.child.kill('SIGKILL');
  await store.db.end();
  await owner.end();
  await database.drop();
});

interface Call {
  readonly who: Who;
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly key: string;
}

async function send({ who, path, type, body, key }: Call) {
  const authorization = `Bearer ${await issueDevToken(keys.folder, who)}`;
  const headers = { authorization, 'content-type': type, 'idempotency-key': key };
  const response = await fetch(`${api.url}/v1/application-batches${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: answer.parse(await response.json()) };
}

/** Sends it while what it needs is held by somebody; once it waits, in its transaction, the API is killed and another one starts. */
async function cutOff(call: Call, hold: string): Promise<void> {
  const holder = await owner.connect();
  await holder.query('BEGIN');
  await holder.query(hold);
  const asked = send(call).then(
    ({ status }) => status,
    () => 'cut off',
  );
  for (let waiting = 0; waiting === 0;) {
    await sleep(50);
    const { rows } = await owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    waiting = rows[0]?.n ?? 0;
  }
  api.child.kill('SIGKILL');
  expect(await asked).toBe('cut off');
  await holder.query('ROLLBACK');
  holder.release();
  api = await openApi(database.url, keys);
}

const counted = async (text: string) => (await owner.query<{ n: number }>(text)).rows[0]?.n;

test('cut off while it is received and while it is handed over, and said again each time', async () => {
  const good = Array.from({ length: 5 }, () =>
    tableRow(applicationBody(source.next().value, { channel: 'collective', employer: firm })),
  );
  const table = tableCsv([...good, { ...good[0], 户名: '旁人' }]);
  const upload = { who: employer, path: '', type: 'text/csv', body: table, key: randomUUID() };
  await cutOff(upload, 'LOCK TABLE intake_row IN EXCLUSIVE MODE');
  expect(await counted('SELECT count(*)::int AS n FROM intake_batch')).toBe(0);
  const received = await send(upload);
  expect([received.status, received.body.stage]).toEqual([201, 'filing']);
  const { batchId } = received.body;
  expect((await send({ ...upload, key: randomUUID() })).body.batchId).toBe(batchId);
  await fileWaitingRows(store, batchId, () => undefined);

  const acceptance = {
    ...{ who: hrss, path: `/${batchId}/acceptance`, type: 'application/json', body: '{}', key: randomUUID() },
  };
  await cutOff(acceptance, 'SELECT FROM cases ORDER BY case_no DESC LIMIT 1 FOR UPDATE');
  // Nothing is half handed over.
  const handedOver = `SELECT count(*)::int AS n FROM event WHERE type = 'handed-over' AND stream LIKE 'case-%'`;
  expect(await counted(handedOver)).toBe(0);
  for (const again of [acceptance, acceptance]) expect((await send(again)).body.stage).toBe('handed-over');
  expect(await counted(handedOver)).toBe(5);

  const { rows } = await owner.query<{ status: string; cases: number }>(
    `SELECT status, count(DISTINCT case_no)::int AS cases FROM intake_row WHERE batch_id = $1 GROUP BY 1 ORDER BY 1`,
    [batchId],
  );
  expect(rows).toEqual([
    { status: 'filed', cases: 5 },
    { status: 'wrong', cases: 0 },
  ]);
  expect(await counted('SELECT count(*)::int AS n FROM cases')).toBe(5);
}, 180_000);
