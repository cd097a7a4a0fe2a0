import { z } from 'zod';
import { guidePage } from '../../console/guide-page.ts';
import { type FilledIn, type SelfCheckErrors, type SelfCheckField, selfCheckFields } from '../../console/self-check.ts';
import { dateOf } from '../../domain/time.ts';
import { selfCheck } from '../../domain/policy/self-check.ts';
import { businessNow } from '../../store/clock.ts';
import { readOffices } from '../../store/office.ts';
import type { App, Services } from '../app.ts';
import { parseForm } from '../input.ts';
import { pageRoute, sendPage } from '../pages.ts';
import { eligibilityCheck } from './eligibility.ts';

/** Fields of the page's form by their place in the API's. */
const fieldOf: Readonly<Record<string, SelfCheckField>> = {
  employed: 'employed',
  contributionMonths: 'months',
  arrears: 'arrears',
  'certificate.kind': 'kind',
  'certificate.occupation': 'occupation',
  'certificate.level': 'level',
  'certificate.issuedOn': 'issuedOn',
};

/** Whatever stands in the address is shown in the form again, or left out. */
const filledIn = z.string().max(200).catch('').default('');
const query = z.object({
  ...{ employed: filledIn, months: filledIn, arrears: filledIn },
  ...{ kind: filledIn, occupation: filledIn, level: filledIn, issuedOn: filledIn },
});

/** The public guide with the self-check (N6.5): one page, no script, nothing kept. */
export function guidePageRoutes(app: App, { store }: Services): void {
  app.get(
    '/public/guide',
    { ...pageRoute, schema: { ...pageRoute.schema, querystring: query } },
    async (request, reply) => {
      const filled = request.query;
      const now = await businessNow(store.db);
      const policy = await store.rules.policyOn(store.db, dateOf(now));
      const offices = await readOffices(store.db);
      const calendar = await store.rules.calendar(store.db, now);
      const isAsked = selfCheckFields.some((name) => filled[name] !== '');
      const form = isAsked ? parseForm(eligibilityCheck, described(filled)) : null;
      const answer = form?.ok ? selfCheck(form.value, { now, policy, calendar }) : null;
      return sendPage(
        reply,
        guidePage({ policy, offices, filled, errors: form && !form.ok ? byField(form.errors) : {}, answer }),
      );
    },
  );
}

/** What was filled in, as the API has it. */
const described = ({ employed, months, arrears, kind, occupation, level, issuedOn }: FilledIn) => ({
  employed: employed === 'yes',
  contributionMonths: /^\d+$/.test(months.trim()) ? Number(months) : undefined,
  arrears: arrears === 'yes',
  certificate: { kind: kind || undefined, occupation, level: Number(level), issuedOn: issuedOn.trim() },
});

function byField(errors: readonly { readonly path: string; readonly message: string }[]): SelfCheckErrors {
  return Object.fromEntries(
    errors.flatMap(({ path, message }) => {
      const name = fieldOf[path];
      return name ? [[name, message]] : [];
    }),
  );
}
