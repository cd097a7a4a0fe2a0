import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import type { ObjectionId } from '../../domain/ids.ts';
import type { ObjectionKind } from '../../domain/case/events.ts';
import { mediaTypes } from '../../domain/document.ts';
import { type Action, showsPersonalData } from '../../domain/rights.ts';
import { NotFound } from '../../store/case.ts';
import { decideObjection, readObjection, readObjectionFile } from '../../store/objection.ts';
import { findUnmatched, readReportFile, readUnmatched } from '../../store/report.ts';
import { accessCase, accessUnit, callerOf, traceOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { namedDocuments, requireDocuments } from '../documents.ts';
import { claimOf } from '../idempotency.ts';
import { Problem } from '../problems.ts';
import { bytesAs } from '../representation.ts';
import { staffOf } from '../auth.ts';
import { civilDate, documentId, expectedSeq, line, prose } from '../input.ts';
import { caseAnswerView, commandProblems, done, labelled, readProblems } from '../view.ts';

const objection = z
  .object({
    objectionId: z.string(),
    caseNo: z.string().nullable().describe('null: a report whose case is still looked for'),
    kind: z.enum(['objection', 'report']),
    state: z.enum(['open', 'dismissed', 'upheld', 'closed']),
    receivedAt: z.string(),
    name: z.string().nullish().describe('who is reported, where no case is named'),
    employer: z.string().nullish(),
    noticeId: z.string().nullish(),
    text: z.string(),
    contact: z.string().nullable(),
    appraisal: z
      .object({ body: z.string(), opinion: z.enum(['genuine', 'not-genuine']), answeredAt: z.string() })
      .nullable()
      .describe('what the appraisal body answered; null until it has come'),
    files: z.array(z.object({ n: z.int(), mediaType: z.string(), bytes: z.int() })).readonly(),
  })
  .meta({ id: 'ObjectionReceived' });

const missing = (path: string, message: string) => ({
  code: 'custom' as const,
  path: [path],
  message,
  params: { code: 'required' },
});

/** N3.4a: upheld only after the applicant was heard, and with the appraisal body's word where the certificate is in question. */
const finding = z
  .strictObject({
    finding: z.enum(['upheld', 'dismissed']),
    reason: prose(5_000),
    grounds: z.enum(['certificate', 'other']),
    heard: z.strictObject({ on: civilDate, documentId: documentId.optional() }).optional(),
    appraisal: z.strictObject({ body: line(200), opinion: prose(5_000), documentId: documentId.optional() }).optional(),
    intentional: z.boolean().default(false).describe('intentional falsity bars the entitlement (N4.3)'),
    expectedSeq,
  })
  .superRefine((body, context) => {
    if (body.finding !== 'upheld') return;
    if (!body.heard) context.addIssue(missing('heard', '认定属实前须听取当事人陈述，请填写时间。'));
    if (body.grounds === 'certificate' && !body.appraisal)
      context.addIssue(missing('appraisal', '涉及证书真伪的，须有鉴定机构的核查意见。'));
  })
  .meta({ id: 'Finding' });

/** Objections during publicity and reports at any time: what HRSS reads and decides (N3.4a, N3.4b). */
export function objectionRoutes(app: App, services: Services): void {
  const { store, accessLog } = services;

  /** The objection or report, if its case is within reach. @throws NotFound */
  async function reach(request: FastifyRequest, id: string, kind: ObjectionKind, action: Action) {
    if (!z.uuid().safeParse(id).success) throw new NotFound(id);
    const found = await readObjection(store, id as ObjectionId);
    if (found.kind !== kind) throw new NotFound(id);
    const access = await accessCase(services, request, action, found.caseNo);
    return { found, access };
  }

  /** A report that has no case yet, if its unit is within reach; null for any other id. @throws NotFound */
  async function looseReport(request: FastifyRequest, id: string, action: Action) {
    if (!z.uuid().safeParse(id).success) return null;
    const loose = await findUnmatched(store.db, id);
    if (!loose || loose.state === 'matched') return null;
    const { role } = accessUnit(callerOf(request), action, loose.org);
    if (showsPersonalData(action)) await accessLog.record({ kind: 'read', ...traceOf(request), role, caseNo: null });
    const { report, state, receivedAt, files } = await readUnmatched(store, id);
    if (!report || state === 'matched') return null;
    const { text, contact, name, employer, noticeId } = report;
    return {
      ...({ objectionId: loose.reportId, caseNo: null, kind: 'report', state, receivedAt } as const),
      ...{ text, contact, name, employer, noticeId, appraisal: null, files },
    };
  }

  const kinds = [
    { kind: 'objection', url: '/v1/objections', label: '异议', english: 'objection' },
    { kind: 'report', url: '/v1/reports', label: '举报', english: 'report' },
  ] as const;
  for (const { kind, url, label, english } of kinds) {
    app.get(
      `${url}/:id`,
      {
        config: { may: 'see-objection' },
        schema: {
          summary: `${label}内容 · An ${english} as it was written`,
          params: z.object({ id: z.string() }),
          response: { 200: objection, ...readProblems },
        },
      },
      async (request) => {
        const { id } = request.params;
        const loose = kind === 'report' ? await looseReport(request, id, 'see-objection') : null;
        return loose ?? (await reach(request, id, kind, 'see-objection')).found;
      },
    );

    app.post(
      `${url}/:id/decision`,
      {
        config: { may: 'decide-objection' },
        schema: {
          summary: `${label}处理 · HRSS decides (N3.4)`,
          params: z.object({ id: z.string() }),
          body: finding,
          response: { 200: caseAnswerView, ...commandProblems },
        },
      },
      async (request) => {
        const { id } = request.params;
        if (kind === 'report' && (await looseReport(request, id, 'decide-objection')))
          throw new Problem('report-unmatched');
        const { found, access } = await reach(request, id, kind, 'decide-objection');
        const { body } = request;
        const caller = callerOf(request);
        const named = namedDocuments({
          'heard.documentId': body.heard?.documentId,
          'appraisal.documentId': body.appraisal?.documentId,
        });
        await requireDocuments(store, caller, found.caseNo, named);
        const clause = kind === 'objection' ? 'N3.4a' : 'N3.4b';
        const decision = {
          objectionId: found.objectionId,
          finding: body.finding,
          intentional: body.intentional,
          expectedSeq: body.expectedSeq,
          text: {
            reasons: [{ clause, text: body.reason }],
            ...(body.heard ? { hearing: withoutAbsent(body.heard) } : {}),
            ...(body.appraisal ? { appraisal: withoutAbsent(body.appraisal) } : {}),
          },
          documents: { uploader: caller.callerKey, ids: named.map(({ documentId }) => documentId) },
        };
        const actor = staffOf(caller, access.role);
        return labelled(done(await decideObjection(store, claimOf(request), actor, decision, access.stillMay)));
      },
    );

    app.get(
      `${url}/:id/files/:n`,
      {
        config: { may: 'see-objection' },
        schema: {
          summary: `${label}材料 · A file that came with an ${english}`,
          params: z.object({ id: z.string(), n: z.coerce.number().int().max(999) }),
          response: { 200: bytesAs(...mediaTypes), ...readProblems },
        },
      },
      async (request, reply) => {
        const { id, n } = request.params;
        const loose = kind === 'report' ? await looseReport(request, id, 'see-objection') : null;
        const { mediaType, content } = loose
          ? await readReportFile(store, id, n)
          : await readObjectionFile(store, (await reach(request, id, kind, 'see-objection')).found, n);
        return reply
          .type(mediaType)
          .header('cache-control', 'no-store')
          .header('content-disposition', 'attachment')
          .send(content);
      },
    );
  }
}

/** exactOptionalPropertyTypes: what was left out is left out. */
function withoutAbsent<T extends { documentId?: string | undefined }>({ documentId: id, ...rest }: T) {
  return id === undefined ? rest : { ...rest, documentId: id };
}
