import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor, Role } from '../domain/actor.ts';
import { allowedNow } from '../domain/case/allowed.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { CaseText } from '../domain/case/events.ts';
import { visibleState } from '../domain/case/state.ts';
import type { DocumentReference } from '../domain/document.ts';
import type { CaseNo, Sub } from '../domain/ids.ts';
import type { Action } from '../domain/rights.ts';
import { type CaseStep, commandCase } from '../store/case.ts';
import { takeDocuments } from '../store/document.ts';
import { accessCase, callerOf } from './access.ts';
import type { Services } from './app.ts';
import { documentProblems } from './documents.ts';
import { claimOf } from './idempotency.ts';
import { firstOfEach } from './input.ts';
import { type FieldError, invalid } from './problems.ts';
import { done, labelled } from './view.ts';

export const caseParams = z.object({ caseNo: z.string() });

/** What comes beside a command: words, the seq decided on, documents by their path in the form. */
export interface Beside {
  readonly text: CaseText;
  readonly expectedSeq: number | undefined;
  readonly documents?: readonly DocumentReference[];
  /** What else is wrong with the form, told together with documents that can't be used. */
  readonly problems?: (caseNo: CaseNo) => Promise<readonly FieldError[]>;
  readonly alongside?: CaseStep['alongside'];
  readonly file?: CaseStep['file'];
}

/** Who gives the command, for those that name a person. */
export interface Giver {
  readonly by: Sub;
  readonly actor: Actor;
}

/** The staff learn from a refusal where the case is and what they may do now; an applicant reads her own case. */
export const standingFor = (sub: Sub, role: Role, may: (action: Action) => boolean): Pick<CaseStep, 'standing'> =>
  role === 'applicant'
    ? {}
    : { standing: (state) => ({ state: visibleState(state), allowed: allowedNow(state, sub, may) }) };

/** One command on the case of a request: rights, documents, the command's transaction, its answer. */
export async function commandOnCase(
  services: Services,
  request: FastifyRequest<{ Params: z.infer<typeof caseParams> }>,
  action: Action,
  ask: (giver: Giver) => CaseCommand,
  { text, expectedSeq, documents = [], problems, alongside, file }: Beside,
) {
  const { store } = services;
  const caller = callerOf(request);
  const { caseNo, actor, role, may, stillMay } = await accessCase(services, request, action, request.params.caseNo);
  const wrong = [...((await problems?.(caseNo)) ?? []), ...(await documentProblems(store, caller, caseNo, documents))];
  if (wrong.length > 0) throw invalid(firstOfEach(wrong));
  const asked = { caseNo, command: ask({ by: caller.sub, actor }), text, expectedSeq };
  const outcome = await commandCase(store, claimOf(request), actor, asked, {
    ...(file ? { file } : {}),
    ...standingFor(caller.sub, role, may),
    stillMay,
    alongside: async (tx, facts, locked, events) => {
      const taking = { caseNo, uploader: caller.callerKey, at: facts.now };
      await takeDocuments(
        tx,
        store,
        taking,
        documents.map(({ documentId }) => documentId),
      );
      await alongside?.(tx, facts, locked, events);
    },
  });
  return labelled(done(outcome));
}
