import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessRecords } from './process-records.ts';
import { signalProcess } from './process-table.ts';
import { StartError, reasonOf } from './start-error.ts';

/** A process that is kept running. */
export type Part = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** A piece of the command line that tells it from other processes; the last argument when absent. */
  readonly mark?: string;
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it is killed, milliseconds. */
  readonly stopWithinMs?: number;
  /** Before each start, the first and every later one. */
  readonly prepare?: () => Promise<void>;
  /** Asked again and again after each start until true. `output` is what it has printed since that start. */
  readonly isReady: (output: string) => Promise<boolean>;
  readonly readyWithinMs?: number;
};

type Run = {
  readonly part: Part;
  readonly deaths: number[];
  child: ChildProcess | undefined;
  logOffset: number;
  wasReady: boolean;
  stopping: boolean;
  /** Settles when the launch that is under way has come to its child, or failed. */
  launching: Promise<void>;
  /** Settles when the child that runs now has ended. */
  over: Promise<void>;
};

export type SupervisorOptions = {
  readonly logs: string;
  readonly records: ProcessRecords;
  readonly say: (line: string) => void;
  /** How many deaths of one part within a minute end everything. */
  readonly deathsAllowed?: number;
};

const MINUTE_MS = 60_000;
const LOG_KEPT_BYTES = 20 * 1024 * 1024;

/** Starts parts, starts the dead ones again with one line, and ends them in order. */
export type Supervisor = {
  /** Starts a part; resolves when it is ready, rejects with a StartError when it ends before or takes too long. */
  start: (part: Part) => Promise<void>;
  /** Resolves with the reason when a part has died too often. */
  readonly gaveUp: Promise<StartError>;
  pid: (name: string) => number | undefined;
  pids: () => Record<string, number>;
  /** Sends a signal to a part, as a test of what happens then. */
  kill: (name: string, signal: NodeJS.Signals) => void;
  /** Asks every part to end and waits for none: for a process that ends without `stop`. */
  abandon: () => void;
  /** Ends the named parts that were started, one after the other, and whatever is left. */
  stop: (order: readonly string[]) => Promise<void>;
};

export function supervise({ logs, records, say, deathsAllowed = 5 }: SupervisorOptions): Supervisor {
  const runs = new Map<string, Run>();
  let closed = false;
  let giveUp: (reason: StartError) => void = () => undefined;
  const gaveUp = new Promise<StartError>((resolve) => {
    giveUp = resolve;
  });

  const logOf = (name: string) => join(logs, `${name}.log`);
  const outputOf = (run: Run) => readFileSync(logOf(run.part.name)).subarray(run.logOffset).toString('utf8');
  const seeLog = (run: Run) => {
    const last = lastLine(outputOf(run));
    return `${last === '' ? '' : `: ${last}`} (see ${logOf(run.part.name)})`;
  };

  async function launch(run: Run): Promise<void> {
    const { part } = run;
    await part.prepare?.();
    if (run.stopping) return;
    const log = openLog(logOf(part.name));
    run.logOffset = statSync(logOf(part.name)).size;
    // A group of its own: Ctrl-C reaches the supervisor only, which then stops its parts in order.
    const child = spawn(part.command, part.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: part.env,
      ...(part.cwd === undefined ? {} : { cwd: part.cwd }),
      ...(part.uid === undefined ? {} : { uid: part.uid }),
      ...(part.gid === undefined ? {} : { gid: part.gid }),
    });
    closeSync(log);
    run.child = child;
    const { pid } = child;
    if (pid !== undefined) {
      const mark = part.mark ?? part.args.at(-1) ?? part.command;
      records.add({ name: part.name, pid, mark, stopSignal: part.stopSignal ?? 'SIGTERM' });
    }
    run.over = new Promise((resolve) => {
      child.once('error', (error) => {
        if (pid === undefined) giveUp(new StartError(`${part.name} could not be started: ${reasonOf(error)}`));
        resolve();
      });
      child.once('exit', (code, signal) => {
        if (pid !== undefined) records.remove(pid);
        run.child = undefined;
        if (!run.stopping) afterDeath(run, signal ?? `exit ${String(code)}`, signal === null);
        resolve();
      });
    });
  }

  function afterDeath(run: Run, how: string, byItself: boolean): void {
    const { name } = run.part;
    const now = performance.now();
    run.deaths.push(now);
    const lately = run.deaths.filter((death) => now - death < MINUTE_MS).length;
    if (byItself && !run.wasReady) {
      giveUp(new StartError(`${name} ended before it was ready (${how})${seeLog(run)}`));
    } else if (lately >= deathsAllowed) {
      giveUp(new StartError(`${name} died ${lately} times within a minute, the last time by ${how}${seeLog(run)}`));
    } else {
      say(`${name} died (${how}), started again`);
      void again(run, lately);
    }
  }

  async function again(run: Run, lately: number): Promise<void> {
    try {
      if (lately > 1) await sleep(200 * lately);
      if (run.stopping) return;
      run.launching = launch(run);
      await run.launching;
      await untilReady(run);
    } catch (error) {
      giveUp(new StartError(`${run.part.name} could not be started again: ${reasonOf(error)}`));
    }
  }

  async function untilReady(run: Run): Promise<void> {
    const { name, readyWithinMs = 60_000, isReady } = run.part;
    const deadline = performance.now() + readyWithinMs;
    while (!run.stopping) {
      const { child } = run;
      if (child !== undefined && (await isReady(outputOf(run)).catch(() => false)) && run.child === child) {
        run.wasReady = true;
        return;
      }
      if (performance.now() > deadline) {
        throw new StartError(`${name} was not ready after ${Math.round(readyWithinMs / 1000)} s${seeLog(run)}`);
      }
      await sleep(50);
    }
  }

  async function end(run: Run): Promise<void> {
    run.stopping = true;
    await run.launching.catch(() => undefined);
    const { child, part } = run;
    if (child?.pid === undefined) return;
    const { pid } = child;
    signalProcess(pid, part.stopSignal ?? 'SIGTERM');
    const killer = setTimeout(() => {
      say(`${part.name} did not stop in time, killed`);
      signalProcess(pid, 'SIGKILL');
    }, part.stopWithinMs ?? 15_000);
    await run.over;
    clearTimeout(killer);
  }

  return {
    gaveUp,
    async start(part) {
      if (closed) throw new StartError(`${part.name} was not started: everything is being stopped`);
      mkdirSync(logs, { recursive: true });
      const run: Run = {
        part,
        deaths: [],
        child: undefined,
        logOffset: 0,
        wasReady: false,
        stopping: false,
        launching: Promise.resolve(),
        over: Promise.resolve(),
      };
      runs.set(part.name, run);
      run.launching = launch(run);
      await run.launching;
      const failure = gaveUp.then((reason) => {
        throw reason;
      });
      await Promise.race([untilReady(run), failure]);
    },
    pid: (name) => runs.get(name)?.child?.pid,
    pids: () => Object.fromEntries([...runs].flatMap(([name, { child }]) => (child?.pid ? [[name, child.pid]] : []))),
    kill(name, signal) {
      const pid = runs.get(name)?.child?.pid;
      if (pid === undefined) throw new Error(`${name} is not running`);
      process.kill(pid, signal);
    },
    abandon() {
      for (const { child, part } of runs.values()) {
        if (child?.pid !== undefined) signalProcess(child.pid, part.stopSignal ?? 'SIGTERM');
      }
    },
    async stop(order) {
      const rest = [...runs.keys()].filter((name) => !order.includes(name));
      // Nothing may be started again while the others are being ended.
      closed = true;
      for (const run of runs.values()) run.stopping = true;
      for (const name of [...order, ...rest]) {
        const run = runs.get(name);
        if (run) await end(run);
      }
    },
  };
}

function openLog(path: string): number {
  try {
    if (statSync(path).size > LOG_KEPT_BYTES) renameSync(path, `${path}.old`);
  } catch {
    // the first start has no log yet
  }
  return openSync(path, 'a', 0o600);
}

/** The last line that was printed, for a reason in one line. */
function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
}
