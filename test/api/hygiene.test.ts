import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { App } from '../../api/app.ts';
import { buildServer } from '../../api/server.ts';
import { staff } from './cases.ts';
import { type Desk, openDesk, problemOf, send } from './desk.ts';

/** What every answer has beside its content, and how much anyone may ask for. */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(71);
}, 120_000);
afterAll(() => desk.close());

test('every answer says that nobody may keep, frame, sniff or script it; refusals and unknown paths too', async () => {
  for (const path of ['/v1/cases', '/openapi.json', '/healthz', '/nowhere', '/public/v1/notices']) {
    const { headers } = await desk.withHeader(null).get(path);
    expect([path, headers]).toMatchObject([
      path,
      {
        'cache-control': 'no-store',
        'content-security-policy': expect.stringMatching(/default-src 'self'.*frame-ancestors 'none'/),
        'permissions-policy': expect.stringContaining('camera=()'),
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      },
    ]);
    expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('a method that may carry a body, without one: 405 too', async () => {
  const app = await buildServer(desk.services, pino({ level: 'silent' }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const reply = await fetch(`${url}/v1/cases/220102-2017-0000001`, { method: 'QUERY' });
  expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET']);
  expect((await fetch(`${url}/v1/nowhere`, { method: 'QUERY' })).status).toBe(404);
  await app.close();
});

test('a method that an address does not know: 405, with those that it knows', async () => {
  for (const [method, url, allow] of [
    ['PUT', '/v1/applications', 'POST'],
    ['DELETE', '/v1/cases/220102-2017-0000001?x=1', 'GET'],
    ['PATCH', '/public/v1/notices', 'GET'],
    ['HEAD', '/v1/cases', 'GET'],
    // Not what stands beside it with a case's number.
    ['OPTIONS', '/v1/cases/bulk-review', 'POST'],
  ] as const) {
    const reply = await send(desk.app, { method, url });
    expect([method, url, reply.status, reply.headers['allow']]).toEqual([method, url, 405, allow]);
  }
  expect((await send(desk.app, { method: 'PUT', url: '/v1/nowhere' })).status).toBe(404);
});

describe('limits', () => {
  let limited: App;
  beforeAll(async () => {
    limited = await buildServer(desk.services, pino({ level: 'silent' }), { client: 20, person: 12 });
    await limited.ready();
  });
  afterAll(() => limited.close());

  const from = (ip: string, url: string, more: { token?: string; method?: 'POST' } = {}) =>
    send(limited, {
      method: more.method ?? 'GET',
      url,
      remoteAddress: ip,
      headers: more.token === undefined ? {} : { authorization: `Bearer ${more.token}` },
      ...(more.method ? { payload: {} } : {}),
    });
  const statuses = async (times: number, ask: () => Promise<{ readonly status: number }>) => {
    const found: number[] = [];
    for (let n = 0; n < times; n += 1) found.push((await ask()).status);
    return { first: found.slice(0, -1).filter((status) => status === 429).length, last: found.at(-1) };
  };

  test('an address without a sign-in, and when it may come again; another address is not touched', async () => {
    expect(await statuses(21, () => from('203.0.113.1', '/public/v1/notices'))).toEqual({ first: 0, last: 429 });
    const reply = await from('203.0.113.1', '/healthz');
    expect(problemOf(reply).slug).toBe('too-many-requests');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from('203.0.113.2', '/public/v1/notices')).status).toBe(200);
  });

  test('what anyone may write is less', async () => {
    const write = () => from('203.0.113.3', '/public/v1/reports', { method: 'POST' });
    expect(await statuses(3, write)).toEqual({ first: 0, last: 429 });
  });

  test('a person, from wherever; another person at the same address is not touched', async () => {
    const token = await desk.token(staff('busy', 'handler'));
    let n = 0;
    const ask = () => from(`198.51.100.${(n += 1)}`, '/v1/tasks', { token });
    expect(await statuses(13, ask)).toEqual({ first: 0, last: 429 });
    const other = await desk.token(staff('calm', 'handler'));
    expect((await from('198.51.100.1', '/v1/tasks', { token: other })).status).toBe(200);
  });

  test('sign-ins that fail: then not even a right token is looked at from there', async () => {
    const wrong = () => from('203.0.113.9', '/v1/tasks', { token: 'a.b.c' });
    expect(await statuses(21, wrong)).toEqual({ first: 0, last: 429 });
    const token = await desk.token(staff('right', 'handler'));
    expect((await from('203.0.113.9', '/v1/tasks', { token })).status).toBe(429);
    expect((await from('203.0.113.10', '/v1/tasks', { token })).status).toBe(200);
  });

  test('a route with a rate of its own says so in the same words', async () => {
    const wide = await buildServer(desk.services, pino({ level: 'silent' }), { client: 1_000, person: 1_000 });
    const url = `/public/v1/receipts/${'0'.repeat(32)}`;
    const look = () => send(wide, { method: 'GET', url, remoteAddress: '203.0.113.4' });
    expect(await statuses(121, look)).toEqual({ first: 0, last: 429 });
    const reply = await look();
    expect(problemOf(reply).slug).toBe('too-many-requests');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    await wide.close();
  });

  test('an address is the one that the proxy on this machine says; nobody further away is believed', async () => {
    const via = (forwarded: string, remoteAddress: string) =>
      send(limited, { url: '/healthz', remoteAddress, headers: { 'x-forwarded-for': forwarded } });
    const last = async (ask: (n: number) => Promise<{ readonly status: number }>) => {
      let status = 0;
      for (let n = 0; n < 21; n += 1) status = (await ask(n)).status;
      return status;
    };
    expect(await last((n) => via(`192.0.2.${n}`, '127.0.0.1'))).toBe(200);
    expect(await last((n) => via(`192.0.2.${n}`, '203.0.113.77'))).toBe(429);
  });
});

test('more than a megabyte is not read; an address of any length is answered', async () => {
  const token = await desk.token(staff('wang', 'handler'));
  const reply = await send(desk.app, {
    method: 'POST',
    url: '/v1/applications',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k', 'content-type': 'application/json' },
    payload: `{"x":"${'x'.repeat(1024 * 1024)}"}`,
  });
  expect([reply.status, problemOf(reply).slug]).toEqual([413, 'too-large']);
  expect((await desk.withHeader(null).get(`/public/v1/receipts/${'9'.repeat(5_000)}`)).status).toBeLessThan(500);
});

test('the server has an end for whoever sends slowly, and answers what is no HTTP', async () => {
  const { server } = desk.app;
  expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout]).toEqual([15_000, 130_000, 72_000]);
  const app = await buildServer(desk.services, pino({ level: 'silent' }));
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
    socket.once('data', (bytes) => {
      resolve(bytes.toString());
      socket.destroy();
    });
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  await app.close();
});
