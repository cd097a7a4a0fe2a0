import { z } from 'zod';
import type { CaseNo } from '../../domain/ids.ts';
import { isCaseNo } from '../../domain/ids.ts';
import { addToApplication } from '../../store/application.ts';
import { isSameClaim } from '../../store/entitlement.ts';
import { revokeCertificate } from '../../store/revocation.ts';
import { account, accountNumberProblem } from '../application-form.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { caseParams, commandOnCase } from '../case-command.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, documentId, expectedSeq, line, prose, read } from '../input.ts';
import { refusalProblem } from '../problems.ts';
import { caseAnswerView, commandProblems, done } from '../view.ts';

const papers = z.array(documentId).max(50).default([]);
const merger = z
  .strictObject({
    into: read<CaseNo>((text) => (isCaseNo(text) ? text : null), '案件编号格式不正确。'),
    reason: prose(2_000),
    expectedSeq,
  })
  .meta({ id: 'Merger' });
const succession = z
  .strictObject({ reason: prose(2_000), documents: papers, expectedSeq })
  .meta({ id: 'Succession', description: '申请人死亡' });
const successionDecision = z
  .strictObject({
    decision: z.enum(['heirs', 'close']),
    reason: prose(5_000),
    documents: papers,
    account: account.optional().describe('the heirs’ account'),
    expectedSeq,
  })
  .superRefine(({ decision, account: to, documents }, context) => {
    if (decision === 'close') return;
    if (documents.length === 0)
      context.addIssue({ code: 'custom', path: ['documents'], message: '须附继承证明材料。' });
    if (!to) context.addIssue({ code: 'custom', path: ['account'], message: '须填写继承人的收款账户。' });
    const message = to ? accountNumberProblem(to.kind, to.number) : null;
    if (message !== null) context.addIssue({ code: 'custom', path: ['account', 'number'], message });
  })
  .meta({ id: 'SuccessionDecision' });
const revocation = z
  .strictObject({
    org: z.string(),
    certificateNumber: line(50),
    issuer: line(200),
    revokedOn: civilDate,
    reason: prose(2_000),
  })
  .meta({ id: 'Revocation' });

/** What happens in people's lives, each with a person and a reason; certificates that their issuer revokes (N6.3). */
export function lifeRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/v1/cases/:caseNo/merger',
    {
      config: { may: 'merge-case' },
      schema: {
        summary: '并案 · Filed twice by mistake: goes on in the other case (N4.3)',
        params: caseParams,
        body: merger,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { into, reason, expectedSeq: seq } = request.body;
      return commandOnCase(services, request, 'merge-case', ({ by }) => ({ type: 'merge', into, by }), {
        text: { reasons: [{ clause: 'N4.3', text: reason }] },
        expectedSeq: seq,
        alongside: async (tx, _facts, { caseNo }) => {
          if (!(await isSameClaim(tx, caseNo, into))) throw refusalProblem({ code: 'not-the-same-claim', detail: {} });
        },
      });
    },
  );

  app.post(
    '/v1/cases/:caseNo/succession',
    {
      config: { may: 'report-death' },
      schema: {
        summary: '登记申请人死亡 · The money waits for the heirs’ papers',
        params: caseParams,
        body: succession,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { reason, documents, expectedSeq: seq } = request.body;
      return commandOnCase(services, request, 'report-death', ({ by }) => ({ type: 'report-death', by }), {
        text: { reasons: [{ clause: 'N3.3', text: reason }] },
        expectedSeq: seq,
        documents: documents.map((id, at) => ({ path: `documents.${at}`, documentId: id })),
      });
    },
  );

  app.post(
    '/v1/cases/:caseNo/succession/decision',
    {
      config: { may: 'decide-succession' },
      schema: {
        summary: '继承办理 · HRSS decides on the heirs’ papers',
        params: caseParams,
        body: successionDecision,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { decision, reason, documents, account: heirs, expectedSeq: seq } = request.body;
      return commandOnCase(
        services,
        request,
        'decide-succession',
        ({ by }) => ({ type: 'decide-succession', by, decision }),
        {
          text: { reasons: [{ clause: 'N3.3', text: reason }] },
          expectedSeq: seq,
          documents: documents.map((id, at) => ({ path: `documents.${at}`, documentId: id })),
          alongside: async (tx, _facts, { caseNo, head }) => {
            if (decision === 'heirs' && heirs) await addToApplication(tx, store, caseNo, head.seq, { account: heirs });
          },
        },
      );
    },
  );

  app.post(
    '/v1/revocations',
    {
      config: { may: 'revoke-certificate' },
      schema: {
        summary: '证书撤销 · A certificate that its issuer revoked reaches its cases (N6.3)',
        description: 'Each case gets a report: before payment it holds the money (N3.4a), afterwards it is N3.4b.',
        body: revocation,
        response: { 201: z.object({ cases: z.int() }), ...commandProblems },
      },
    },
    async (request, reply) => {
      const { org, certificateNumber, issuer, revokedOn, reason } = request.body;
      const { actor } = accessUnit(callerOf(request), 'revoke-certificate', org);
      const text = `${issuer}于${revokedOn}撤销证书。${reason}`;
      const outcome = await revokeCertificate(store, claimOf(request), actor, { certificateNumber, text });
      return reply.code(201).send(done(outcome));
    },
  );
}
