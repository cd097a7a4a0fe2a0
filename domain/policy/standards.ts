import { isWithin } from '../reference/org-units.ts';
import type { OrgCode } from '../ids.ts';
import type { Fen } from '../money.ts';
import { canonicalOccupation, occupationsOf } from './occupations.ts';
import type { Level, Policy } from './policy.ts';

export interface Claimed {
  /** As on the certificate, or canonical. */
  readonly occupation: string;
  readonly level: Level;
  /** The insured place: a shortage row counts within its scope only. */
  readonly org: OrgCode;
}

/**
 * The amount in fen by occupation and level, and whether the occupation is on the shortage catalog there (N4.1, N4.2).
 * Undefined for a level that the policy doesn't cover.
 */
export function standard(claimed: Claimed, policy: Policy): { amountFen: Fen; shortage: boolean } | undefined {
  const { name } = canonicalOccupation(claimed.occupation, occupationsOf(policy));
  const shortage = policy.shortage.occupations.some((row) => row.name === name && isWithin(claimed.org, row.scope));
  const amountFen = (shortage ? policy.shortage.standards : policy.standards)[claimed.level];
  return amountFen === undefined ? undefined : { amountFen, shortage };
}
