import { z } from 'zod';
import { reconsiderationSources } from '../../domain/case/events-reconsideration.ts';
import { awaitLookUps } from '../../store/await-look-ups.ts';
import { accessCase } from '../access.ts';
import type { App, Services } from '../app.ts';
import { caseParams, commandOnCase } from '../case-command.ts';
import { namedDocuments } from '../documents.ts';
import { documentId, expectedSeq, prose, remark, saidWithTheRest } from '../input.ts';
import { caseAnswerView, commandProblems } from '../view.ts';

const asking = z
  .preprocess(
    (body) => body ?? {},
    z.strictObject({
      reason: remark(5_000),
      documents: z.array(documentId).max(50).default([]),
      expectedSeq,
    }),
  )
  .meta({ id: 'Reconsideration' });

const decision = z
  .strictObject({
    decision: z.enum(['uphold', 'overturn']),
    reason: prose(5_000),
    source: z.enum(reconsiderationSources).default('hrss-review'),
    documentId: documentId.optional(),
    expectedSeq,
  })
  .refine(
    ({ source, documentId: id }) =>
      (source !== 'court' && source !== 'administrative-reconsideration') || id !== undefined,
    { path: ['documentId'], message: '须附决定书或裁判文书。', ...saidWithTheRest },
  )
  .meta({ id: 'ReconsiderationDecision' });

/** A refusal looked at again: 复核 by HRSS, 复查 by the agency, and what comes from outside (N3.1f, N6.1). */
export function reconsiderationRoutes(app: App, services: Services): void {
  app.post(
    '/v1/cases/:caseNo/reconsideration',
    {
      config: { may: 'ask-reconsideration' },
      schema: {
        summary: '申请复核 · The applicant objects to a refusal (N3.1f)',
        params: caseParams,
        body: asking,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { reason, documents, expectedSeq: seq } = request.body;
      return commandOnCase(services, request, 'ask-reconsideration', () => ({ type: 'ask-reconsideration' }), {
        text: reason ? { note: reason } : {},
        expectedSeq: seq,
        documents: documents.map((id, at) => ({ path: `documents.${at}`, documentId: id })),
      });
    },
  );

  app.post(
    '/v1/cases/:caseNo/reconsideration/decision',
    {
      config: { may: 'decide-reconsideration' },
      schema: {
        summary: '复核决定 · HRSS decides, or enters what came from outside (N3.1f)',
        description:
          'By somebody who had no part in the refusal, on fresh look-ups. `administrative-reconsideration` and `court` ' +
          'are entered with their document, also when nothing was asked here. Overturned: on to publicity.',
        params: caseParams,
        body: decision,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const { decision: outcome, reason, source, documentId: paper, expectedSeq: seq } = request.body;
      const { caseNo } = await accessCase(services, request, 'decide-reconsideration', request.params.caseNo);
      if (source === 'hrss-review' || source === 'agency-recheck') await awaitLookUps(services.store, caseNo);
      return commandOnCase(
        services,
        request,
        'decide-reconsideration',
        ({ by }) => ({ type: 'decide-reconsideration', by, decision: outcome, source, documentId: paper ?? null }),
        {
          text: { reasons: [{ clause: 'N3.1f', text: reason }] },
          expectedSeq: seq,
          documents: namedDocuments({ documentId: paper }),
        },
      );
    },
  );
}
