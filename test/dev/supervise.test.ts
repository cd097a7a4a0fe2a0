import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockDataFolder } from '../../dev/data-folder.ts';
import { processRecords } from '../../dev/process-records.ts';
import { identify } from '../../dev/process-table.ts';
import { supervise, type Part, type Supervisor } from '../../dev/supervise.ts';

let folder: string;
let lines: string[];
let parts: Supervisor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  lines = [];
  parts = supervise({ logs: join(folder, 'logs'), records: processRecords(folder), say: (line) => lines.push(line) });
});
afterEach(async () => {
  await parts.stop([]);
  rmSync(folder, { recursive: true, force: true });
});

/** A part that runs a few lines of JavaScript, ready once it has printed `ready`. */
function part(name: string, script: string, more: Partial<Part> = {}): Part {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, script);
  return {
    name,
    command: process.execPath,
    args: [file],
    env: process.env,
    isReady: (output) => Promise.resolve(output.includes('ready')),
    ...more,
  };
}

const stays = `console.log('ready'); setInterval(() => undefined, 1000);`;
async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i += 1) await sleep(25);
  expect(holds()).toBe(true);
}

test('a part that dies is started again with one line', async () => {
  await parts.start(part('one', stays));
  const first = parts.pid('one');
  parts.kill('one', 'SIGKILL');
  await eventually(() => parts.pid('one') !== undefined && parts.pid('one') !== first);
  expect(lines).toEqual(['one died (SIGKILL), started again']);
});

test('five deaths within a minute end it with the reason', async () => {
  await parts.start(part('one', stays));
  for (let death = 1; death <= 5; death += 1) {
    await eventually(() => parts.pid('one') !== undefined);
    const pid = parts.pid('one');
    parts.kill('one', 'SIGKILL');
    await eventually(() => parts.pid('one') !== pid);
  }
  await expect(parts.gaveUp).resolves.toMatchObject({
    message: expect.stringMatching(/^one died 5 times within a minute, the last time by SIGKILL/),
  });
  await parts.stop([]);
  expect(parts.pids()).toEqual({});
}, 30_000);

test('a part that ends before it is ready fails the start with its last line', async () => {
  const failing = part('one', `console.error('PORT is wrong: set it'); process.exit(1);`);
  await expect(parts.start(failing)).rejects.toThrow(
    /^one ended before it was ready \(exit 1\): PORT is wrong: set it \(see /,
  );
});

test('a part that is never ready fails the start', async () => {
  const silent = part('one', 'setInterval(() => undefined, 1000)', { readyWithinMs: 300 });
  await expect(parts.start(silent)).rejects.toThrow(/^one was not ready after 0 s/);
});

test('parts end in the order given, each before the next is asked, one that does not stop is killed', async () => {
  const log = join(folder, 'order');
  const script = (name: string, obeys: boolean) => `
    import { appendFileSync } from 'node:fs';
    const note = (what) => appendFileSync(${JSON.stringify(log)}, what + ' ${name}\\n');
    process.on('SIGTERM', () => { note('asked'); ${obeys ? `setTimeout(() => { note('ended'); process.exit(0); }, 100);` : ''} });
    ${stays}`;
  await parts.start(part('database', script('database', true)));
  await parts.start(part('stubborn', script('stubborn', false), { stopWithinMs: 300 }));
  await parts.start(part('api', script('api', true)));
  const pids = Object.values(parts.pids());
  await parts.stop(['api', 'stubborn', 'database']);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([
    ...['asked api', 'ended api', 'asked stubborn', 'asked database', 'ended database'],
  ]);
  expect(lines).toEqual(['stubborn did not stop in time, killed']);
  expect(pids.map((pid) => identify(pid))).toEqual([undefined, undefined, undefined]);
});

test('what a killed supervisor left is ended by the next one; another process with that number is not', async () => {
  const script = part('left', stays);
  const orphan = spawn(process.execPath, [...script.args], { stdio: 'ignore', detached: true });
  const pid = orphan.pid ?? 0;
  await eventually(() => identify(pid)?.command.includes('left.mjs') === true);
  processRecords(folder).add({ name: 'left', pid, mark: 'left.mjs', stopSignal: 'SIGTERM' });
  processRecords(folder).add({ name: 'reused', pid: process.pid, mark: 'no such command line', stopSignal: 'SIGTERM' });
  expect(await processRecords(folder).endLeftovers()).toEqual(['left']);
  expect(identify(pid)).toBeUndefined();
  expect(await processRecords(folder).endLeftovers()).toEqual([]);
});

test('a folder is locked against a second start, and a dead holder loses it', () => {
  const unlock = lockDataFolder(folder);
  writeFileSync(join(folder, 'start.lock'), `1\n${identify(1)?.startedAt ?? ''}\n${identify(1)?.command ?? ''}\n`);
  expect(() => lockDataFolder(folder)).toThrow(/is in use by process 1: stop that one, or set DATA_DIR/);
  writeFileSync(join(folder, 'start.lock'), `1\n999999999999\nsomething else\n`);
  lockDataFolder(folder)();
  unlock();
});
