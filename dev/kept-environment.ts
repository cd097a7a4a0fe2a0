import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere } from './data-folder.ts';

/** Where a running system keeps, inside its DATA_DIR, the settings that its processes were given. */
export const ENVIRONMENT_FILE = 'environment.json';

/** The settings of the system that runs on this DATA_DIR; undefined when none does. */
export function keptEnvironment(dataDir: string): Record<string, string> | undefined {
  const text = readIfThere(join(dataDir, ENVIRONMENT_FILE));
  return text === undefined ? undefined : z.record(z.string(), z.string()).parse(JSON.parse(text));
}
