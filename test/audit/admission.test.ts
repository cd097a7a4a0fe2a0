import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { pino } from 'pino';
import type { App } from '../../api/app.ts';
import { type Authenticate, tokenReader } from '../../api/auth.ts';
import { buildServer } from '../../api/server.ts';
import { eventually } from '../../dev/client.ts';
import { readClock } from '../../store/clock.ts';
import { openRecords, type Records } from './records.ts';

/** An OpenID provider over real HTTP, with keys that can be changed. */
interface Provider {
  readonly issuer: string;
  readonly publicKey: JWK;
  /** Signs with the present key; what is given replaces the usual claims and header. */
  readonly sign: (claims: object, header?: object) => Promise<string>;
  readonly rotate: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openProvider(): Promise<Provider> {
  let pair = await generateKeyPair('ES256', { extractable: true });
  let kid = randomUUID();
  let jwk = await exportJWK(pair.publicKey);
  const server: Server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    const body = isKeys
      ? { keys: [{ ...jwk, kid, alg: 'ES256', use: 'sig' }] }
      : { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    publicKey: jwk,
    sign: (claims, header) => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, aud: 'skill-subsidy', sub: 'wang', iat: now, exp: now + 600, auth_time: now };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, ...header })
        .sign(pair.privateKey);
    },
    async rotate() {
      pair = await generateKeyPair('ES256', { extractable: true });
      jwk = await exportJWK(pair.publicKey);
      kid = randomUUID();
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
}

let records: Records;
let provider: Provider;
let app: App;
let caseNo: string;
let url: string;
/** Reads tokens instead of the usual reader, while it is set. */
let authenticate: Authenticate | undefined;

beforeAll(async () => {
  records = await openRecords(88);
  provider = await openProvider();
  caseNo = await records.file();
  const usual = await tokenReader({ kind: 'oidc', issuer: provider.issuer });
  app = await buildServer(
    {
      store: records.store,
      authenticate: (token) => (authenticate ?? usual)(token),
      histories: { read: () => Promise.resolve([]), close: () => Promise.resolve() },
      accessLog: records.accessLog,
      clock: await readClock(records.store.db),
      bankCallbackKeys: { active: 'k', keys: new Map([['k', 'a-secret-of-16-ch']]) },
    },
    pino({ level: 'silent' }),
  );
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  await appoint('wang', 'handler');
  await appoint('zhao', 'finance');
  await appoint('sun', 'security-admin');
});
afterAll(async () => {
  await app.close();
  await provider.close();
  await records.close();
});

const appoint = (sub: string, role: string) =>
  records.tamper(
    `INSERT INTO appointment (sub, role, org, from_on, appointed_by) VALUES ($1, $2, '220102', '2026-01-01', 'the start')`,
    [sub, role],
  );

/** Over HTTP, as anyone asks. */
async function seeCase(token: string | null) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/v1/cases/${caseNo}`, { headers });
  const text = await answer.text();
  return { statusCode: answer.status, headers: answer.headers, json: (): unknown => JSON.parse(text) };
}

async function accesses(): Promise<
  readonly { kind: string; who: string | null; reason?: string; caseNo: string | null }[]
> {
  const { rows } = await records.store.db.query<{ body: { kind: string; who: string | null; caseNo: string | null } }>(
    'SELECT body FROM access_log ORDER BY chain, seq',
  );
  return rows.map(({ body }) => body);
}

describe('tokens of an OpenID provider', () => {
  test('the right one is let in; sign-in and read are on record, the second read alone', async () => {
    const token = await provider.sign({});
    expect((await seeCase(token)).statusCode).toBe(200);
    expect((await accesses()).slice(-2)).toMatchObject([
      { kind: 'sign-in', who: 'wang', caseNo: null },
      { kind: 'read', who: 'wang', caseNo, role: 'handler', route: 'GET /v1/cases/:caseNo' },
    ]);
    const before = (await accesses()).length;
    expect((await seeCase(token)).statusCode).toBe(200);
    expect((await accesses()).slice(before)).toMatchObject([{ kind: 'read' }]);
  });

  const hour = 3_600;
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = () => Math.floor(Date.now() / 1000);
  const forged = (header: object, signature: (text: string) => string) => () => {
    const claims = { iss: provider.issuer, aud: 'skill-subsidy', sub: 'wang', exp: now() + hour };
    const text = `${encoded(header)}.${encoded(claims)}`;
    return Promise.resolve(`${text}.${signature(text)}`);
  };

  test.each<[string, () => Promise<string | null>]>([
    ['no token', () => Promise.resolve(null)],
    ['an expired one', () => provider.sign({ exp: now() - 60 })],
    ['one without an end', () => provider.sign({ exp: undefined })],
    ['another issuer', () => provider.sign({ iss: 'https://elsewhere.example' })],
    ['another audience', () => provider.sign({ aud: 'another-system' })],
    ['an ID token for the same audience', () => provider.sign({ nonce: 'n-0S6', at_hash: 'x' }, { typ: 'JWT' })],
    ["Keycloak's refresh token", () => provider.sign({ typ: 'Refresh' }, { typ: 'JWT' })],
    ['a logout token', () => provider.sign({}, { typ: 'logout+jwt' })],
    ['not yet valid', () => provider.sign({ nbf: now() + hour })],
    ['alg none', forged({ alg: 'none' }, () => '')],
    [
      'HS256 with the public key as its secret',
      forged({ alg: 'HS256' }, (text) =>
        createHmac('sha256', JSON.stringify(provider.publicKey)).update(text).digest('base64url'),
      ),
    ],
    ['a key that the provider never had', async () => (await openStranger()).sign({ iss: provider.issuer })],
    ['no token at all in its place', () => Promise.resolve('x.y.z')],
  ])('%s: 401, and on record', async (_what, token) => {
    const before = (await accesses()).length;
    const answer = await seeCase(await token());
    expect([answer.statusCode, answer.json()]).toMatchObject([401, { type: 'urn:problem:unauthenticated' }]);
    expect((await accesses()).slice(before)).toMatchObject([{ kind: 'refusal', reason: 'unauthenticated', who: null }]);
  });

  test.each<[string, object, object]>([
    ['at+jwt', {}, { typ: 'at+jwt' }],
    ['application/at+jwt', {}, { typ: 'application/at+jwt' }],
    ['JWT, and the claim Bearer', { typ: 'Bearer' }, { typ: 'JWT' }],
  ])('an access token of the type %s is let in', async (_what, claims, header) => {
    expect((await seeCase(await provider.sign(claims, header))).statusCode).toBe(200);
  });

  test('while the provider is away: 503 that may be repeated, for any token, and nothing on record says refused', async () => {
    const away = await openProvider();
    const reader = await tokenReader({ kind: 'oidc', issuer: away.issuer });
    await away.close();
    const before = (await accesses()).length;
    const token = await away.sign({});
    authenticate = reader;
    try {
      const answer = await seeCase(token);
      expect([answer.statusCode, answer.json()]).toMatchObject([503, { type: 'urn:problem:unavailable' }]);
      expect(answer.headers.get('retry-after')).toBe('5');
    } finally {
      authenticate = undefined;
    }
    expect((await accesses()).slice(before)).toEqual([]);
  });

  async function openStranger(): Promise<Provider> {
    const stranger = await openProvider();
    await stranger.close();
    return stranger;
  }

  test('a role that only the token claims is none; an appointment ends at once', async () => {
    expect((await seeCase(await provider.sign({ sub: 'nobody', roles: ['handler'], org: '220102' }))).statusCode).toBe(
      403,
    );
    await appoint('qian', 'reviewer');
    const token = await provider.sign({ sub: 'qian' });
    expect((await seeCase(token)).statusCode).toBe(200);
    const listed = await app.inject({
      url: '/v1/appointments',
      headers: { authorization: `Bearer ${await provider.sign({ sub: 'sun' })}` },
    });
    const { items } = listed.json<{ items: { id: number; sub: string }[] }>();
    const id = items.find((one) => one.sub === 'qian')?.id;
    const ended = await app.inject({
      method: 'POST',
      url: `/v1/appointments/${id}/end`,
      headers: { authorization: `Bearer ${await provider.sign({ sub: 'sun' })}`, 'idempotency-key': 'end-1' },
    });
    expect([ended.statusCode, ended.json()]).toMatchObject([200, { isEnded: true }]);
    expect((await seeCase(token)).statusCode).toBe(403);
    expect((await accesses()).at(-1)).toMatchObject({ kind: 'refusal', who: 'qian', reason: 'forbidden' });
  });

  test("the provider's new key is fetched", async () => {
    await provider.rotate();
    const token = await provider.sign({});
    await eventually('the new key is known', async () => (await seeCase(token)).statusCode === 200 || undefined, 5_000);
  });
});

describe('what can not be taken back', () => {
  const release = async (claims: object) =>
    app.inject({
      method: 'POST',
      url: '/v1/payment-batches/220102-2026-11-24-1/release',
      headers: {
        authorization: `Bearer ${await provider.sign({ sub: 'zhao', ...claims })}`,
        'idempotency-key': randomUUID(),
      },
      payload: { totalFen: 1, listHash: 'x' },
    });

  test('needs a sign-in of the last quarter of an hour', async () => {
    const now = Math.floor(Date.now() / 1000);
    const stale = await release({ auth_time: now - 16 * 60 });
    expect([stale.statusCode, stale.json()]).toMatchObject([401, { type: 'urn:problem:sign-in-again' }]);
    expect(stale.headers['www-authenticate']).toContain('insufficient_user_authentication');
    expect((await release({ auth_time: undefined })).statusCode).toBe(401);
    expect((await release({ auth_time: now - 14 * 60 })).statusCode).toBe(404); // let in: there is no such batch
  });
});

describe('appointments', () => {
  const post = async (payload: object) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/appointments',
      headers: { authorization: `Bearer ${await provider.sign({ sub: 'sun' })}`, 'idempotency-key': randomUUID() },
      payload,
    });
    return [answer.statusCode, answer.json<{ type?: string }>().type];
  };

  test('roles that do not go together, one unit at a time, never oneself', async () => {
    const zhou = { sub: 'zhou', org: '220102' };
    expect(await post({ ...zhou, role: 'handler' })).toEqual([201, undefined]);
    expect(await post({ ...zhou, role: 'handler' })).toEqual([409, 'urn:problem:already-appointed']);
    expect(await post({ ...zhou, role: 'reviewer' })).toEqual([201, undefined]);
    expect(await post({ ...zhou, role: 'security-admin' })).toEqual([409, 'urn:problem:incompatible-roles']);
    expect(await post({ sub: 'sun', org: '220102', role: 'handler' })).toEqual([409, 'urn:problem:own-appointment']);
    expect(await post({ sub: 'wu', org: '220104', role: 'handler' })).toEqual([404, 'urn:problem:not-found']);
    expect(await post({ sub: 'wu', org: '220102', role: 'applicant' })).toEqual([422, 'urn:problem:invalid']);
  });

  test('who gives out roles can use none, however it came to be beside it', async () => {
    await appoint('both', 'handler');
    expect((await seeCase(await provider.sign({ sub: 'both' }))).statusCode).toBe(200);
    await appoint('both', 'security-admin');
    expect((await seeCase(await provider.sign({ sub: 'both' }))).statusCode).toBe(403);
  });

  test('a role counts from its first day to its last', async () => {
    await records.tamper(
      `INSERT INTO appointment (sub, role, org, from_on, until_on, appointed_by) VALUES
       ('late', 'handler', '220102', '2999-01-01', NULL, 'x'), ('past', 'handler', '220102', '2020-01-01', '2020-12-31', 'x')`,
    );
    expect((await seeCase(await provider.sign({ sub: 'late' }))).statusCode).toBe(403);
    expect((await seeCase(await provider.sign({ sub: 'past' }))).statusCode).toBe(403);
  });
});
