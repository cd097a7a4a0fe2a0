import { randomBytes, randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import pg from 'pg';
import { z } from 'zod';
import { tokenReader } from '../../api/auth.ts';
import { buildServer } from '../../api/server.ts';
import type { App, Services } from '../../api/app.ts';
import type { Who } from '../../dev/client.ts';
import { devTokenKey, devTokenKeyFile, issueDevToken } from '../../dev/dev-token.ts';
import { people, type Person } from '../../dev/people.ts';
import { epochMs, type BusinessClock } from '../../domain/time.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { openAccessLog } from '../../store/access-log.ts';
import { openStore } from '../../store/store.ts';
import { testFolder } from '../setup/run-folder.ts';
import { testDatabase } from '../setup/services.ts';

/** The agency of most tests, 南关区 of Changchun, and the pooling region whose fund pays for it. */
export const ORG = '220102';
export const REGION = '220100';
/** The Monday on which most tests begin; forms are signed on 2017-09-01. */
export const beginning = '2017-09-04T09:00:00+08:00';

export const bankKey = { id: 'bank-1', secret: 'a secret of the test bank' };

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed JSON; the text of what is none. */
  readonly body: unknown;
}

export interface PostOptions {
  /** A key of one's own instead of a random one; null: none at all. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody at the API, signed in or not. */
export interface Client {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  post(path: string, body: unknown, options?: PostOptions): Promise<Reply>;
}

/** The whole API on a database of its own, with a clock that is set by hand. */
export interface Desk {
  readonly app: App;
  readonly services: Services;
  readonly url: string;
  /** Lines that the API logged. */
  readonly log: readonly string[];
  /** Signed in by a development token. */
  as(who: Who): Client;
  /** With that Authorization header; null: without. */
  withHeader(authorization: string | null): Client;
  token(who: Who): Promise<string>;
  person(): Person;
  /** Business time from now on, running at speed 1. */
  setNow(instant: string): Promise<void>;
  /** SQL as the owner of the database. */
  sql<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Rows of every table but the log of who asked. */
  countRows(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** @param reroute another way to the same database, such as through something that can be cut */
export async function openDesk(seed: number, reroute?: (url: string) => Promise<string>): Promise<Desk> {
  const database = await testDatabase();
  const keyFolder = testFolder();
  await devTokenKey(keyFolder);
  const owner = new pg.Pool({ connectionString: database.url, max: 2 });
  const ring = { active: 't', keys: new Map([['t', randomBytes(32)]]) };
  const store = await openStore({ url: (await reroute?.(database.url)) ?? database.url }, ring);
  const clock: { -readonly [K in keyof BusinessClock]: BusinessClock[K] } = {
    businessAnchorMs: 0,
    realAnchorMs: 0,
    speed: 1,
  };
  const services: Services = {
    store,
    clock,
    accessLog: openAccessLog(store.db, clock),
    authenticate: await tokenReader({ kind: 'development', keyFile: devTokenKeyFile(keyFolder) }),
    histories: {
      read: () => Promise.resolve([{ eventId: 1, at: beginning, type: 'WORKFLOW_EXECUTION_STARTED', attributes: {} }]),
      close: () => Promise.resolve(),
    },
    bankCallbackKeys: { active: bankKey.id, keys: new Map([[bankKey.id, bankKey.secret]]) },
  };
  const log: string[] = [];
  const app = await buildServer(services, pino({ level: 'info' }, { write: (line: string) => void log.push(line) }));
  await app.ready();
  const source = people(seed);

  const token = (who: Who): Promise<string> => issueDevToken(keyFolder, who);
  const kept = new Map<string, Promise<string>>();
  const keptToken = (who: Who): Promise<string> => {
    const name = JSON.stringify(who);
    const signed = kept.get(name) ?? token(who);
    kept.set(name, signed);
    return signed;
  };
  const sql = async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    (await owner.query<R>(text, [...values])).rows;
  const setNow = async (instant: string): Promise<void> => {
    clock.businessAnchorMs = epochMs(parseInstant(instant));
    clock.realAnchorMs = Date.now();
    await sql(
      'UPDATE clock SET business_anchor = $1, real_anchor = to_timestamp($2::double precision / 1000), speed = 1',
      [...[instant, clock.realAnchorMs]],
    );
  };
  await setNow(beginning);
  return {
    app,
    services,
    url: database.url,
    log,
    as: (who) => clientOf(app, async () => `Bearer ${await keptToken(who)}`),
    withHeader: (authorization) => clientOf(app, () => Promise.resolve(authorization)),
    token,
    person: () => source.next().value,
    setNow,
    sql,
    async countRows() {
      const tables = await sql<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'
           AND table_type = 'BASE TABLE' AND table_name NOT IN ('access_chain', 'access_log') ORDER BY 1`,
      );
      const counted = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS n FROM ${name}`);
      const rows = await sql<{ name: string; n: number }>(counted.join(' UNION ALL '));
      return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
    },
    async close() {
      await app.close();
      await store.db.end();
      await owner.end();
      await database.drop();
    },
  };
}

function clientOf(app: App, authorization: () => Promise<string | null>): Client {
  const signed = async (): Promise<Record<string, string>> => {
    const header = await authorization();
    return header === null ? {} : { authorization: header };
  };
  return {
    get: async (path, headers = {}) =>
      send(app, { method: 'GET', url: path, headers: { ...(await signed()), ...headers } }),
    async post(path, body, { key = randomUUID(), headers = {} } = {}) {
      const all = {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(await signed()),
        ...headers,
      };
      const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      return send(app, { method: 'POST', url: path, headers: all, ...(body === undefined ? {} : { payload }) });
    },
  };
}

/** Sends anything at all. */
export async function send(app: App, options: InjectOptions): Promise<Reply> {
  const { statusCode, headers, payload } = await app.inject(options);
  const isJson = String(headers['content-type']).includes('json');
  return { status: statusCode, headers, text: payload, body: isJson ? (JSON.parse(payload) as unknown) : payload };
}

/** The body of an answer of this status, read by its shape. @throws Error that shows what was answered instead */
export function read<T>(reply: Reply, status: number, shape: z.ZodType<T>): T {
  if (reply.status !== status) throw new Error(`answered ${reply.status} instead of ${status}: ${reply.text}`);
  return shape.parse(reply.body);
}

const problem = z.looseObject({
  type: z.string().regex(/^urn:problem:[a-z-]+$/),
  title: z.string().regex(/\p{Script=Han}/u),
  status: z.int(),
  detail: z.string().min(1),
});

/** A problem as RFC 9457 and contract.md have it; its slug and everything that it carries. */
export function problemOf(reply: Reply): { readonly slug: string; readonly [more: string]: unknown } {
  const contentType = String(reply.headers['content-type']);
  if (!contentType.startsWith('application/problem+json')) throw new Error(`no problem: ${reply.status} ${reply.text}`);
  const { type, ...more } = problem.parse(reply.body);
  if (more.status !== reply.status) throw new Error(`status ${reply.status}, but the problem says ${more.status}`);
  return { slug: type.slice('urn:problem:'.length), ...more };
}

const entries = z.array(z.object({ path: z.string(), code: z.string().min(1), message: z.string().min(1) }));

/** The wrong fields that a 422 names, sorted, each as often as it is named. */
export function wrongFields(reply: Reply): readonly string[] {
  const { slug, errors } = problemOf(reply);
  if (reply.status !== 422 || slug !== 'invalid') throw new Error(`no 422 invalid: ${reply.status} ${reply.text}`);
  return entries
    .parse(errors)
    .map(({ path }) => path)
    .sort();
}
