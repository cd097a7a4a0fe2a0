import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { pino } from 'pino';
import { z } from 'zod';
import type { App } from '../../api/app.ts';
import { tokenReader } from '../../api/auth.ts';
import { buildCodecServer } from '../../api/codec.ts';
import { payloadCodec } from '../../crypto/payload-codec.ts';
import { devTokenKey, devTokenKeyFile, issueDevToken } from '../../dev/dev-token.ts';
import type { Role } from '../../domain/actor.ts';
import { readClock } from '../../store/clock.ts';
import { testFolder } from '../setup/run-folder.ts';
import { openRecords, type Records } from './records.ts';

/** What Temporal's UI asks for when somebody looks at a history. */

const ui = 'http://127.0.0.1:8233';
let records: Records;
let codec: App;
let folder: string;
let url: string;
let sealed: Payload;

beforeAll(async () => {
  records = await openRecords(31);
  folder = testFolder();
  await devTokenKey(folder);
  codec = await buildCodecServer(
    {
      store: records.store,
      accessLog: records.accessLog,
      clock: await readClock(records.store.db),
      authenticate: await tokenReader({ kind: 'development', keyFile: devTokenKeyFile(folder) }),
    },
    { uiOrigin: ui, namespace: 'default', offersSignIn: true },
    pino({ level: 'silent' }),
  );
  url = await codec.listen({ host: '127.0.0.1', port: 0 });
  const plain = {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from('{"caseNo":"220102-2017-0000007","stage":"review"}'),
  };
  const [encoded] = await payloadCodec(records.store.vault.payloadRing).encode([plain]);
  if (!encoded) throw new Error('nothing was encoded');
  sealed = encoded;
});
afterAll(async () => {
  await codec.close();
  await records.close();
});

const token = (role: Role, org: string): Promise<string> => issueDevToken(folder, { sub: 'shen', roles: [role], org });
const asJson = ({ metadata, data }: Payload) => ({
  metadata: { encoding: Buffer.from(metadata?.['encoding'] ?? []).toString('base64') },
  data: Buffer.from(data ?? []).toString('base64'),
});
const ask = async (headers: Readonly<Record<string, string>>, payloads: readonly unknown[] = [asJson(sealed)]) =>
  fetch(`${url}/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
    body: JSON.stringify({ payloads }),
  });
const bearing = async (role: Role, org = '220000') => ({ authorization: `Bearer ${await token(role, org)}` });

async function accesses(): Promise<readonly unknown[]> {
  const { rows } = await records.store.db.query<{ body: unknown }>(
    'SELECT body FROM access_log ORDER BY at, chain, seq',
  );
  return rows.map(({ body }) => body);
}
const lastAccess = async (): Promise<unknown> => (await accesses()).at(-1);

test('an auditor of the province reads what Temporal keeps, and that is on record', async () => {
  const answer = await ask({ ...(await bearing('auditor')), origin: ui });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(ui);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { payloads } = z.object({ payloads: z.array(z.object({ data: z.string() })) }).parse(await answer.json());
  expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).toContain('"stage":"review"');
  expect(await lastAccess()).toMatchObject({
    kind: 'decode',
    who: 'shen',
    role: 'auditor',
    route: 'POST /decode',
    decoded: { payloads: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/), cases: ['220102-2017-0000007'] },
  });
});

test('what is none of ours comes back as it was; what was changed is not decoded', async () => {
  const plain = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30=' };
  const answer = await ask(await bearing('supervisor'), [plain]);
  expect(await answer.json()).toEqual({ payloads: [plain] });
  const { metadata, data } = asJson(sealed);
  const broken = Buffer.from(data, 'base64');
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  expect((await ask(await bearing('supervisor'), [{ metadata, data: broken.toString('base64') }])).status).toBe(400);
  expect((await ask(await bearing('supervisor'), ['x'])).status).toBe(400);
});

describe('turned away, and on record', () => {
  test.each<[string, () => Promise<Record<string, string>>, number, string]>([
    ['nobody', () => Promise.resolve({}), 401, 'unauthenticated'],
    ['a wrong token', () => Promise.resolve({ authorization: 'Bearer a.b.c' }), 401, 'unauthenticated'],
    ['a handler of the province', () => bearing('handler'), 403, 'forbidden'],
    ['an auditor of a district', () => bearing('auditor', '220102'), 403, 'forbidden'],
    ['an applicant', () => bearing('applicant'), 403, 'forbidden'],
    [
      'a page of another origin',
      async () => ({ ...(await bearing('auditor')), origin: 'http://evil' }),
      403,
      'forbidden',
    ],
    ['another namespace', async () => ({ ...(await bearing('auditor')), 'x-namespace': 'other' }), 404, 'not-found'],
  ])('%s', async (_what, headers, status, reason) => {
    const answer = await ask(await headers());
    expect([answer.status, await answer.json()]).toMatchObject([status, { type: `urn:problem:${reason}` }]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await lastAccess()).toMatchObject({ kind: 'refusal', reason, route: 'POST /decode' });
  });
});

test('the browser asks first, and only that origin is told yes', async () => {
  const preflight = (origin: string) => fetch(`${url}/decode`, { method: 'OPTIONS', headers: { origin } });
  const yes = await preflight(ui);
  expect([yes.status, yes.headers.get('access-control-allow-origin')]).toEqual([204, ui]);
  expect(yes.headers.get('access-control-allow-headers')).toContain('x-namespace');
  expect((await preflight('http://evil')).headers.get('access-control-allow-origin')).toBeNull();
});

test('the sign-in of development: a pasted token counts for pages of the UI only', async () => {
  const post = (pasted: string, origin = url) =>
    fetch(`${url}/sign-in`, { method: 'POST', headers: { origin }, body: new URLSearchParams({ token: pasted }) });
  expect((await fetch(url)).headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await post(await token('handler', '220102'))).status).toBe(403);
  expect((await post(await token('auditor', '220000'), 'http://evil')).status).toBe(403);
  const signedIn = await post(await token('auditor', '220000'));
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\/decode$/);
  const kept = { cookie: cookie.split(';', 1)[0] ?? '' };
  expect((await ask({ ...kept, origin: ui })).status).toBe(200);
  expect((await ask(kept)).status).toBe(401);
  expect((await ask({ ...kept, origin: 'http://evil' })).status).toBe(403);
});
