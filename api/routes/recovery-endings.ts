import { z } from 'zod';
import type { DocumentId, Sub } from '../../domain/ids.ts';
import type { RecoveryCommand } from '../../domain/recovery/decide.ts';
import type { Action } from '../../domain/rights.ts';
import type { App, Services } from '../app.ts';
import { caseParams } from '../case-command.ts';
import { documentId, expectedSeq, prose } from '../input.ts';
import { commandOnRecovery, recoveryAnswers, why } from '../recovery-command.ts';

const reasonedFields = { reason: prose(5_000), documentId: documentId.optional(), expectedSeq };
const reasoned = z.strictObject(reasonedFields).meta({ id: 'Reasoned' });

/** Where the money does not come back by itself (N3.4b, N6.3): given up by two people, a court, the judiciary. */
export function recoveryEndingRoutes(app: App, services: Services): void {
  const withReason: readonly {
    readonly path: string;
    readonly may: Action;
    readonly summary: string;
    readonly command: (by: Sub, documentId: DocumentId | null) => RecoveryCommand;
  }[] = [
    {
      path: 'write-off',
      may: 'propose-write-off',
      summary: '申请核销 · Proposes to give up what is still owed; another person decides',
      command: (by) => ({ type: 'propose-write-off', by }),
    },
    {
      path: 'referral',
      may: 'order-recovery',
      summary: '移送司法机关 · A suspected crime is handed over; the recovery goes on (N6.3)',
      command: (by, paper) => ({ type: 'refer-crime', by, documentId: paper }),
    },
    {
      path: 'enforcement',
      may: 'order-recovery',
      summary: '申请法院强制执行 · A court is asked to enforce the order',
      command: (by, paper) => ({ type: 'request-enforcement', by, documentId: paper }),
    },
  ];
  for (const { path, may, summary, command } of withReason) {
    app.post(
      `/v1/recoveries/:caseNo/${path}`,
      {
        config: { may },
        schema: { summary, params: caseParams, body: reasoned, response: recoveryAnswers },
      },
      (request) => {
        const { reason, documentId: paper } = request.body;
        const asked = { command: (by: Sub) => command(by, paper ?? null), text: why(reason), documentId: paper };
        return commandOnRecovery(services, request, may, asked);
      },
    );
  }

  app.post(
    '/v1/recoveries/:caseNo/write-off/decision',
    {
      config: { may: 'decide-write-off' },
      schema: {
        summary: '核销复核 · Another person gives the rest up, or declines',
        params: caseParams,
        body: z
          .strictObject({ accepted: z.boolean(), reason: prose(5_000), expectedSeq })
          .meta({ id: 'WriteOffDecision' }),
        response: recoveryAnswers,
      },
    },
    (request) => {
      const { accepted, reason } = request.body;
      return commandOnRecovery(services, request, 'decide-write-off', {
        command: (by) => ({ type: 'decide-write-off', by, accepted }),
        text: why(reason),
      });
    },
  );

  app.post(
    '/v1/recoveries/:caseNo/enforcement/outcome',
    {
      config: { may: 'order-recovery' },
      schema: {
        summary: '执行结果 · What the court could do: everything came in, or it ended without',
        params: caseParams,
        body: z
          .strictObject({ outcome: z.enum(['satisfied', 'unsuccessful']), ...reasonedFields })
          .meta({ id: 'EnforcementOutcome' }),
        response: recoveryAnswers,
      },
    },
    (request) => {
      const { outcome, reason, documentId: paper } = request.body;
      return commandOnRecovery(services, request, 'order-recovery', {
        command: (by) => ({ type: 'end-enforcement', by, outcome }),
        text: why(reason),
        documentId: paper,
      });
    },
  );
}
