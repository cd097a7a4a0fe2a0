import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import pg from 'pg';
import { payloadKeys, type PayloadKeys } from '../../config/keys.ts';
import { payloadCodec } from '../../crypto/payload-codec.ts';
import { foundInTemporal } from '../canary/histories.ts';
import { playLife } from '../canary/life.ts';
import { type Listening, listenToAddresses } from '../canary/listening.ts';
import { type Finding, foundInFiles, foundInRows, foundInText } from '../canary/places.ts';
import { searchFor } from '../canary/search.ts';
import { writtenCanaries } from '../canary/words.ts';
import { openStore } from '../../store/store.ts';
import { openOffice, type Office } from './office.ts';

/**
 * A whole life of cases with words and numbers that stand nowhere else, with refusals, partners' faults and kills; then
 * everything that is kept or logged is searched in every encoding. What is planted on purpose shows that it can be found.
 */

let office: Office;
let partners: Listening;
let owner: pg.Client;

beforeAll(async () => {
  partners = await listenToAddresses();
  office = await openOffice(202, 2, { PARTNERS_URL: partners.url });
  partners.passTo(office.system.sandboxUrl);
  owner = new pg.Client({ connectionString: office.system.databaseUrl });
  owner.on('error', () => undefined); // it is stopped under us when a test fails
  await owner.connect();
  await nothingHidesInPostgres();
}, 240_000);
afterAll(async () => {
  await owner.end();
  await office.system.stop();
  await partners.close();
}, 60_000);

/** Long values are not compressed, in tables and so in the log before writing; no piece of that log is thrown away. */
async function nothingHidesInPostgres(): Promise<void> {
  const { rows } = await owner.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE EXTERNAL', attrelid::regclass, attname) AS sql
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND attstorage IN ('x', 'm')`,
  );
  for (const { sql } of rows) await owner.query(sql);
  await owner.query(`ALTER SYSTEM SET wal_keep_size = '8GB'`);
  await owner.query('SELECT pg_reload_conf()');
}

/** One word for each place, put there on purpose. */
const planted = {
  row: '鼹鼠甲子行中之言',
  wal: '鼹鼠乙丑去而留痕',
  log: '鼹鼠丙寅日志之言',
  address: '鼹鼠丁卯地址之言',
  memo: '鼹鼠戊辰备忘之言',
  payload: '鼹鼠己巳明文之言',
  sealed: '鼹鼠庚午密文之言',
  failure: '鼹鼠辛未失败之言',
} as const;

async function plant(connection: Connection, ring: PayloadKeys): Promise<void> {
  const { system } = office;
  await owner.query('CREATE TABLE planted AS SELECT $1::bytea AS words', [iconv.encode(planted.row, 'gb18030')]);
  await owner.query('CREATE TABLE gone (words text)');
  await owner.query('INSERT INTO gone VALUES ($1)', [planted.wal]);
  await owner.query('DROP TABLE gone');
  const escaped = planted.log.replace(/[^]/g, (one) => `\\u${one.charCodeAt(0).toString(16).toUpperCase()}`);
  appendFileSync(join(system.dataDir, 'logs/worker.log'), `{"msg":"${escaped}"}\n`);
  await fetch(`${partners.url}/sms/v1/messages?to=${encodeURIComponent(planted.address)}`);
  const options = { taskQueue: 'nobody', args: [planted.payload] };
  const open = new Client({ connection });
  const started = await open.workflow.start('nobody', {
    ...options,
    workflowId: 'planted-open',
    memo: { note: planted.memo },
  });
  await started.terminate(planted.failure);
  const closed = new Client({ connection, dataConverter: { payloadCodecs: [payloadCodec(ring)] } });
  const sealed = { ...options, args: [planted.sealed], workflowId: 'planted-sealed' };
  await (await closed.workflow.start('nobody', sealed)).terminate('over');
}

const query = async <R extends object>(text: string): Promise<R[]> =>
  (await owner.query<R & pg.QueryResultRow>(text)).rows;
/** The partners' own files: what they know of people, and the notices on the site, is theirs. */
const partnersOwn = /^(sandbox|logs\/sandbox|bank-files)/;

test('what people are and wrote is sealed in PostgreSQL and is nowhere else; what was planted is found', async () => {
  const { system } = office;
  const { canaries, addresses } = await playLife(office);
  const connection = await Connection.connect({ address: system.temporalAddress });
  const store = await openStore({ url: system.databaseUrl }, payloadKeys.parse(system.env['PAYLOAD_KEYS']));
  const ring = store.vault.payloadRing;
  await store.db.end();
  await plant(connection, ring);

  const traps = Object.entries(planted).map(([name, text]) => ({ name: `planted ${name}`, text }));
  const search = searchFor([...canaries, ...writtenCanaries, ...traps]);
  const found: Finding[] = [...(await foundInRows(query, search))];
  const temporal = await foundInTemporal(connection, ring, search);
  found.push(...temporal.found);
  expect(temporal.runs).toBeGreaterThan(8);
  expect(temporal.payloads).toBeGreaterThan(200);
  expect(partners.addresses.length).toBeGreaterThan(20);
  found.push(...foundInText('partners’ addresses', partners.addresses.join('\n'), search));
  found.push(...foundInText('addresses of next pages', addresses.join('\n'), search));
  await connection.close();
  await owner.end();
  await system.stop();
  found.push(...foundInFiles(system.dataDir, search, partnersOwn));

  expect(found.filter((one) => !one.includes(': planted '))).toEqual([]);
  expect([...new Set(found.map(placeOf))].sort()).toEqual([
    'description of planted-open: planted memo',
    'file of Temporal: planted failure',
    'file of Temporal: planted memo',
    'file of Temporal: planted payload',
    'history of planted-open: planted failure',
    'history of planted-open: planted memo',
    'history of planted-open: planted payload',
    'log before writing: planted row',
    'log before writing: planted wal',
    'logs/worker.log: planted log',
    'partners’ addresses: planted address',
    'payloads of planted-open: planted memo',
    'payloads of planted-open: planted payload',
    'payloads of planted-sealed: planted sealed',
    'table public.planted: planted row',
    'table’s file: planted row',
  ]);
}, 300_000);

/** A finding without what changes from run to run: names of files, the encoding. */
const placeOf = (finding: Finding): string =>
  finding
    .replace(/ \(.*$/, '')
    .replace(/^postgres\/pg_wal\/\w+/, 'log before writing')
    .replace(/^postgres\/base\/[\d/]+/, 'table’s file')
    .replace(/^temporal\.db(-wal)?/, 'file of Temporal');
