import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { portOf, receiveCallbacks } from './callback-receiver.ts';
import type { CallbackReceiver } from './callback-receiver.ts';
import { caller, CLOCK, eventually, KEY, order, pause } from './running-sandbox.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  readonly output: () => { stdout: string; stderr: string };
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

let dataDir: string;
let port: number;
let callbacks: CallbackReceiver;
let children: Child[];
const call = caller(() => `http://127.0.0.1:${String(port)}`);

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-process-'));
  port = await freePort();
  callbacks = await receiveCallbacks();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.process.kill('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
  await callbacks.close();
  await rm(dataDir, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const free = portOf(server.address());
      server.close(() => {
        resolve(free);
      });
    });
  });
}

function start(changes: Record<string, string> = {}): Child {
  const env = {
    ...process.env,
    SANDBOX_PORT: String(port),
    DATA_DIR: dataDir,
    BANK_CALLBACK_URL: callbacks.url,
    BANK_CALLBACK_KEYS: `${KEY.id}:${KEY.secret},old:another-secret-of-tests`,
    SANDBOX_CLOCK: JSON.stringify(CLOCK),
    ...changes,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], { cwd: root, env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('utf8')));
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const started = { process: child, output: () => output, ended };
  children.push(started);
  return started;
}

async function startReady(): Promise<Child> {
  const child = start();
  await eventually(() =>
    call('GET', '/healthz').then(
      ({ status }) => (status === 200 ? true : undefined),
      () => undefined,
    ),
  );
  return child;
}

test('after SIGKILL: accepted orders are executed, unacknowledged callbacks sent again, nothing is made twice', async () => {
  callbacks.status = 500;
  const first = await startReady();
  await call('PUT', '/control/accounts/closed-1', { holder: '测试甲', status: 'closed' });
  await call('POST', '/bank/v1/transfers', order('A-paid'));
  await call('POST', '/bank/v1/transfers', order('A-failed', { account: 'closed-1' }));
  await eventually(() => (callbacks.received.length >= 2 ? true : undefined));
  // Executed this long after they are accepted, so that the kill comes before it also where the machine pauses.
  await call('PUT', '/control/faults/bank', { mode: 'not-found-in-flight', count: 50, delayMs: 3_000 });
  const orders = Array.from({ length: 50 }, (_, index) => order(`B-${String(index)}`));
  const answers = await Promise.all(orders.map((one) => call('POST', '/bank/v1/transfers', one)));
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  first.process.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  const log = await readFile(join(dataDir, 'sandbox', 'transfers.ndjson'), 'utf8');
  expect(log.match(/"accepted"/g)).toHaveLength(52);
  const concluded = log.match(/"concluded"/g)?.length ?? 0;
  expect(concluded).toBeGreaterThanOrEqual(2);
  expect(concluded).toBeLessThan(52);

  callbacks.received.length = 0;
  callbacks.status = 200;
  await startReady();
  const all = ['A-paid', 'A-failed', ...orders.map(({ orderNo }) => orderNo)].sort();
  await eventually(() => (callbacks.received.length >= 52 ? true : undefined));
  await pause(300);
  expect(callbacks.received.map(({ orderNo }) => orderNo).sort()).toEqual(all);
  expect((await call('GET', '/bank/v1/transfers/A-failed')).body).toMatchObject({ code: 'account-closed' });
  const { body } = await call('GET', '/control/bank/transfers');
  const made = JSON.stringify(body).match(/"orderNo":"[^"]+"/g);
  expect(made).toHaveLength(51);
  expect(new Set(made).size).toBe(51);
});

test('a late return survives SIGKILL, and acknowledged callbacks are not sent again', async () => {
  const first = await startReady();
  await call('PUT', '/control/faults/bank', { mode: 'late-return', count: 1, delayMs: 2_000 });
  await call('POST', '/bank/v1/transfers', order('A-1'));
  await eventually(async () => {
    const log = await readFile(join(dataDir, 'sandbox', 'transfers.ndjson'), 'utf8');
    return log.includes('"acknowledged"') ? true : undefined;
  });
  first.process.kill('SIGKILL');
  await first.ended;
  await startReady();
  await eventually(() => (callbacks.received.length >= 2 ? true : undefined));
  await pause(300);
  expect(callbacks.received.map(({ outcome }) => outcome)).toEqual(['paid', 'returned']);
});

test('SIGTERM ends it at once with 0, also with answers outstanding', async () => {
  const child = await startReady();
  await call('PUT', '/control/faults/sms', { mode: 'slow' });
  const outstanding = call('GET', '/sms/v1/messages/m').catch(() => 'cut off');
  await pause(100);
  child.process.kill('SIGTERM');
  expect(await child.ended).toBe(0);
  expect(await outstanding).toBe('cut off');
  expect(child.output()).toEqual({ stdout: '', stderr: '' });
});

test('a taken port is one line that names SANDBOX_PORT, exit 1, and touches nothing of the running one', async () => {
  await startReady();
  await call('POST', '/bank/v1/transfers', order('A-1'));
  await eventually(() => (callbacks.received.length >= 1 ? true : undefined));
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output().stderr).toMatch(/^SANDBOX_PORT \d+ is in use[^\n]*\n$/);
  expect(callbacks.received).toHaveLength(1);
  expect((await call('GET', '/bank/v1/transfers/A-1')).status).toBe(200);
});

test('a missing setting is one line that names it, exit 1', async () => {
  const child = start({ BANK_CALLBACK_URL: '' });
  expect(await child.ended).toBe(1);
  expect(child.output().stderr).toMatch(/^BANK_CALLBACK_URL[^\n]*\n$/);
  expect(await readdir(dataDir)).toEqual([]);
});

test('its log never shows what was sent, nor the numbers in control paths', async () => {
  const child = await startReady();
  await call('PUT', '/control/insurance/220102199001011234', { name: '测试甲' });
  await call('PUT', '/control/faults/insurance', { mode: 'reject' });
  await call('POST', '/insurance/v1/record-queries', { idNumber: '220102199001011234' });
  child.process.kill('SIGTERM');
  await child.ended;
  expect(child.output().stdout + child.output().stderr).not.toMatch(/220102199001011234|测试甲/);
});
