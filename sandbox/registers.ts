import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults } from './faults.ts';
import { civilDate, someText } from './premises.ts';
import type { Premises } from './premises.ts';

/** What a register's certificate is set to; without a status it is valid. */
export const certificateSchema = z.object({
  name: someText,
  idNumber: someText,
  occupation: someText,
  level: z.int().min(1).max(5),
  kind: z.enum(['qualification', 'skill-level']),
  issuedOn: civilDate,
  status: z.enum(['valid', 'revoked']).default('valid'),
});

/** What HRSS enters for a certificate from elsewhere. */
const registrationSchema = certificateSchema.omit({ status: true }).extend({ number: someText });

export type Certificate = z.infer<typeof certificateSchema>;
export type RegisterName = 'provincial' | 'national';

/** A register of certificates, the provincial or the national one. */
export class CertificateRegister {
  readonly #name: RegisterName;
  readonly #premises: Premises;
  readonly #certificates: DurableMap<Certificate>;

  private constructor(name: RegisterName, premises: Premises, certificates: DurableMap<Certificate>) {
    this.#name = name;
    this.#premises = premises;
    this.#certificates = certificates;
  }

  static async open(name: RegisterName, premises: Premises): Promise<CertificateRegister> {
    const certificates = await DurableMap.open(join(premises.folder, `${name}.ndjson`), certificateSchema);
    return new CertificateRegister(name, premises, certificates);
  }

  put(number: string, certificate: Certificate): Promise<void> {
    return this.#certificates.set(number, certificate);
  }

  hasValid(number: string): boolean {
    return this.#certificates.get(number)?.status === 'valid';
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    const { faults, schedule } = this.#premises;
    exposeToFaults(app, this.#name, faults, schedule);
    app.post('/v1/certificate-queries', { schema: { body: z.object({ number: someText }) } }, (request) => {
      const { number } = request.body;
      if (faults.take(this.#name, ['not-covered'])) return Promise.resolve({ answer: 'not-covered' });
      const certificate = this.#certificates.get(number);
      return Promise.resolve(
        certificate ? { answer: 'found', certificate: { number, ...certificate } } : { answer: 'not-found' },
      );
    });
    // An entry is made once under its number; the same again is the same entry, another one is refused.
    app.post('/v1/registrations', { schema: { body: registrationSchema } }, async (request, reply) => {
      const { number, ...certificate } = request.body;
      const { value, added } = await this.#certificates.add(number, () => ({ ...certificate, status: 'valid' }));
      const isSame = value.idNumber === certificate.idNumber && value.status === 'valid';
      if (!added && !isSame) return reply.code(409).send({ code: 'other-entry' });
      return reply.code(added ? 201 : 200).send({ number, registeredAt: this.#premises.clock.at() });
    });
    done();
  };

  close(): Promise<void> {
    return this.#certificates.close();
  }
}
