import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PARTNERS } from '../../sandbox/faults.ts';
import { runSandbox } from './running-sandbox.ts';
import type { RunningSandbox } from './running-sandbox.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

const requestTo = {
  insurance: ['POST', '/insurance/v1/record-queries', { idNumber: 'P' }],
  provincial: ['POST', '/registers/provincial/v1/certificate-queries', { number: 'C' }],
  national: ['POST', '/registers/national/v1/certificate-queries', { number: 'C' }],
  appraisal: ['GET', '/appraisal/v1/inquiries/i', undefined],
  bank: ['GET', '/bank/v1/transfers/o', undefined],
  publisher: ['GET', '/publisher/v1/notices/n', undefined],
  sms: ['GET', '/sms/v1/messages/m', undefined],
  letter: ['GET', '/letter/v1/letters/l', undefined],
} as const;

type Partner = keyof typeof requestTo;

function set(partner: Partner, fault: object) {
  return sandbox.call('PUT', `/control/faults/${partner}`, fault);
}
function ask(partner: Partner, withinMs?: number) {
  const [method, path, body] = requestTo[partner];
  return sandbox.call(method, path, body, withinMs);
}

/** The bytes of an answer as they come over the socket, until the other side ends it. */
function rawAnswer(path: string, body: string): Promise<string> {
  const { hostname, port } = new URL(sandbox.url());
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let bytes = '';
    socket.on('data', (chunk) => (bytes += chunk.toString('utf8')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(bytes);
    });
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`);
    socket.write(`content-length: ${String(body.length)}\r\n\r\n${body}`);
  });
}

describe.each(PARTNERS)('%s', (partner) => {
  test('down destroys the connection, for the requests that count says', async () => {
    await set(partner, { mode: 'down', count: 2 });
    await expect(ask(partner)).rejects.toThrow('fetch failed');
    await expect(ask(partner)).rejects.toThrow('fetch failed');
    expect((await ask(partner)).status).toBeLessThan(500);
  });

  test('reject refuses until changed', async () => {
    await set(partner, { mode: 'reject' });
    const rejected = { status: partner === 'bank' ? 422 : 400, body: { code: 'rejected' } };
    expect(await ask(partner)).toEqual(rejected);
    expect(await ask(partner)).toEqual(rejected);
    await set(partner, { mode: 'none' });
    expect((await ask(partner)).body).not.toEqual({ code: 'rejected' });
  });

  test('half-response breaks off in the body', async () => {
    await set(partner, { mode: 'half-response', count: 1 });
    await expect(ask(partner)).rejects.toThrow('terminated');
    expect((await ask(partner)).status).toBeLessThan(500);
  });

  test('slow answers late', async () => {
    await set(partner, { mode: 'slow', count: 1, delayMs: 300 });
    const before = Date.now();
    await ask(partner);
    expect(Date.now() - before).toBeGreaterThanOrEqual(295);
  });

  test('a mode that it does not have is 422', async () => {
    const answer = { status: 422, body: { errors: [{ path: 'mode' }] } };
    expect(await set(partner, { mode: 'on-strike' })).toMatchObject(answer);
  });
});

test('slow takes 15 s where nothing else is said', async () => {
  await set('sms', { mode: 'slow', count: 1 });
  await expect(ask('sms', 14_500)).rejects.toThrow('timeout');
});

test('half-response sends the whole length and half of the body', async () => {
  await set('insurance', { mode: 'half-response', count: 1 });
  const answer = await rawAnswer('/insurance/v1/record-queries', '{"idNumber":"P"}');
  const [head = '', body] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200/);
  expect(head.toLowerCase()).toContain(`content-length: ${String('{"found":false}'.length)}`);
  expect(body).toBe('{"found');
});

test.each(['provincial', 'national'] as const)('the %s register says not-covered', async (register) => {
  await set(register, { mode: 'not-covered', count: 1 });
  expect((await ask(register)).body).toEqual({ answer: 'not-covered' });
  expect((await ask(register)).body).toEqual({ answer: 'not-found' });
});

test('a fault of one partner leaves the others and the control alone', async () => {
  await set('bank', { mode: 'down' });
  expect((await ask('sms')).status).toBe(404);
  expect((await sandbox.call('GET', '/control/bank/transfers')).status).toBe(200);
  expect(await sandbox.call('GET', '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  await set('bank', { mode: 'none' });
});

test.each([
  { mode: 'down', count: -1 },
  { mode: 'down', count: '2' },
])('a wrong count is 422: %j', async (fault) => {
  expect(await set('bank', fault)).toMatchObject({ status: 422, body: { errors: [{ path: 'count' }] } });
});

test('an unknown partner is 404', async () => {
  expect((await sandbox.call('PUT', '/control/faults/post-office', { mode: 'down' })).status).toBe(404);
});
