import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults } from './faults.ts';
import { NOT_FOUND, someText } from './premises.ts';
import type { Premises } from './premises.ts';

const DELIVERY_MS = 300;

const letterInput = z.object({ letterId: someText, name: someText, address: someText, text: z.string() });
const letterSchema = letterInput.extend({ acceptedMs: z.number() });
type Letter = z.infer<typeof letterSchema>;

export const addresseeSchema = z.object({ outcome: z.enum(['delivered', 'returned']) });
type Addressee = z.infer<typeof addresseeSchema>;

/** Registered letters: delivered 0.3 s (real) after posting, or returned for an addressee set so. */
export class LetterPost {
  readonly #premises: Premises;
  readonly #letters: DurableMap<Letter>;
  readonly #addressees: DurableMap<Addressee>;

  private constructor(premises: Premises, letters: DurableMap<Letter>, addressees: DurableMap<Addressee>) {
    this.#premises = premises;
    this.#letters = letters;
    this.#addressees = addressees;
  }

  static async open(premises: Premises): Promise<LetterPost> {
    const letters = await DurableMap.open(join(premises.folder, 'letter.ndjson'), letterSchema);
    const addressees = await DurableMap.open(join(premises.folder, 'addressees.ndjson'), addresseeSchema);
    return new LetterPost(premises, letters, addressees);
  }

  putAddressee(name: string, outcome: Addressee): Promise<void> {
    return this.#addressees.set(name, outcome);
  }

  /** Every letter ever posted, oldest first. */
  all(): (ReturnType<LetterPost['status']> & { name: string; address: string; text: string })[] {
    return [...this.#letters.entries()].map(([, letter]) => {
      return { ...this.status(letter), name: letter.name, address: letter.address, text: letter.text };
    });
  }

  /** How a letter stands now; `at` is the business time since when. */
  status(letter: Letter): { letterId: string; status: 'accepted' | 'delivered' | 'returned'; at: string } {
    const { letterId, name, acceptedMs } = letter;
    const due = acceptedMs + DELIVERY_MS;
    if (Date.now() < due) return { letterId, status: 'accepted', at: this.#premises.clock.at(acceptedMs) };
    return { letterId, status: this.#addressees.get(name)?.outcome ?? 'delivered', at: this.#premises.clock.at(due) };
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    exposeToFaults(app, 'letter', this.#premises.faults, this.#premises.schedule);

    app.post('/v1/letters', { schema: { body: letterInput } }, async (request, reply) => {
      const { letterId } = request.body;
      const { value } = await this.#letters.add(letterId, () => ({ ...request.body, acceptedMs: Date.now() }));
      return reply.code(202).send({ letterId, status: this.status(value).status });
    });

    app.get('/v1/letters/:letterId', { schema: { params: z.object({ letterId: someText }) } }, (request, reply) => {
      const letter = this.#letters.get(request.params.letterId);
      return letter ? reply.send(this.status(letter)) : reply.code(404).send(NOT_FOUND);
    });
    done();
  };

  async close(): Promise<void> {
    await this.#letters.close();
    await this.#addressees.close();
  }
}
