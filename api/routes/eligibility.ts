import { z } from 'zod';
import { selfCheck } from '../../domain/policy/self-check.ts';
import { businessNow } from '../../store/clock.ts';
import { dateOf } from '../../domain/time.ts';
import type { App, Services } from '../app.ts';
import { civilDate, line, orgCode } from '../input.ts';
import { problems } from '../view.ts';

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);

/** A certificate may come as in an application: what would tell whose it is is neither read nor kept. */
const notLookedAt = z.unknown().optional();

/** What a person says of herself to learn whether she may claim; nothing that tells who she is. */
export const eligibilityCheck = z
  .strictObject({
    contributionMonths: z.int().min(0).max(1_200),
    arrears: z.boolean(),
    certificate: z.strictObject({
      kind: z.enum(['qualification', 'skill-level']).default('qualification'),
      occupation: line(100),
      level,
      issuedOn: civilDate,
      number: notLookedAt,
      issuer: notLookedAt,
    }),
    employed: z.boolean(),
    insuredAt: orgCode.optional(),
  })
  .meta({ id: 'EligibilityCheck' });

/** The public's self-check: the same rules as the review (N6.5). */
export function eligibilityRoutes(app: App, { store }: Services): void {
  app.post(
    '/public/v1/eligibility-checks',
    {
      config: { may: 'anyone' },
      schema: {
        summary: '自查能否申领 · Am I entitled, how much, until when (N6.5)',
        body: eligibilityCheck,
        response: {
          200: z.object({
            eligible: z.boolean(),
            amountFen: z.int().nullable(),
            reasons: z.array(z.object({ clause: z.string(), text: z.string() })).readonly(),
            lastDayToApply: z.string(),
          }),
          ...problems(400, 413, 415, 422, 503),
        },
      },
    },
    async (request) => {
      const now = await businessNow(store.db);
      const policy = await store.rules.policyOn(store.db, dateOf(now));
      const calendar = await store.rules.calendar(store.db, now);
      return selfCheck(request.body, { now, policy, calendar });
    },
  );
}
