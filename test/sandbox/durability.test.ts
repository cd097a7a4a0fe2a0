import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Journal } from '../../sandbox/journal.ts';
import { standBetweenSyncs } from './held-syncs.ts';
import type { HeldSyncs } from './held-syncs.ts';
import { eventually, order, pause, runSandbox } from './running-sandbox.ts';
import type { RunningSandbox } from './running-sandbox.ts';

let syncs: HeldSyncs;
let sandbox: RunningSandbox;
beforeEach(async () => {
  syncs = await standBetweenSyncs();
  sandbox = await runSandbox();
});
afterEach(async () => {
  syncs.restore();
  await sandbox.close();
});

function settled(promise: Promise<unknown>): () => boolean {
  let done = false;
  const mark = () => {
    done = true;
  };
  promise.then(mark, mark);
  return () => done;
}

test('an append resolves with its sync, not before, and appends that wait share one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durability-'));
  const journal = await Journal.open(join(folder, 'j.ndjson'), z.number(), () => undefined);
  const before = syncs.asked();
  syncs.hold();
  const first = journal.append(1);
  const isDone = settled(first);
  await pause(100);
  const others = Promise.all(Array.from({ length: 500 }, (_, n) => journal.append(n)));
  await pause(100);
  expect(isDone()).toBe(false);
  syncs.release();
  await Promise.all([first, others]);
  expect(syncs.asked() - before).toBe(2);
  await journal.close();
  await rm(folder, { recursive: true });
});

test('no order is answered or made twice while its acceptance is on its way to the disk', async () => {
  syncs.hold();
  const first = sandbox.call('POST', '/bank/v1/transfers', order('A-1'));
  const second = sandbox.call('POST', '/bank/v1/transfers', order('A-1'));
  const firstAnswered = settled(first);
  const secondAnswered = settled(second);
  await pause(400);
  expect([firstAnswered(), secondAnswered()]).toEqual([false, false]);
  expect((await sandbox.call('GET', '/bank/v1/transfers/A-1')).status).toBe(404);
  syncs.release();
  expect([(await first).status, (await second).status].sort()).toEqual([200, 202]);
  await eventually(() => (sandbox.callbacks.received.length > 0 ? true : undefined));
  await pause(300);
  expect(sandbox.callbacks.received).toHaveLength(1);
  expect((await sandbox.call('GET', '/control/bank/transfers')).body).toMatchObject({ items: [{ orderNo: 'A-1' }] });
});

test('no payment is called back, told or listed before its record is on the disk', async () => {
  await sandbox.call('POST', '/bank/v1/transfers', order('A-1'));
  syncs.hold();
  await pause(500);
  expect(sandbox.callbacks.received).toEqual([]);
  expect((await sandbox.call('GET', '/bank/v1/transfers/A-1')).body).toMatchObject({ status: 'accepted' });
  expect((await sandbox.call('GET', '/control/bank/transfers')).body).toEqual({ items: [], next: null });
  syncs.release();
  await eventually(() => (sandbox.callbacks.received.length > 0 ? true : undefined));
  expect((await sandbox.call('GET', '/control/bank/transfers')).body).toMatchObject({ items: [{ orderNo: 'A-1' }] });
});

test('control data is answered when it is on the disk', async () => {
  syncs.hold();
  const answered = settled(sandbox.call('PUT', '/control/accounts/1', { holder: '测试甲', status: 'open' }));
  await pause(200);
  expect(answered()).toBe(false);
  syncs.release();
  await eventually(() => (answered() ? true : undefined));
});
