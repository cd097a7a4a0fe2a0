import { z } from 'zod';
import { dateOf } from '../../domain/time.ts';
import { businessNow } from '../../store/clock.ts';
import type { App, Services } from '../app.ts';
import { readProblems } from '../view.ts';

const reason = z
  .object({ code: z.string(), clause: z.string(), basis: z.string(), text: z.string() })
  .meta({ id: 'RefusalReason' });

/** Sentences to choose from when refusing, by clause; what they leave out is written by hand (N3.1e). */
export function refusalReasonRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/refusal-reasons',
    {
      config: { may: 'see-refusal-reasons' },
      schema: {
        summary: '不予通过理由目录 · Reasons by clause, in plain Chinese, of the policy in force',
        response: { 200: z.object({ items: z.array(reason).readonly(), next: z.null() }), ...readProblems },
      },
    },
    async () => {
      const policy = await store.rules.policyOn(store.db, dateOf(await businessNow(store.db)));
      return { items: policy.refusalReasons, next: null };
    },
  );
}
