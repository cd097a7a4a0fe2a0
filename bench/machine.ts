import { readdirSync, readFileSync } from 'node:fs';
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
