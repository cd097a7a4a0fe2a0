import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults } from './faults.ts';
import { NOT_FOUND, someText } from './premises.ts';
import type { Premises } from './premises.ts';
import type { CertificateRegister } from './registers.ts';

const ANSWER_MS = 300;
const BODY = '吉林省职业技能鉴定中心';

const inquiryInput = z.object({ inquiryId: someText, certificateNumber: someText, question: z.string() });
const inquirySchema = inquiryInput.extend({
  openedMs: z.number(),
  answer: z.object({ opinion: z.enum(['genuine', 'not-genuine']), answeredAt: z.string() }).nullable(),
});
type Inquiry = z.infer<typeof inquirySchema>;

/** The appraisal body: 0.3 s (real) after the question it says whether either register has the certificate valid. */
export class Appraisal {
  readonly #premises: Premises;
  readonly #registers: readonly CertificateRegister[];
  readonly #inquiries: DurableMap<Inquiry>;

  private constructor(premises: Premises, registers: readonly CertificateRegister[], inquiries: DurableMap<Inquiry>) {
    this.#premises = premises;
    this.#registers = registers;
    this.#inquiries = inquiries;
  }

  static async open(premises: Premises, registers: readonly CertificateRegister[]): Promise<Appraisal> {
    const inquiries = await DurableMap.open(join(premises.folder, 'appraisal.ndjson'), inquirySchema);
    return new Appraisal(premises, registers, inquiries);
  }

  /** Takes up the inquiries that the process before this one left open. */
  resume(): void {
    for (const [, inquiry] of this.#inquiries.entries()) if (!inquiry.answer) this.#answerLater(inquiry);
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    exposeToFaults(app, 'appraisal', this.#premises.faults, this.#premises.schedule);

    app.post('/v1/inquiries', { schema: { body: inquiryInput } }, async (request, reply) => {
      const { inquiryId } = request.body;
      const { value, added } = await this.#inquiries.add(inquiryId, () => {
        return { ...request.body, openedMs: Date.now(), answer: null };
      });
      if (added) this.#answerLater(value);
      return reply.code(202).send({ inquiryId, status: value.answer ? 'answered' : 'open' });
    });

    app.get('/v1/inquiries/:inquiryId', { schema: { params: z.object({ inquiryId: someText }) } }, (request, reply) => {
      const { inquiryId } = request.params;
      const inquiry = this.#inquiries.get(inquiryId);
      if (!inquiry) return reply.code(404).send(NOT_FOUND);
      const answer = inquiry.answer ?? { opinion: null, answeredAt: null };
      return reply.send({ inquiryId, status: inquiry.answer ? 'answered' : 'open', body: BODY, ...answer });
    });
    done();
  };

  close(): Promise<void> {
    return this.#inquiries.close();
  }

  #answerLater(inquiry: Inquiry): void {
    this.#premises.schedule.after(inquiry.openedMs + ANSWER_MS - Date.now(), () => {
      const genuine = this.#registers.some((register) => register.hasValid(inquiry.certificateNumber));
      const answer = {
        opinion: genuine ? ('genuine' as const) : ('not-genuine' as const),
        answeredAt: this.#premises.clock.at(),
      };
      this.#inquiries.set(inquiry.inquiryId, { ...inquiry, answer }).catch((error: unknown) => {
        this.#premises.log.error({ err: error }, 'an answer of the appraisal body was not kept');
      });
    });
  }
}
