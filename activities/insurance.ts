import { z } from 'zod';
import type { InsuranceAnswer } from '../domain/policy/checks.ts';
import { insuredStatuses } from '../domain/policy/eligibility.ts';
import type { IdentityNumber } from '../domain/policy/identity-number.ts';
import { call, type Partner, parsed } from './partner.ts';

const answer = z.discriminatedUnion('found', [
  z.object({ found: z.literal(false) }),
  z.object({
    found: z.literal(true),
    record: z.object({
      name: z.string(),
      employer: z.string(),
      org: z.string(),
      months: z.number().int().nonnegative(),
      arrears: z.boolean(),
      status: z.enum(insuredStatuses),
    }),
  }),
]);

/** The insurance records of a person (N1.0, N1.1, N3.1a). */
export async function askInsurance(partner: Partner, idNumber: IdentityNumber): Promise<InsuranceAnswer> {
  const { text } = await call(partner, 'POST', '/insurance/v1/record-queries', { json: { idNumber } }, [200]);
  const found = parsed(partner, answer, text);
  return found.found ? { found: true, ...found.record } : { found: false };
}
