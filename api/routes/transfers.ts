import { z } from 'zod';
import { orgUnit } from '../../domain/reference/org-units.ts';
import { commandCase } from '../../store/case.ts';
import { confirmTransfer } from '../../store/transfer.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { standingFor } from '../case-command.ts';
import { claimOf } from '../idempotency.ts';
import { expectedSeq, orgCode, prose } from '../input.ts';
import { invalid } from '../problems.ts';
import { caseAnswerView, commandProblems, done, labelled } from '../view.ts';

const caseParams = z.object({ caseNo: z.string() });
const reason = prose(1_000);

/** Where the insured place turned out to be another agency's (N2.1, N2.2). */
export function transferRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/v1/cases/:caseNo/transfer',
    {
      config: { may: 'transfer-case' },
      schema: {
        summary: '移交 · Ask the agency of the insured place to take the case (N2.1)',
        description: 'Nobody decides on the case until that agency has answered. An approved case is in review again.',
        params: caseParams,
        body: z.strictObject({ to: orgCode, reason, expectedSeq }).meta({ id: 'Transfer' }),
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const { to, reason: note, expectedSeq: seq } = request.body;
      const access = await accessCase(services, request, 'transfer-case', request.params.caseNo);
      const { caseNo, actor, role, may, stillMay } = access;
      if (orgUnit(to).kind === 'province')
        throw invalid([{ path: 'to', code: 'wrong-agency', message: '省级没有经办机构；省直单位请移交220099。' }]);
      const command = { type: 'ask-transfer', to, by: callerOf(request).sub } as const;
      const asked = { caseNo, command, text: { note }, expectedSeq: seq };
      const step = { ...standingFor(callerOf(request).sub, role, may), stillMay };
      return labelled(done(await commandCase(store, claimOf(request), actor, asked, step)));
    },
  );

  app.post(
    '/v1/cases/:caseNo/transfer/confirmation',
    {
      config: { may: 'confirm-transfer' },
      schema: {
        summary: '确认移交 · The receiving agency takes the case, or sends it back (N2.1)',
        description:
          'Number, filing date and entitlement stay; a new review clock starts, the fund is the new agency’s. Only the receiving agency finds the case here.',
        params: caseParams,
        body: z
          .strictObject({ accepted: z.boolean(), reason: reason.nullish(), expectedSeq })
          .superRefine(({ accepted, reason: why }, context) => {
            if (!accepted && !why) context.addIssue({ code: 'custom', path: ['reason'], message: '退回须说明原因。' });
          })
          .meta({ id: 'TransferConfirmation' }),
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const { accepted, reason: note, expectedSeq: seq } = request.body;
      const access = await accessCase(services, request, 'confirm-transfer', request.params.caseNo);
      const { caseNo, actor, role, may, stillMay } = access;
      const command = { type: 'confirm-transfer', by: callerOf(request).sub, accepted } as const;
      const asked = { caseNo, command, text: note ? { note } : {}, expectedSeq: seq };
      const step = { ...standingFor(callerOf(request).sub, role, may), stillMay };
      return labelled(done(await confirmTransfer(store, claimOf(request), actor, asked, step)));
    },
  );
}
