import { z } from 'zod';
import type { Application } from '../../domain/application.ts';
import { stateLabels } from '../../domain/case/procedure.ts';
import { documentKinds } from '../../domain/document.ts';
import { rolesFor } from '../../domain/rights.ts';
import { businessNow } from '../../store/clock.ts';
import { fileApplication } from '../../store/filing.ts';
import { fileAsBatch } from '../../store/intake-filing.ts';
import { callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { applicationForm } from '../application-form.ts';
import { actorOf, type Caller } from '../auth.ts';
import { documentProblems, referencesIn } from '../documents.ts';
import { formProblems } from '../form-rules.ts';
import { claimOf } from '../idempotency.ts';
import { firstOfEach } from '../input.ts';
import { type FieldError, invalid, InvalidInput, Problem } from '../problems.ts';
import { commandProblems, deadlineView, done, stateView } from '../view.ts';
import { dateOf } from '../../domain/time.ts';

const filed = z
  .object({
    caseNo: z.string(),
    seq: z.int(),
    state: stateView,
    stateLabel: z.string(),
    receivedAt: z.string(),
    batchId: z.string().optional().describe('an employer’s: the batch of one that HRSS accepts (N2.5)'),
    deadlines: z.array(deadlineView).readonly(),
    missingDocuments: z.array(z.enum(documentKinds)).readonly(),
  })
  .meta({ id: 'Filed' });

export function applicationRoutes(app: App, { store }: Services): void {
  app.post(
    '/v1/applications',
    {
      config: { may: 'file-application' },
      // What is wrong with single fields is told together with what is wrong with them together.
      attachValidation: true,
      schema: {
        summary: '申报 · File an application (N2)',
        description:
          '409 `already-claimed` (`ask-applicant` to employers): N4.3. An employer’s goes to HRSS first (N2.5). 403 `not-yourself`: an applicant files for herself.',
        body: applicationForm,
        response: { 201: filed, ...commandProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const [role = 'applicant'] = rolesFor(caller, 'file-application');
      // Whose employees she may file for is the sign-in's word (N2.5).
      if (role === 'employer' && caller.creditCode === null) throw new Problem('forbidden');
      const today = dateOf(await businessNow(store.db));
      const errors = [
        ...fieldErrorsOf(request.validationError),
        ...formProblems(request.body, { role, org: caller.org, creditCode: caller.creditCode, today }),
        ...(await documentProblems(store, caller, null, referencesIn(request.body))),
      ];
      if (errors.length > 0) throw invalid(firstOfEach(errors));
      const application: Application = request.body;
      if (role === 'applicant' && !isSamePerson(caller, application)) throw new Problem('not-yourself');
      const filer = { actor: actorOf(caller, role), uploader: caller.callerKey };
      if (role !== 'employer') {
        const answer = done(await fileApplication(store, claimOf(request), filer, application));
        return reply.code(201).send({ ...answer, stateLabel: stateLabels[answer.state] });
      }
      // An employer sees no originals for the agency, and learns nothing of an employee's earlier claims (N2.5).
      const outcome = await fileAsBatch(store, claimOf(request), filer, { ...application, originalsSeen: [] });
      if ('refused' in outcome) throw new Problem('ask-applicant');
      return reply.code(201).send({ ...outcome.done, stateLabel: stateLabels[outcome.done.state] });
    },
  );
}

function fieldErrorsOf(error: Error | undefined): readonly FieldError[] {
  if (error === undefined) return [];
  if (error instanceof InvalidInput) return error.errors;
  throw error;
}

const isSamePerson = ({ name, idNumber }: Caller, { applicant }: Application): boolean =>
  name === applicant.name && idNumber === applicant.idNumber;
