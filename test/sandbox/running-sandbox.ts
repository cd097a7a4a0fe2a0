import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/server.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/server.ts';
import { receiveCallbacks } from './callback-receiver.ts';
import type { CallbackReceiver } from './callback-receiver.ts';

export const KEY = { id: 'k1', secret: 'a-secret-of-the-tests' } as const;

/** Business time of the tests: 2017-09-01 10:00 in Shanghai at the start, at real speed. */
export const CLOCK = { businessAnchorMs: Date.parse('2017-09-01T10:00:00+08:00'), realAnchorMs: Date.now(), speed: 1 };
export const TODAY = '2017-09-01';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request over a real socket; the answer's body is parsed where it is JSON. */
export type Call = (method: string, path: string, body?: unknown, withinMs?: number) => Promise<Answer>;

export function caller(baseUrl: () => string): Call {
  return async (method, path, body, withinMs = 10_000) => {
    const init: RequestInit = { method, signal: AbortSignal.timeout(withinMs) };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'content-type': 'application/json' };
    }
    const response = await fetch(baseUrl() + path, init);
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, body: json ? (JSON.parse(text) as unknown) : text };
  };
}

/** A sandbox in this process with its own folder and callback receiver. */
export interface RunningSandbox {
  readonly call: Call;
  readonly url: () => string;
  /** The folder that its bank's files go through. */
  readonly bankFiles: string;
  readonly callbacks: CallbackReceiver;
  /** Closes and starts again on the same folder. */
  readonly restart: (clock?: SandboxOptions['clock']) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function runSandbox(): Promise<RunningSandbox> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const callbacks = await receiveCallbacks();
  const bankFiles = join(dataDir, 'bank-files');
  const start = (clock: SandboxOptions['clock']): Promise<Sandbox> =>
    startSandbox({ port: 0, dataDir, callbackUrl: callbacks.url, callbackKey: KEY, bankFiles, clock });
  let sandbox = await start(CLOCK);
  return {
    bankFiles,
    call: caller(() => sandbox.url),
    url: () => sandbox.url,
    callbacks,
    restart: async (clock = CLOCK) => {
      await sandbox.close();
      sandbox = await start(clock);
    },
    close: async () => {
      await sandbox.close();
      await callbacks.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits until `look` gives a value, looking again every 20 ms; fails after `withinMs`. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>, withinMs = 25_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing came within ${String(withinMs)} ms`);
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function order(
  orderNo: string,
  changes: Partial<Record<'account' | 'holder', string>> = {},
  amountFen = 150_000,
) {
  return { orderNo, account: '6222000011112222', holder: '测试甲', bank: '吉林银行', ...changes, amountFen };
}
