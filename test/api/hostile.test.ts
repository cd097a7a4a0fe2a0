import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { buildServer } from '../../api/server.ts';
import { rights } from '../../domain/rights.ts';
import { type Fields, textFields, withText } from '../canary/fields.ts';
import { published, staff } from './cases.ts';
import { type Client, type Desk, openDesk, problemOf, type Reply, wrongFields } from './desk.ts';
import { collectRoutes, nameOf } from './routes.ts';

/** What somebody sends who means harm: more fields than there are, texts that choke, addresses that nobody can read. */

let desk: Desk;
let fields: readonly Fields[];
const callers = new Map<string, Client>();

beforeAll(async () => {
  desk = await openDesk(38);
  for (const route of await collectRoutes(desk)) {
    const { may } = route;
    const isOpen = may === undefined || may === 'anyone' || may === 'bank';
    const role = isOpen ? undefined : rights[may].roles.find((one) => one !== 'applicant' && one !== 'employer');
    callers.set(nameOf(route), role === undefined ? desk.withHeader(null) : desk.as(staff('x', role, '220000')));
  }
  fields = textFields(desk).filter(({ route, body }) => route.startsWith('POST /') && body.length > 0);
});
afterAll(() => desk.close());

const known: Readonly<Record<string, string>> = {
  caseNo: '220102-2017-0000001',
  org: '220100',
  id: '1',
  entryId: '1',
};
const send = (route: string, body: unknown): Promise<Reply> => {
  const path = route.replace('POST ', '').replace(/:(\w+)/g, (_, name: string) => known[name] ?? '220102-2017-09-04-1');
  const caller = callers.get(route);
  if (!caller) throw new Error(`${route} is described and not there`);
  return caller.post(path, body);
};
const wrong = z.object({ errors: z.array(z.object({ path: z.string(), code: z.string() })) });

test('a field that no form has is told, never taken, on every route', async () => {
  for (const { route } of fields) {
    if (route === 'POST /bank/v1/callbacks' || route.endsWith('/objections')) continue; // signed; read when its notice is
    const reply = await send(route, { isAdmin: true });
    const told = wrong.safeParse(reply.body).data?.errors ?? [];
    const isTold = told.some(({ path, code }) => path.endsWith('isAdmin') && code === 'unknown-field');
    expect([route, reply.status, isTold ? '' : reply.text]).toEqual([route, 422, '']);
  }
  expect(fields.length).toBeGreaterThan(50);
});

test('nothing of a form can be made to be the prototype of anything', async () => {
  for (const text of ['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}']) {
    const reply = await send('POST /public/v1/reports', text);
    expect([text, [400, 422].includes(reply.status)]).toEqual([text, true]);
  }
  expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
});

test('a cursor of anybody’s own making is told to be one; none is an error of ours', async () => {
  const { roundId } = await published(desk);
  const lists = textFields(desk).filter(({ query }) => query.includes('cursor'));
  const numbers = [-1, 1.5, 1e308, 2 ** 31, 2 ** 53 - 1, 8_640_000_000_000_001];
  const texts = ['', '\u0000', '\ud800', '2017-13-45T99:00:00+08:00', 'x'.repeat(300)];
  const made = [...numbers, ...texts].flatMap((one) => [[one], [1, one], [one, 'x'], [one, one], [one, 'a', 'b', 'c']]);
  for (const { route } of lists) {
    const path = route.replace('GET ', '').replace(/:(\w+)/g, (_, name: string) => known[name] ?? roundId);
    for (const position of [...made, ...texts.map((text) => [1, text, text, text])]) {
      const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
      const caller = callers.get(route);
      const { status, text } = caller ? await caller.get(`${path}?cursor=${cursor}`) : { status: 0, text: 'nobody' };
      expect([path, position, [200, 404, 409, 422].includes(status) ? '' : text]).toEqual([path, position, '']);
    }
  }
  expect(lists.length).toBeGreaterThan(15);
});

test('a NUL in an address is refused before anything is asked of the database', async () => {
  const { roundId } = await published(desk);
  const wang = desk.as(staff('wang', 'handler'));
  for (const path of ['/v1/cases?assignee=%00', '/v1/tasks?assignee=a%00', '/v1/cases?kind=%00'])
    expect([path, problemOf(await wang.get(path)).slug]).toEqual([path, 'bad-request']);
  const strike = `/v1/publicity-rounds/${roundId}/entries/%00/strike`;
  expect((await desk.as(staff('zhao', 'hrss')).post(strike, { reason: '有误', backTo: 'review' })).status).toBe(404);
});

test('a figure, a number or a day beyond all sense is a form error', async () => {
  const finance = desk.as(staff('qian', 'finance', '220100'));
  const budget = { year: 2017, amountFen: 10_000_000_000_001 };
  expect(wrongFields(await finance.post('/v1/funds/220100/budgets', budget))).toEqual(['amountFen']);
  const figures = '/v1/statistics/annex-4?org=220100&from=2017-09-01&to=9999-12-31';
  expect(wrongFields(await finance.get(figures))).toEqual(['to']);
  const file = '/v1/objections/00000000-0000-4000-8000-000000000000/files/99999999999';
  expect(wrongFields(await desk.as(staff('zhao', 'hrss')).get(file))).toEqual(['n']);
});

test('texts of half a megabyte, made to be hard to read, cost less than a second', async () => {
  const hard = [' ', '\t', '1', 'a ', '·', '-', '中', '２', '(('].map((piece) => piece.repeat(500_000 / piece.length));
  for (const { route, body } of fields) {
    const longest = hard[Math.floor((body.length * 7) % hard.length)] ?? '';
    for (const path of body.slice(0, 8)) {
      const began = performance.now();
      const { status } = await send(route, withText({}, path, longest));
      const ms = performance.now() - began;
      expect([route, path, status < 500, ms < 1_000 ? '' : ms]).toEqual([route, path, true, '']);
    }
  }
}, 120_000);

test('what reaches no route is answered with the same headers: unreadable, endless and unknown addresses', async () => {
  for (const path of ['/v1/%ZZ', `/v1/cases/${'9'.repeat(500)}`, '/v1/nowhere', '/..%2f..%2fetc/passwd']) {
    const { status, headers } = await desk.withHeader(null).get(path);
    expect([path, status >= 400 && status < 500, headers]).toEqual([
      path,
      true,
      expect.objectContaining({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      }),
    ]);
  }
});

test('an error of ours shows one sentence; its message is neither answered nor logged, its place is', async () => {
  const { caseNo } = await published(desk);
  const secret = 'the number 220102198803071239 of 赵一';
  const histories = { read: () => Promise.reject(new TypeError(secret)), close: () => Promise.resolve() };
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const app = await buildServer({ ...desk.services, histories }, log);
  const headers = { authorization: `Bearer ${await desk.token(staff('sup', 'supervisor'))}` };
  const { statusCode, payload } = await app.inject({ method: 'GET', url: `/v1/cases/${caseNo}/history`, headers });
  const title = '系统内部错误，已记录';
  expect([statusCode, JSON.parse(payload)]).toEqual([
    500,
    { type: 'urn:problem:internal', title, status: 500, detail: title },
  ]);
  const logged = lines.join('');
  expect([logged.includes('TypeError'), logged.includes('hostile.test.ts')]).toEqual([true, true]);
  expect([logged.includes('220102198803071239'), logged.includes('赵一')]).toEqual([false, false]);
  await app.close();
});

test('two requests in one, two lengths, a length and pieces: refused, and the second is not heard', async () => {
  const app = await buildServer(desk.services, pino({ level: 'silent' }));
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const ask = (lines: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(lines.join('\r\n')));
      socket.on('data', (bytes) => {
        answer += bytes.toString();
      });
      socket.once('close', () => {
        resolve(answer);
      });
      socket.once('error', () => undefined);
    });
  const head = ['POST /public/v1/reports HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
  const second = ['GET /healthz HTTP/1.1', 'Host: x', '', ''];
  for (const lengths of [
    ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    ['Content-Length: 2', 'Content-Length: 9'],
    ['Transfer-Encoding: chunked, identity'],
    ['Content-Length : 2'],
  ]) {
    const answer = await ask([...head, ...lengths, 'Connection: close', '', '0', '', ...second]);
    const isStrict = answer.includes('x-content-type-options: nosniff');
    const said = [answer.startsWith('HTTP/1.1 400 '), isStrict, answer.includes('200 OK')];
    expect([lengths, ...said]).toEqual([lengths, true, true, false]);
  }
  await app.close();
});
