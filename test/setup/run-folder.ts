import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processRecords } from '../../dev/process-records.ts';
import { identify, isSameProcess } from '../../dev/process-table.ts';
import { codeOf } from '../../dev/start-error.ts';

/** Set by the set-up for every jest worker: the folder that holds all that one run of the tests makes. */
export const RUN_FOLDER_VARIABLE = 'SKILL_SUBSIDY_TEST_RUN';
const prefix = 'skill-subsidy-test-';
const OWNER = 'owner';

/** Makes the folder of this run, after clearing away those of runs that were killed. */
export async function makeRunFolder(): Promise<string> {
  await sweepKilledRuns();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // PostgreSQL, run by another user when we are root, has to reach its folder inside.
  chmodSync(folder, 0o711);
  const self = identify(process.pid);
  writeFileSync(join(folder, OWNER), `${process.pid}\n${self?.startedAt ?? ''}`);
  process.env[RUN_FOLDER_VARIABLE] = folder;
  return folder;
}

/** The folder of the run that this test file belongs to. */
export function runFolder(): string {
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder === undefined) throw new Error('no test run is under way: start the tests by "npm test"');
  return folder;
}

/** A new folder inside that of the run; processes recorded in it (`processes.json`) are ended with the run. */
export function testFolder(): string {
  const folder = mkdtempSync(join(runFolder(), 'data-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** Ends every process that was recorded anywhere in a run's folder, and removes the folder. */
export async function clearRunFolder(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('processes.json'))) {
    await processRecords(dirname(join(folder, file))).endLeftovers();
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function sweepKilledRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    try {
      const [pid, startedAt] = readFileSync(join(folder, OWNER), 'utf8').split('\n');
      if (isSameProcess(Number(pid), startedAt ?? '', '')) continue;
      await clearRunFolder(folder);
    } catch {
      // another run's that is just being made or cleared, or not ours to clear
    }
  }
}

/**
 * What `make` gives, made once in a run whichever jest worker asks first; the others wait for it. `make` may write
 * into the folder that it is given. A failure is told to all who ask.
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<string>): Promise<string> {
  const folder = join(runFolder(), name);
  const [value, failure] = [join(folder, 'value'), join(folder, 'failure')];
  if (claim(folder)) {
    try {
      writeFileSync(`${value}.new`, await make(folder));
      renameSync(`${value}.new`, value);
    } catch (error) {
      writeFileSync(failure, error instanceof Error ? error.message : String(error));
    }
  }
  const deadline = performance.now() + 600_000;
  while (performance.now() < deadline) {
    const made = readIfAny(value);
    if (made !== undefined && made !== '') return made;
    const reason = readIfAny(failure);
    if (reason !== undefined && reason !== '') throw new Error(`${name}: ${reason}`);
    await sleep(25);
  }
  throw new Error(`${name}: not there after 10 minutes, whoever made it has ended`);
}

function claim(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o711 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
