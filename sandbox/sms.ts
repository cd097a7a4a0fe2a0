import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults } from './faults.ts';
import { NOT_FOUND, someText } from './premises.ts';
import type { Premises } from './premises.ts';

const DELIVERY_MS = 300;

const messageInput = z.object({ messageId: someText, phone: someText, text: z.string() });
const messageSchema = messageInput.extend({ acceptedMs: z.number() });
type Message = z.infer<typeof messageSchema>;

export const phoneSchema = z.object({ outcome: z.enum(['delivered', 'failed']) });
type Phone = z.infer<typeof phoneSchema>;

/** The message service: a message is delivered 0.3 s (real) after it was accepted, or fails for a phone set to fail. */
export class Sms {
  readonly #premises: Premises;
  readonly #messages: DurableMap<Message>;
  readonly #phones: DurableMap<Phone>;

  private constructor(premises: Premises, messages: DurableMap<Message>, phones: DurableMap<Phone>) {
    this.#premises = premises;
    this.#messages = messages;
    this.#phones = phones;
  }

  static async open(premises: Premises): Promise<Sms> {
    const messages = await DurableMap.open(join(premises.folder, 'sms.ndjson'), messageSchema);
    return new Sms(premises, messages, await DurableMap.open(join(premises.folder, 'phones.ndjson'), phoneSchema));
  }

  putPhone(phone: string, outcome: Phone): Promise<void> {
    return this.#phones.set(phone, outcome);
  }

  /** Every message ever accepted, oldest first. */
  all(): (ReturnType<Sms['status']> & { phone: string; text: string })[] {
    return [...this.#messages.entries()].map(([, message]) => {
      return { ...this.status(message), phone: message.phone, text: message.text };
    });
  }

  /** How a message stands now; `at` is the business time since when. */
  status(message: Message): { messageId: string; status: 'accepted' | 'delivered' | 'failed'; at: string } {
    const { messageId, phone, acceptedMs } = message;
    const due = acceptedMs + DELIVERY_MS;
    if (Date.now() < due) return { messageId, status: 'accepted', at: this.#premises.clock.at(acceptedMs) };
    return { messageId, status: this.#phones.get(phone)?.outcome ?? 'delivered', at: this.#premises.clock.at(due) };
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    exposeToFaults(app, 'sms', this.#premises.faults, this.#premises.schedule);

    app.post('/v1/messages', { schema: { body: messageInput } }, async (request, reply) => {
      const { messageId } = request.body;
      // The first text of a messageId is the one that was sent; a repeat sends nothing.
      const { value } = await this.#messages.add(messageId, () => ({ ...request.body, acceptedMs: Date.now() }));
      return reply.code(202).send({ messageId, status: this.status(value).status });
    });

    app.get('/v1/messages/:messageId', { schema: { params: z.object({ messageId: someText }) } }, (request, reply) => {
      const message = this.#messages.get(request.params.messageId);
      return message ? reply.send(this.status(message)) : reply.code(404).send(NOT_FOUND);
    });
    done();
  };

  async close(): Promise<void> {
    await this.#messages.close();
    await this.#phones.close();
  }
}
