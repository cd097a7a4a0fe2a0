import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { castOf, type Cast } from '../../dev/cast.ts';
import { type Caller, signIn } from '../../dev/client.ts';
import { storedClock } from '../../dev/migrate.ts';
import { processRecords } from '../../dev/process-records.ts';
import { supervise } from '../../dev/supervise.ts';
import { startSystem, type System, type SystemOptions } from '../../dev/system.ts';
import { adjustmentFund } from '../../domain/fund/adjustment.ts';
import { civilDate, instantFromMs } from '../../domain/policy/dates.ts';
import { businessMs, dateOf, realMsUntil, startOfDay } from '../../domain/time.ts';
import { FUND } from './cases.ts';
import { crashEnvironment } from './points.ts';
import type { Victim } from './schedule.ts';

/** A running system that faults are thrown at, and the people who work on it. */
export interface Scene {
  readonly system: System;
  readonly cast: Cast;
  /** Of the fund's own unit, who runs bank days again. */
  readonly bookkeeper: Caller;
  /** Of the province, who grants adjustment money. */
  readonly province: Caller;
  /** The folder in which crash points are armed. */
  readonly points: string;
  readonly pid: (part: Victim) => number | undefined;
  /** Processes that are stopped at the moment. */
  readonly frozen: Set<number>;
  readonly struck: Map<string, number>;
  readonly count: (name: string) => void;
  /** How much of the storm has struck, 0 to 1: what people do is spread over it. */
  progress: number;
  /** The business day that it is. */
  readonly today: () => string;
  /** Real milliseconds until a business day begins. */
  readonly msUntil: (day: string) => number;
  /** The storm is over. */
  readonly isCalm: () => boolean;
  readonly nowCalm: () => void;
  readonly asOwner: <T>(work: (owner: pg.Client) => Promise<T>) => Promise<T>;
  readonly stop: () => Promise<void>;
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
/** A process that starts on a busy machine while the servers that it needs are killed. */
const readyWithinMs = 600_000;

/** Starts a copy of a filled folder, with a second worker or without. */
export async function openScene(
  { folder, copy }: { readonly folder: string; readonly copy: string },
  { entries = {}, workers }: { readonly entries?: SystemOptions['entries']; readonly workers: 1 | 2 },
): Promise<Scene> {
  execFileSync('cp', ['-a', folder, copy]); // keeps the owner of PostgreSQL's folder, which Node's own copy does not
  const points = join(copy, 'crash-points');
  const env = crashEnvironment(points);
  const deathsAllowed = 1_000;
  const system = await startSystem({
    dataDir: copy,
    quiet: true,
    deathsAllowed,
    readyWithinMs,
    env,
    entries: { migrate: 'test/faults/migrate-main.ts', ...entries },
  });
  const second = join(copy, 'second-worker');
  const records = processRecords(second);
  const more = supervise({ logs: join(second, 'logs'), records, say: () => undefined, deathsAllowed });
  process.once('exit', more.abandon); // as for the system's own processes
  const stop = async (): Promise<void> => {
    await more.stop(['worker-2']);
    process.off('exit', more.abandon);
    await system.stop();
  };
  try {
    const part = {
      name: 'worker-2',
      command: process.execPath,
      args: ['--import', 'tsx', entries.worker ?? 'worker/main.ts'],
      env: { ...process.env, ...env, ...system.env },
      cwd: projectFolder,
      isReady: (output: string) => Promise.resolve(/^worker ready$/m.test(output)),
      readyWithinMs,
    };
    if (workers === 2) await more.start(part);
    let calmed = false;
    const clock = await storedClock(system.databaseUrl);
    const struck = new Map<string, number>();
    return {
      system,
      cast: await castOf(system),
      bookkeeper: await signIn(system, { sub: 'wu', roles: ['finance'], org: FUND }),
      province: await signIn(system, { sub: 'gao', roles: ['finance'], org: adjustmentFund }),
      points,
      pid: (part) => (part === 'worker-2' ? more.pid(part) : system.pids()[part]),
      frozen: new Set(),
      struck,
      count: (name) => struck.set(name, (struck.get(name) ?? 0) + 1),
      progress: 0,
      today: () => dateOf(instantFromMs(businessMs(clock, Date.now()))),
      msUntil: (day) => realMsUntil(clock, startOfDay(civilDate(day)), Date.now()),
      isCalm: () => calmed,
      nowCalm: () => {
        calmed = true;
      },
      asOwner: (work) => asOwner(system, work),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function asOwner<T>(system: System, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({
    connectionString: system.databaseUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
  });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end().catch(() => undefined);
  }
}
