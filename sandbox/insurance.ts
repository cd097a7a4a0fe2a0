import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults } from './faults.ts';
import { someText } from './premises.ts';
import type { Premises } from './premises.ts';

const status = z.enum(['employed', 'institution', 'civil-servant', 'freelancer', 'unemployed', 'retired', 'deceased']);

const recordSchema = z.object({
  name: someText,
  employer: someText,
  org: someText,
  months: z.int().nonnegative(),
  arrears: z.boolean(),
  status,
});

/** What an insurance record is set to: arrears may also be given as a number of months or an amount, above 0 = in arrears. */
export const recordInput = recordSchema.extend({
  arrears: z.union([z.boolean(), z.number().nonnegative()]).transform((arrears) => arrears !== false && arrears !== 0),
});

export type InsuranceRecord = z.infer<typeof recordSchema>;

/** The insurance records service: one record per ID number. */
export class Insurance {
  readonly #premises: Premises;
  readonly #records: DurableMap<InsuranceRecord>;

  private constructor(premises: Premises, records: DurableMap<InsuranceRecord>) {
    this.#premises = premises;
    this.#records = records;
  }

  static async open(premises: Premises): Promise<Insurance> {
    return new Insurance(premises, await DurableMap.open(join(premises.folder, 'insurance.ndjson'), recordSchema));
  }

  put(idNumber: string, record: InsuranceRecord): Promise<void> {
    return this.#records.set(idNumber, record);
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    exposeToFaults(app, 'insurance', this.#premises.faults, this.#premises.schedule);
    app.post('/v1/record-queries', { schema: { body: z.object({ idNumber: someText }) } }, (request) => {
      const { idNumber } = request.body;
      const record = this.#records.get(idNumber);
      return Promise.resolve(record ? { found: true, record: { idNumber, ...record } } : { found: false });
    });
    done();
  };

  close(): Promise<void> {
    return this.#records.close();
  }
}
