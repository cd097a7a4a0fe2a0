import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReceivedCallback } from './callback-receiver.ts';
import { eventually, KEY, order, pause, runSandbox, TODAY } from './running-sandbox.ts';
import type { RunningSandbox } from './running-sandbox.ts';

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await runSandbox();
});
afterEach(() => sandbox.close());

const FIRST_BALANCE_FEN = 1_000_000_000_000;

function send(body: object, withinMs?: number) {
  return sandbox.call('POST', '/bank/v1/transfers', body, withinMs);
}
function query(orderNo: string) {
  return sandbox.call('GET', `/bank/v1/transfers/${orderNo}`);
}
function made() {
  return sandbox.call('GET', '/control/bank/transfers').then((answer) => answer.body);
}
function fault(body: object) {
  return sandbox.call('PUT', '/control/faults/bank', body);
}
function callbacks(count: number): Promise<ReceivedCallback[]> {
  const { received } = sandbox.callbacks;
  return eventually(() => (received.length >= count ? received : undefined));
}

describe('a transfer', () => {
  test('is accepted, executed, signed for and found everywhere', async () => {
    expect(await send(order('A-1'))).toEqual({ status: 202, body: { orderNo: 'A-1', status: 'accepted' } });
    expect(await query('A-1')).toMatchObject({ status: 200, body: { status: 'accepted', amountFen: 150_000 } });
    const [callback] = await callbacks(1);
    if (!callback) throw new Error('no callback');
    const { at } = callback;
    expect(at).toMatch(/^2017-09-01T10:.*\+08:00$/);
    expect(JSON.parse(callback.rawBody)).toEqual({
      orderNo: 'A-1',
      outcome: 'paid',
      code: '00',
      amountFen: 150_000,
      at,
    });

    const header = (name: string) => String(callback.headers[name]);
    expect(header('x-key-id')).toBe(KEY.id);
    expect(Math.abs(Date.now() - Number(header('x-timestamp')))).toBeLessThan(5_000);
    const signed = `${header('x-timestamp')}.${header('x-nonce')}.${callback.rawBody}`;
    expect(header('x-signature')).toBe(createHmac('sha256', KEY.secret).update(signed).digest('hex'));

    expect((await query('A-1')).body).toEqual({ orderNo: 'A-1', status: 'paid', code: '00', amountFen: 150_000, at });
    const transfer = { orderNo: 'A-1', account: '6222000011112222', amountFen: 150_000, at };
    expect(await made()).toEqual({ items: [transfer], next: null });
    const statement = {
      date: TODAY,
      openingFen: FIRST_BALANCE_FEN,
      closingFen: FIRST_BALANCE_FEN - 150_000,
      lines: [{ line: 1, orderNo: 'A-1', kind: 'transfer', amountFen: 150_000, at }],
    };
    expect((await sandbox.call('GET', `/bank/v1/statements/${TODAY}`)).body).toEqual(statement);
    expect((await sandbox.call('GET', `/control/bank/statements/${TODAY}`)).body).toEqual(statement);
    const next = { openingFen: statement.closingFen, closingFen: statement.closingFen, lines: [] };
    expect((await sandbox.call('GET', '/bank/v1/statements/2017-09-02')).body).toMatchObject(next);
  });

  test('is made once however often and however simultaneously its number comes', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(order('A-1'))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array<number>(19).fill(200), 202]);
    await callbacks(1);
    expect(await send(order('A-1'))).toMatchObject({ status: 200, body: { status: 'paid', code: '00' } });
    expect(await send(order('A-1', {}, 1))).toEqual({ status: 409, body: { code: 'order-differs' } });
    expect(await send(order('A-1', { account: 'x' }))).toMatchObject({ status: 409 });
    await pause(300);
    expect(await made()).toMatchObject({ items: [{ orderNo: 'A-1' }] });
    expect(sandbox.callbacks.received).toHaveLength(1);
  });

  test.each([
    ['closed', '测试甲', 'account-closed'],
    ['frozen', '测试甲', 'account-frozen'],
    ['open', '测试乙', 'name-differs'],
  ])('to an account %s of %s fails as %s and moves no money', async (status, holder, code) => {
    await sandbox.call('PUT', '/control/accounts/6222000011112222', { holder, status });
    await send(order('A-1'));
    expect(await callbacks(1)).toMatchObject([{ orderNo: 'A-1', outcome: 'failed', code }]);
    expect((await query('A-1')).body).toMatchObject({ status: 'failed', code });
    expect(await made()).toEqual({ items: [], next: null });
    expect((await sandbox.call('GET', `/bank/v1/statements/${TODAY}`)).body).toMatchObject({ lines: [] });
  });

  test('is called back until 2xx, each time with a fresh nonce', async () => {
    sandbox.callbacks.status = 503;
    await send(order('A-1'));
    await callbacks(1);
    sandbox.callbacks.status = 200;
    const [first, second] = await callbacks(2);
    expect(second?.rawBody).toBe(first?.rawBody);
    expect(second?.headers['x-nonce']).not.toBe(first?.headers['x-nonce']);
    await pause(1_500);
    expect(sandbox.callbacks.received).toHaveLength(2);
  });

  test('of a wrong shape is 422 and an unknown one 404', async () => {
    expect(await send(order('A-1', {}, 1.5))).toMatchObject({ status: 422, body: { errors: [{ path: 'amountFen' }] } });
    expect(await query('nobody')).toEqual({ status: 404, body: { code: 'not-found' } });
    expect((await sandbox.call('GET', '/bank/v1/statements/2017-02-30')).status).toBe(422);
  });

  test('is one of two thousand, all made and called back exactly once', async () => {
    const numbers = Array.from({ length: 2_000 }, (_, index) => `B-${String(index)}`);
    for (let from = 0; from < numbers.length; from += 100) {
      await Promise.all(numbers.slice(from, from + 100).map((orderNo) => send(order(orderNo))));
    }
    const received = await callbacks(2_000);
    expect(new Set(received.map((callback) => callback.orderNo)).size).toBe(2_000);
    const { body } = await sandbox.call('GET', `/bank/v1/statements/${TODAY}`);
    expect(body).toMatchObject({ closingFen: FIRST_BALANCE_FEN - 2_000 * 150_000 });
  }, 120_000);
});

describe('fault', () => {
  test('reject: 422 and no transfer', async () => {
    await fault({ mode: 'reject', count: 1 });
    expect(await send(order('A-1'))).toEqual({ status: 422, body: { code: 'rejected' } });
    expect((await query('A-1')).status).toBe(404);
  });

  test('half-response: the transfer is made all the same', async () => {
    await fault({ mode: 'half-response', count: 1 });
    await expect(send(order('A-1'))).rejects.toThrow();
    expect(await callbacks(1)).toMatchObject([{ outcome: 'paid' }]);
  });

  test('execute-then-timeout: made, never answered; queries do not use up the count', async () => {
    await fault({ mode: 'execute-then-timeout', count: 1, delayMs: 1_500 });
    expect((await query('A-1')).status).toBe(404);
    const before = Date.now();
    await expect(send(order('A-1'))).rejects.toThrow('fetch failed');
    expect(Date.now() - before).toBeGreaterThanOrEqual(1_400);
    expect(await send(order('A-1'))).toMatchObject({ status: 200, body: { status: 'paid' } });
    expect(await made()).toMatchObject({ items: [{ orderNo: 'A-1' }] });
  });

  test('not-found-in-flight: accepted, unknown to queries, made later', async () => {
    await fault({ mode: 'not-found-in-flight', count: 1, delayMs: 800 });
    expect((await send(order('A-1'))).status).toBe(202);
    expect((await query('A-1')).status).toBe(404);
    await pause(300);
    expect((await query('A-1')).status).toBe(404);
    expect(await made()).toEqual({ items: [], next: null });
    expect(await send(order('A-1'))).toMatchObject({ status: 200, body: { status: 'accepted' } });
    await callbacks(1);
    expect((await query('A-1')).body).toMatchObject({ status: 'paid' });
    expect(await made()).toMatchObject({ items: [{ orderNo: 'A-1' }] });
  });

  test('lose-callback: paid, never called back, not after a restart either', async () => {
    await fault({ mode: 'lose-callback', count: 1 });
    await send(order('A-1'));
    await eventually(async () => (JSON.stringify((await query('A-1')).body).includes('paid') ? true : undefined));
    await sandbox.restart();
    await send(order('A-2'));
    expect(await callbacks(1)).toMatchObject([{ orderNo: 'A-2' }]);
    await pause(500);
    expect(sandbox.callbacks.received).toHaveLength(1);
  });

  test('duplicate-callback: the same bytes, nonce and signature four times', async () => {
    await fault({ mode: 'duplicate-callback', count: 1 });
    await send(order('A-1'));
    await callbacks(4);
    await pause(300);
    const { received } = sandbox.callbacks;
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ rawBody }) => rawBody)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['x-nonce'])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['x-signature'])).size).toBe(1);
  });

  test('reorder-callbacks: held, then the last one first', async () => {
    await fault({ mode: 'reorder-callbacks', delayMs: 700 });
    for (const orderNo of ['A-1', 'A-2', 'A-3']) await send(order(orderNo));
    await pause(400);
    expect(sandbox.callbacks.received).toHaveLength(0);
    expect((await callbacks(3)).map(({ orderNo }) => orderNo)).toEqual(['A-3', 'A-2', 'A-1']);
  });

  test('reorder-callbacks: changing the fault lets the held ones go', async () => {
    await fault({ mode: 'reorder-callbacks', delayMs: 60_000 });
    for (const orderNo of ['A-1', 'A-2']) await send(order(orderNo));
    await pause(500);
    await fault({ mode: 'none' });
    expect((await callbacks(2)).map(({ orderNo }) => orderNo)).toEqual(['A-2', 'A-1']);
  });

  test('late-return: paid, then returned, with both in the statement and the transfer still listed', async () => {
    await fault({ mode: 'late-return', count: 1, delayMs: 500 });
    await send(order('A-1'));
    expect((await callbacks(2)).map(({ outcome }) => outcome)).toEqual(['paid', 'returned']);
    expect((await query('A-1')).body).toMatchObject({ status: 'returned' });
    expect(await made()).toMatchObject({ items: [{ orderNo: 'A-1' }] });
    expect((await sandbox.call('GET', `/bank/v1/statements/${TODAY}`)).body).toMatchObject({
      closingFen: FIRST_BALANCE_FEN,
      lines: [
        { line: 1, kind: 'transfer', amountFen: 150_000 },
        { line: 2, kind: 'return', amountFen: 150_000 },
      ],
    });
  });

  test('silent-return: paid, then returned without a callback, and the statement tells it', async () => {
    await fault({ mode: 'silent-return', count: 1, delayMs: 100 });
    await send(order('A-1'));
    await eventually(async () => {
      const { body } = await query('A-1');
      return JSON.stringify(body).includes('returned') ? true : undefined;
    });
    const lines = (await sandbox.call('GET', `/bank/v1/statements/${TODAY}`)).body;
    expect(lines).toMatchObject({ lines: [{ kind: 'transfer' }, { kind: 'return' }] });
    await send(order('A-2'));
    const heard = await eventually(() =>
      sandbox.callbacks.received.length >= 2 ? sandbox.callbacks.received : undefined,
    );
    expect(heard.map(({ orderNo, outcome }) => `${orderNo} ${outcome}`)).toEqual(['A-1 paid', 'A-2 paid']);
  });
});

test('statements follow business time: a day per second at that speed', async () => {
  const businessAnchorMs = Date.parse('2017-09-04T00:00:00+08:00');
  await sandbox.restart({ businessAnchorMs, realAnchorMs: Date.now(), speed: 86_400 });
  await send(order('A-1'));
  const [first] = await callbacks(1);
  await pause(1_100);
  await send(order('A-2'));
  const [, second] = await callbacks(2);
  const days = [first, second].map((callback) => callback?.at.slice(0, 10) ?? '');
  expect(new Set(days).size).toBe(2);
  expect((await sandbox.call('GET', `/bank/v1/statements/${days[1] ?? ''}`)).body).toMatchObject({
    openingFen: FIRST_BALANCE_FEN - 150_000,
    lines: [{ line: 1, orderNo: 'A-2' }],
  });
});
