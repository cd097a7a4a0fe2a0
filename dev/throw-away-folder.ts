import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processRecords } from './process-records.ts';
import { identify, isSameProcess } from './process-table.ts';

const OWNER = 'owner';

/**
 * Makes a new folder among the machine's temporary ones for a system that nobody needs afterwards. What earlier owners
 * left that were killed is cleared away first: their processes and their folders.
 */
export async function throwAwayFolder(prefix: string): Promise<string> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    await clearIfLeft(join(tmpdir(), name));
  }
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // PostgreSQL, run by another user when we are root, has to reach its folder inside.
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, OWNER), `${process.pid}\n${identify(process.pid)?.startedAt ?? ''}`);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function clearIfLeft(folder: string): Promise<void> {
  try {
    const [pid, startedAt] = readFileSync(join(folder, OWNER), 'utf8').split('\n');
    if (isSameProcess(Number(pid), startedAt ?? '', '')) return;
    await processRecords(folder).endLeftovers();
    removeFolder(folder);
  } catch {
    // another's that is just being made or cleared, or not ours to clear
  }
}
