import type { FastifyRequest } from 'fastify';
import type { CaseText } from '../domain/case/events.ts';
import type { DocumentId, Sub } from '../domain/ids.ts';
import { type RecoveryCommand, recoveryRefusals } from '../domain/recovery/decide.ts';
import type { Action } from '../domain/rights.ts';
import { commandRecovery } from '../store/recovery.ts';
import { accessCase, callerOf } from './access.ts';
import type { Services } from './app.ts';
import { staffOf } from './auth.ts';
import { namedDocuments, requireDocuments } from './documents.ts';
import { claimOf } from './idempotency.ts';
import { recovery, recoveryView } from './recovery-view.ts';
import { commandProblems, done } from './view.ts';

/** What is asked of a recovery, with its words and its paper. */
interface Asked {
  readonly command: (by: Sub) => RecoveryCommand;
  readonly text?: CaseText;
  readonly documentId?: DocumentId | undefined;
}
type Request = FastifyRequest<{ Params: { caseNo: string }; Body: { expectedSeq?: number | undefined } }>;

/** One command on the recovery; its words are sealed beside the event, its paper becomes the case's. */
export async function commandOnRecovery(
  services: Services,
  request: Request,
  action: Action,
  { command, text, documentId }: Asked,
) {
  const { store } = services;
  const { caseNo, role, stillMay } = await accessCase(services, request, action, request.params.caseNo);
  const caller = callerOf(request);
  const actor = staffOf(caller, role);
  const named = namedDocuments({ documentId });
  await requireDocuments(store, caller, caseNo, named);
  const documents = { uploader: caller.callerKey, ids: named.map((one) => one.documentId) };
  const { expectedSeq } = request.body;
  const beside = { ...(text ? { text } : {}), documents, expectedSeq, stillMay };
  const outcome = await commandRecovery(store, claimOf(request), actor, caseNo, command(actor.sub), beside);
  return recoveryView(request, done(outcome, recoveryRefusals));
}

export const why = (text: string): CaseText => ({ reasons: [{ clause: 'N3.4b', text }] });
export const recoveryAnswers = { 200: recovery, ...commandProblems };
