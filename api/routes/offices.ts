import { z } from 'zod';
import { currentOrgCode } from '../../domain/reference/org-units.ts';
import { NotFound } from '../../store/case.ts';
import { setOffice } from '../../store/office.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { phone } from '../application-form.ts';
import { claimOf } from '../idempotency.ts';
import { line } from '../input.ts';
import { commandProblems, done } from '../view.ts';

const contact = { address: line(200).nullable(), phone: phone.nullable() };

/** Where agencies are found, as the guide, receipts and letters say it (N6.5). */
export function officeRoutes(app: App, { store }: Services): void {
  app.post(
    '/v1/offices/:org',
    {
      config: { may: 'set-office' },
      schema: {
        summary: '办公地址和电话 · Address and telephone of a unit’s agency (N6.5)',
        params: z.object({ org: z.string() }),
        body: z.strictObject(contact).meta({ id: 'Office' }),
        response: {
          200: z.object({ org: z.string(), address: z.string().nullable(), phone: z.string().nullable() }),
          ...commandProblems,
        },
      },
    },
    async (request) => {
      const org = currentOrgCode(request.params.org);
      if (org === undefined) throw new NotFound(request.params.org);
      accessUnit(callerOf(request), 'set-office', org);
      return done(await setOffice(store, claimOf(request), { org, ...request.body }));
    },
  );
}
