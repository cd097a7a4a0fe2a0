import { z } from 'zod';
import type { Partners } from '../config/settings.ts';
import type { RegisterSource } from '../domain/case/events.ts';
import type { RegisterAnswer } from '../domain/policy/checks.ts';
import { civilDate, isCivilDate, parseInstant } from '../domain/policy/dates.ts';
import { call, type Partner, parsed } from './partner.ts';

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
const answer = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('not-found') }),
  z.object({ answer: z.literal('not-covered') }),
  z.object({
    answer: z.literal('found'),
    certificate: z.object({
      number: z.string(),
      name: z.string(),
      idNumber: z.string(),
      occupation: z.string(),
      level,
      kind: z.enum(['qualification', 'skill-level']),
      issuedOn: z.string().refine(isCivilDate).transform(civilDate),
      status: z.enum(['valid', 'revoked']),
    }),
  }),
]);

const entry = z.object({ number: z.string(), registeredAt: z.string().transform(parseInstant) });

/** What the provincial register answers to an entry (N3.1d). */
export type RegisterEntry = z.infer<typeof entry>;

/**
 * Enters a certificate from elsewhere in the provincial register; sent again it is the same entry.
 * @throws ApplicationFailure (retryable) while the register can't be reached or has another entry under that number
 */
export async function enterCertificate(partner: Partner, certificate: object): Promise<RegisterEntry> {
  const { text } = await call(
    partner,
    'POST',
    '/registers/provincial/v1/registrations',
    { json: certificate },
    [200, 201],
  );
  return parsed(partner, entry, text);
}

/** A certificate in one of the two registers (N3.1c). */
export async function askRegister(
  partner: Partner,
  register: 'provincial' | 'national',
  number: string,
): Promise<RegisterAnswer> {
  const path = `/registers/${register}/v1/certificate-queries`;
  const { text } = await call(partner, 'POST', path, { json: { number } }, [200]);
  const found = parsed(partner, answer, text);
  return found.answer === 'found' ? { answer: 'found', ...found.certificate } : found;
}

/** One of the two registers as a partner. */
export const registerNamed = (partners: Partners, register: RegisterSource): Partner =>
  register === 'provincial'
    ? { name: '省职业资格证书查询系统', url: partners.provincialRegister }
    : { name: '全国职业资格证书联网查询系统', url: partners.nationalRegister };
