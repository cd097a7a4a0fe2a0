import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError, codeOf, reasonOf } from './start-error.ts';
import { identify, isSameProcess } from './process-table.ts';

/** Makes DATA_DIR when it is missing; throws a StartError when it cannot be written. */
export function makeDataFolder(dataDir: string): void {
  try {
    // PostgreSQL, run by another user when we are root, has to reach its folder inside.
    makeFolder(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    makeFolder(join(dataDir, 'logs'), 0o700);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    const probe = join(dataDir, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const reason = reasonOf(error).replace(/, \w+ '.*'$/, '');
    throw new StartError(`DATA_DIR ${dataDir} cannot be written (${reason}): set DATA_DIR to a folder that can be`);
  }
}

/** Parents first. Not by `recursive: true`: Node 20 never comes back from it where a file system refuses, as /proc does. */
function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Writes a file that only its owner reads, in one step: never half of it. */
export function writePrivateFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/** The text of a private file; made by `make` and kept when there is none yet. */
export function keptFile(path: string, make: () => string): string {
  const kept = readIfThere(path);
  if (kept !== undefined) return kept;
  const made = make();
  writePrivateFile(path, made);
  return made;
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new StartError(`${path} cannot be read: ${reasonOf(error)}`);
  }
}

/**
 * Takes DATA_DIR for this process, so that two systems never share one. A lock left by a killed process is taken over.
 * Returns what gives it back; throws a StartError naming the process that has it.
 */
export function lockDataFolder(dataDir: string): () => void {
  const path = join(dataDir, 'start.lock');
  const self = identify(process.pid);
  const mine = `${process.pid}\n${self?.startedAt ?? ''}\n${self?.command ?? ''}\n`;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        linkSync(draft, path);
        return () => {
          if (readIfThere(path) === mine) rmSync(path, { force: true });
        };
      } catch {
        const holder = readIfThere(path);
        if (holder === undefined) continue;
        const [pid, startedAt, command] = holder.split('\n');
        if (holder !== mine && isSameProcess(Number(pid), startedAt ?? '', command ?? '')) {
          throw new StartError(
            `DATA_DIR ${dataDir} is in use by process ${pid ?? '?'}: stop that one, or set DATA_DIR and the ports to others`,
          );
        }
        rmSync(path, { force: true });
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new StartError(`DATA_DIR ${dataDir} could not be locked: another start is under way`);
}
