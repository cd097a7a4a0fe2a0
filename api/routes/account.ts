import { z } from 'zod';
import { correctAccount } from '../../store/account.ts';
import { readApplication } from '../../store/application.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { account } from '../application-form.ts';
import { standingFor } from '../case-command.ts';
import { aboutAccount } from '../form-rules.ts';
import { claimOf } from '../idempotency.ts';
import { expectedSeq } from '../input.ts';
import { invalid } from '../problems.ts';
import { caseAnswerView, commandProblems, done, labelled } from '../view.ts';

const correction = z
  .preprocess(
    // The account's fields may also stand by themselves.
    (body) => {
      if (typeof body !== 'object' || body === null || 'account' in body) return body;
      const { expectedSeq: seq, ...fields } = body as Readonly<Record<string, unknown>>;
      return seq === undefined ? { account: fields } : { account: fields, expectedSeq: seq };
    },
    z.strictObject({ account, expectedSeq }),
  )
  .meta({ id: 'AccountCorrection' });

/** A new account after the bank could not credit the old one (N3.3). */
export function accountRoutes(app: App, services: Services): void {
  const { store } = services;
  app.post(
    '/v1/cases/:caseNo/account',
    {
      config: { may: 'correct-account' },
      schema: {
        summary: '更正收款账户 · A new account after a failed or returned payment (N3.3)',
        description: 'The next batch pays by a new order; the old one stays on record. The holder is the applicant.',
        params: z.object({ caseNo: z.string() }),
        body: correction,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const access = await accessCase(services, request, 'correct-account', request.params.caseNo);
      const { caseNo, actor, role, may, stillMay } = access;
      const { applicant } = await readApplication(store.db, store, caseNo);
      const { account: given, expectedSeq: seq } = request.body;
      const errors = aboutAccount(given, applicant.name);
      if (errors.length > 0) throw invalid(errors);
      const asked = { caseNo, account: given, expectedSeq: seq };
      const step = { ...standingFor(callerOf(request).sub, role, may), stillMay };
      return labelled(done(await correctAccount(store, claimOf(request), actor, asked, step)));
    },
  );
}
