import { execFileSync, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What tells a process from another one that got its number later: when it began, and its command line. */
export type ProcessIdentity = { readonly startedAt: string; readonly command: string };

/** The living process with this number; undefined when there is none or it is only waiting to be reaped. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    return process.platform === 'linux' ? identifyOnLinux(pid) : identifyByPs(pid);
  } catch {
    return undefined;
  }
}

function identifyOnLinux(pid: number): ProcessIdentity | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; state is field 3, the start in clock ticks since boot field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startedAt === undefined) return undefined;
  return { startedAt, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() };
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  const line = execFileSync('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const found = /^(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
  const [, state, startedAt, command] = found ?? [];
  if (state?.startsWith('Z') !== false || startedAt === undefined || command === undefined) return undefined;
  return { startedAt, command };
}

/** Is the process that was recorded still the one with this number? `mark` is a piece of its command line. */
export function isSameProcess(pid: number, startedAt: string, mark: string): boolean {
  const now = identify(pid);
  return now?.startedAt === startedAt && now.command.includes(mark);
}

/** Numbers of the processes that work in this folder (Linux; elsewhere none can be told). */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder && identify(pid) !== undefined;
      } catch {
        return false;
      }
    });
}

/** Signals a process; one that is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already, or not ours to signal
  }
}

/** Asks a process to end, and kills it when it has not after `withinMs`. Resolves when it is gone. */
export async function endProcess(
  pid: number,
  isAlive: () => boolean,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<void> {
  signalProcess(pid, signal);
  const deadline = performance.now() + withinMs;
  while (isAlive()) {
    if (performance.now() > deadline) signalProcess(pid, 'SIGKILL');
    await sleep(50);
  }
}

/** A helper process that must not outlive this one. */
export function endWithUs(child: ChildProcess): void {
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
}
