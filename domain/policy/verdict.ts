import type { Fen } from '../money.ts';
import type { OrgCode } from '../ids.ts';
import { automaticChecks, type CheckCode, type CheckInput } from './checks.ts';
import { standard } from './standards.ts';

/** What the automatic checks come to by themselves, without the people who decide. */
export interface Verdict {
  readonly eligible: boolean;
  /** Fen; null where a check failed or the level is not covered. */
  readonly amountFen: Fen | null;
  readonly failed: readonly CheckCode[];
}

/** The review's own checks and amount on one application, under any policy version: what the preview compares (N7). */
export function verdict(input: CheckInput, org: OrgCode): Verdict {
  const failed = automaticChecks(input)
    .filter((one) => !one.passed)
    .map(({ code }) => code);
  const { occupation, canonical = occupation, level } = input.certificate;
  const award = failed.length === 0 ? standard({ occupation: canonical, level, org }, input.policy) : undefined;
  return { eligible: award !== undefined, amountFen: award?.amountFen ?? null, failed };
}
