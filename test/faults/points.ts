import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BankName } from '../../domain/payment/banks.ts';

/** `from`: nobody comes to it before that business day; `bank`: nor where the fund pays by files. */
const point = z.object({
  name: z.string(),
  process: z.enum(['api', 'worker']),
  from: z.string().optional(),
  bank: z.literal('api').optional(),
});

const points = z.array(point).parse(JSON.parse(readFileSync(new URL('./points.json', import.meta.url), 'utf8')));

/** Places of worker and API around every step of the money where a process can be killed (`interposer.mjs`). */
export const crashPoints = points.map(({ name }) => name);

/** Those that somebody comes to while the fund pays through this bank. */
export const crashPointsOf = (bank: BankName): readonly string[] =>
  points.filter((one) => bank === 'api' || one.bank === undefined).map(({ name }) => name);

/** Those of the named points that a business day brings, with that day. */
export const comingLater = (names: readonly string[]): readonly { readonly name: string; readonly from: string }[] =>
  points.flatMap(({ name, from }) => (from !== undefined && names.includes(name) ? [{ name, from }] : []));

/** What the processes need in their environment for their points to be there. */
export function crashEnvironment(folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  const interposer = fileURLToPath(new URL('./interposer.mjs', import.meta.url));
  return { CRASH_POINTS: folder, NODE_OPTIONS: `--import=${interposer}` };
}

/** The next process that comes to this point dies there. */
export function arm(folder: string, name: string): void {
  writeFileSync(join(folder, name), '');
}

/** Points that nobody has come to are none any more. */
export function disarm(folder: string): void {
  for (const name of crashPoints) rmSync(join(folder, name), { force: true });
}

/** Points that were hit, in order. */
export function hits(folder: string): readonly string[] {
  const log = join(folder, 'hits.log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
}
