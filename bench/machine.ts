import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../dev/system.ts';

/** Parts of a system whose work is counted; each runs in a process group of its own. */
const parts = ['postgres', 'temporal', 'worker', 'api'] as const;
/** Clock ticks of Linux's process accounting, everywhere. */
const msPerTick = 10;

/**
 * Milliseconds of processor that the system has used so far, the children of each part included. Where a machine is shared,
 * this says more than the clock on the wall. Linux only; elsewhere 0.
 */
export function processorMs(system: System): number {
  const pids = system.pids();
  const groups = new Set(parts.flatMap((part) => pids[part] ?? []));
  let ticks = 0;
  for (const stat of allStats()) if (groups.has(stat.group)) ticks += stat.ticks;
  return ticks * msPerTick;
}

const probeMs = 500;
/** A system that has nothing to do uses less of a processor than this, in each of so many probes. */
const restingShare = 0.15;
const restingProbes = 4;

/**
 * Waits until the system has nothing to do: an empty outbox says only that Temporal was told, not that the runs took what
 * they were told. Linux only; elsewhere it does not wait.
 * @returns when the rest began, on `performance.now()`'s clock
 */
export async function rest(system: System): Promise<number> {
  let restsSince = performance.now();
  let used = processorMs(system);
  for (let probes = 0; used > 0 && probes < restingProbes;) {
    const began = performance.now();
    await sleep(probeMs);
    const now = processorMs(system);
    const rests = now - used < restingShare * (performance.now() - began);
    used = now;
    probes = rests ? probes + 1 : 0;
    if (!rests) restsSince = performance.now();
  }
  return restsSince;
}

function allStats(): readonly { readonly group: number; readonly ticks: number }[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        const stat = read(`/proc/${pid}/stat`);
        // After the name in brackets: state, parent, group, … and from the 12th on user, system, and both of ended children.
        const fields = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number);
        const [, , group = 0] = fields;
        return [{ group, ticks: fields.slice(11, 15).reduce((sum, one) => sum + one, 0) }];
      });
  } catch {
    return [];
  }
}

/** Megabytes of memory that worker and API hold now, and held at most. Linux only; elsewhere nothing. */
export function memoryMb(system: System): Readonly<Record<string, number>> {
  const pids = system.pids();
  const found: Record<string, number> = {};
  for (const part of ['worker', 'api']) {
    const status = read(`/proc/${pids[part] ?? 0}/status`);
    for (const [name, field] of Object.entries({ Mb: 'VmRSS', PeakMb: 'VmHWM' })) {
      const [, kb] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
      if (kb !== undefined) found[`${part}${name}`] = Math.round(Number(kb) / 1_024);
    }
  }
  return found;
}

/** Empty where there is no such process, or no /proc. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
