import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { applicationBody } from '../../dev/papers.ts';
import { caseNoOf, wang } from './cases.ts';
import { type Client, type Desk, openDesk, problemOf, read, type Reply, send, wrongFields } from './desk.ts';

/** Requests that are wrong before anything in them can be: the right 4xx, and nothing is left behind. */

let desk: Desk;
let clerk: Client;
let authorization: string;
let form: string;
beforeAll(async () => {
  desk = await openDesk(33);
  clerk = desk.as(wang);
  authorization = `Bearer ${await desk.token(wang)}`;
}, 120_000);
afterAll(() => desk.close());
beforeEach(() => {
  form = JSON.stringify(applicationBody(desk.person(), { channel: 'counter' }));
});

const problemBeing = (reply: Reply): string => `${reply.status} ${problemOf(reply).slug}`;

/** Files by a request that is made by hand, and sees that nothing was left. */
async function refused(options: Partial<InjectOptions>): Promise<Reply> {
  const before = await desk.countRows();
  const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': 'k', ...options.headers };
  const reply = await send(desk.app, { method: 'POST', url: '/v1/applications', ...options, headers });
  expect(await desk.countRows()).toEqual(before);
  return reply;
}

test.each([
  ['no JSON', 'channel=online'],
  ['half a JSON', '{"channel": "online"'],
  ['two of them', '{} {}'],
  ['a JSON with a comment', '{} // nothing'],
  ['single quotes', "{'channel':'online'}"],
  ['NaN', '{"channel": NaN}'],
  ['blanks', '  \n'],
  ['a byte order mark and no more', '\ufeff'],
  ['a prototype', '{"__proto__": {"isAdmin": true}}'],
  ['a prototype deep inside', '{"applicant": {"formerNames": [{"constructor": {"prototype": {}}}]}}'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
])('%s: 400 not-json', async (_what, payload) => {
  expect(problemBeing(await refused({ payload }))).toBe('400 not-json');
});

test('no body at all: 422, the form itself is missing', async () => {
  expect(wrongFields(await clerk.post('/v1/applications', undefined))).toEqual(['']);
});

test('nothing, said to be JSON: 422 that names every field to fill in', async () => {
  const reply = await refused({ payload: '' });
  expect(problemBeing(reply)).toBe('422 invalid');
  expect(wrongFields(reply)).toEqual(expect.arrayContaining(['channel', 'applicant', 'certificate', 'commitment']));
});

test.each([
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'],
  ...['application/jsonp', 'application/octet-stream', 'json', ''],
])('a body said to be "%s": 415', async (type) => {
  expect(problemBeing(await refused({ payload: form, headers: { 'content-type': type } }))).toBe(
    '415 wrong-content-type',
  );
});

test('a compressed body is not read', async () => {
  const headers = { 'content-encoding': 'gzip' };
  expect(problemBeing(await refused({ payload: gzipSync(form), headers }))).toBe('400 not-json');
});

test('JSON with a charset, or with its name in capitals, is JSON', async () => {
  for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
    const body = applicationBody(desk.person(), { channel: 'counter' });
    read(await clerk.post('/v1/applications', body, { headers: { 'content-type': type } }), 201, caseNoOf);
  }
});

test('2 MB of JSON: 413, whether its length was announced or not', async () => {
  const payload = JSON.stringify({ channel: 'x'.repeat(2 * 1024 * 1024) });
  expect(problemBeing(await refused({ payload }))).toBe('413 too-large');
  const headers = { 'content-length': '10' };
  expect((await refused({ payload, headers })).status).toBeGreaterThanOrEqual(400);
  // Just below the limit it is read, and found wrong.
  const below = JSON.stringify({ channel: 'x'.repeat(1024 * 1024 - 100) });
  expect(problemBeing(await refused({ payload: below }))).toBe('422 invalid');
});

test('a hundred thousand lists in one another, and as many fields: 422', async () => {
  const deep = `{"channel":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(problemBeing(await refused({ payload: deep }))).toBe('422 invalid');
  const wide = `{${Array.from({ length: 50_000 }, (_, n) => `"f${n}":1`).join(',')}}`;
  expect(problemBeing(await refused({ payload: wide }))).toBe('422 invalid');
});

test('without a key: 400; a malformed one: 400; checked before the body is', async () => {
  for (const body of [form, '{}', 'no JSON'])
    expect(problemBeing(await clerk.post('/v1/applications', body, { key: null }))).toBe('400 idempotency-key-missing');
  expect(problemBeing(await refused({ payload: form, headers: { 'idempotency-key': '' } }))).toBe(
    '400 idempotency-key-missing',
  );
  for (const key of ['two words', 'tab\tbed', 'schlüssel', 'x'.repeat(201)])
    expect(problemBeing(await refused({ payload: form, headers: { 'idempotency-key': key } }))).toBe(
      '400 idempotency-key-malformed',
    );
});

test('every POST of /v1 asks for a key, and none under /public and /bank does', async () => {
  const { paths } = desk.app.swagger();
  for (const [path, item] of Object.entries(paths ?? {})) {
    if (!item || !('post' in item)) continue;
    const url = path.replace(/\{\w+\}/g, '1');
    const reply = await clerk.post(url, {}, { key: null });
    const asks = problemOf(reply).slug === 'idempotency-key-missing';
    // Whoever may not call it at all is told that first.
    if (reply.status !== 403) expect([path, asks]).toEqual([path, path.startsWith('/v1/')]);
  }
});

test('a key under /public is a UUID', async () => {
  const check = { contributionMonths: 36, arrears: false, employed: true };
  const body = { ...check, certificate: { occupation: '焊工', level: 4, issuedOn: '2017-06-30' } };
  const post = (key: string) => desk.withHeader(null).post('/public/v1/eligibility-checks', body, { key });
  expect(problemBeing(await post('k-1'))).toBe('400 idempotency-key-malformed');
  expect((await post('3F2504E0-4F89-41D3-9A0C-0305E82C3301')).status).toBe(200);
});

test('the self-check takes a certificate as it stands in an application, and does not look at whose it is', async () => {
  const { certificate } = applicationBody(desk.person(), { channel: 'counter' });
  const check = { contributionMonths: 36, arrears: false, employed: true, certificate };
  const reply = await desk.withHeader(null).post('/public/v1/eligibility-checks', check, { key: null });
  expect(reply.status).toBe(200);
});

test('paths that are none: 404 as a problem, whatever they spell', async () => {
  for (const url of ['/', '/v1', '/v1/', '/v1/nothing', '/v2/applications', '/v1/cases/', '/V1/cases', '/.env'])
    expect([url, problemBeing(await clerk.get(url))]).toEqual([url, '404 not-found']);
  for (const url of ['/v1/cases/%00', '/v1/cases/..%2f..%2fetc', `/v1/cases/${'9'.repeat(90)}`, "/v1/cases/1'--"])
    expect([url, problemBeing(await clerk.get(url))]).toEqual([url, '404 not-found']);
});

test('a path that can not be read is a problem too', async () => {
  const reply = await clerk.get('/v1/cases/%ZZ');
  expect(problemBeing(reply)).toBe('400 bad-request');
  expect(reply.text).not.toContain('ZZ');
  expect(problemBeing(await clerk.get(`/v1/cases/${'9'.repeat(5_000)}`))).toBe('400 bad-request');
});

test('wrong queries: 422 with the name of each', async () => {
  const fields = async (path: string) => wrongFields(await clerk.get(path));
  expect(await fields('/v1/cases?limit=0')).toEqual(['limit']);
  expect(await fields('/v1/cases?limit=201&cursor=x&state=nowhere&org=1')).toEqual(['limit', 'org', 'state']);
  expect(await fields('/v1/cases?cursor=x')).toEqual(['cursor']);
  expect(await fields('/v1/cases?overdue=perhaps')).toEqual(['overdue']);
  expect(await fields('/v1/cases?surprise=1')).toEqual(['surprise']);
  expect(await fields('/v1/tasks?kind=none&overdue=2')).toEqual(['kind', 'overdue']);
  expect(await fields('/v1/statistics/annex-4?org=220102&from=2017-09-30&to=2017-09-01')).toEqual(['to']);
  expect(await fields('/v1/statistics/annex-4')).toEqual(['from', 'org', 'to']);
});

test('a method that a path does not know: a 4xx as a problem', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH'] as const) {
    const reply = await send(desk.app, { method, url: '/v1/applications', headers: { authorization } });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    problemOf(reply);
  }
});

test('no answer was an error of ours', () => {
  expect(desk.log.filter((line) => line.includes('"failed"'))).toEqual([]);
});
