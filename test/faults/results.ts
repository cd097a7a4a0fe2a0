import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type BankName, banks } from '../../domain/payment/banks.ts';
import { crashPointsOf } from './points.ts';
import type { FaultReport } from './run.ts';
import { faultKindsOf } from './schedule.ts';
import { happeningsOf } from './seen.ts';

const counts = z.record(z.string(), z.number());
const result = z.object({
  seed: z.number(),
  cases: z.number(),
  bank: z.enum(banks).default('api'),
  at: z.string(),
  ms: z.object({ start: z.number(), storm: z.number(), settle: z.number(), all: z.number() }),
  wrong: z.array(z.string()),
  struck: counts,
  seen: counts,
});
export type Result = z.infer<typeof result>;

/** Every seed's result is a line of this file, so that a run that was stopped keeps what it has. */
export function readResults(path: string | undefined): readonly Result[] {
  if (path === undefined || !existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => result.parse(JSON.parse(line)));
}

export function keepResult(
  path: string | undefined,
  one: { readonly seed: number; readonly cases: number; readonly bank: BankName },
  { wrong, struck, seen, ms }: FaultReport,
): Result {
  const kept = { ...one, at: new Date().toISOString(), ms, wrong: [...wrong], struck, seen };
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(kept)}\n`);
  return kept;
}

/**
 * What struck and happened over all seeds, and what never did: without it a run has shown less than it says. Of a run of
 * named points only these have to be struck.
 */
export function coverage(
  results: readonly Result[],
  bank: BankName,
  points?: readonly string[],
): {
  readonly lines: readonly string[];
  readonly missing: readonly string[];
} {
  const sum = (of: 'struck' | 'seen', name: string): number =>
    results.reduce((all, one) => all + (one[of][name] ?? 0), 0);
  const table = (title: string, of: 'struck' | 'seen', names: readonly string[]): readonly string[] => [
    title,
    ...names.map((name) => `  ${String(sum(of, name)).padStart(6)}  ${name}`),
  ];
  const [faultKinds, crashPoints, happenings] = [faultKindsOf(bank), crashPointsOf(bank), happeningsOf(bank)];
  const missing = [
    ...(points ?? [...faultKinds, ...crashPoints]).filter((name) => sum('struck', name) === 0),
    ...(points ? [] : happenings).filter((name) => sum('seen', name) === 0),
  ];
  return {
    lines: [
      ...table('faults struck', 'struck', faultKinds),
      ...table('processes killed at', 'struck', crashPoints),
      ...table('what happened', 'seen', happenings),
    ],
    missing,
  };
}
