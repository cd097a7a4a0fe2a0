import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Appraisal } from './appraisal.ts';
import { accountSchema } from './bank.ts';
import type { Bank } from './bank.ts';
import { MODES, PARTNERS } from './faults.ts';
import type { Faults } from './faults.ts';
import { recordInput } from './insurance.ts';
import type { Insurance } from './insurance.ts';
import { addresseeSchema } from './letter.ts';
import type { LetterPost } from './letter.ts';
import { civilDate, someText } from './premises.ts';
import type { Publisher } from './publisher.ts';
import { certificateSchema } from './registers.ts';
import type { CertificateRegister, RegisterName } from './registers.ts';
import { phoneSchema } from './sms.ts';
import type { Sms } from './sms.ts';

/** All partners of one sandbox. */
export interface Partners {
  readonly insurance: Insurance;
  readonly registers: Readonly<Record<RegisterName, CertificateRegister>>;
  readonly bank: Bank;
  readonly publisher: Publisher;
  readonly sms: Sms;
  readonly letter: LetterPost;
  readonly appraisal: Appraisal;
}

const REGISTERS: readonly RegisterName[] = ['provincial', 'national'];
const key = z.object({ key: someText });

/**
 * What tests, the demo and people set in the partners. A PUT answers 200 with what is now set, durable; a wrong body is
 * 422 `{code: "invalid", errors: [{path, message}]}`.
 */
export function controlRoutes(partners: Partners, faults: Faults): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    app.put('/insurance/:key', { schema: { params: key, body: recordInput } }, async (request) => {
      await partners.insurance.put(request.params.key, request.body);
      return request.body;
    });

    for (const name of REGISTERS) {
      app.put(`/registers/${name}/:key`, { schema: { params: key, body: certificateSchema } }, async (request) => {
        await partners.registers[name].put(request.params.key, request.body);
        return request.body;
      });
    }

    app.put('/accounts/:key', { schema: { params: key, body: accountSchema } }, async (request) => {
      await partners.bank.putAccount(request.params.key, request.body);
      return request.body;
    });

    app.put('/phones/:key', { schema: { params: key, body: phoneSchema } }, async (request) => {
      await partners.sms.putPhone(request.params.key, request.body);
      return request.body;
    });

    app.put('/addressees/:key', { schema: { params: key, body: addresseeSchema } }, async (request) => {
      await partners.letter.putAddressee(request.params.key, request.body);
      return request.body;
    });

    for (const partner of PARTNERS) {
      const body = z.object({
        mode: z.enum(MODES[partner]),
        count: z.int().nonnegative().nullable().default(null),
        delayMs: z.int().nonnegative().max(600_000).nullable().default(null),
      });
      app.put(`/faults/${partner}`, { schema: { body } }, async (request) => {
        await faults.set(partner, request.body);
        if (partner === 'bank') partners.bank.releaseHeldCallbacks();
        return request.body;
      });
      app.get(`/faults/${partner}`, () => Promise.resolve(faults.of(partner)));
    }

    app.get('/bank/transfers', () => Promise.resolve({ items: partners.bank.made(), next: null }));
    app.get('/bank/statements/:date', { schema: { params: z.object({ date: civilDate }) } }, (request) =>
      Promise.resolve(partners.bank.statement(request.params.date)),
    );
    app.get('/sms/messages', () => Promise.resolve({ items: partners.sms.all(), next: null }));
    app.get('/letter/letters', () => Promise.resolve({ items: partners.letter.all(), next: null }));
    done();
  };
}
