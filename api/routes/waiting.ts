import { z } from 'zod';
import type { Addition } from '../../domain/application.ts';
import type { CaseText } from '../../domain/case/events.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { addToApplication, readApplication } from '../../store/application.ts';
import { account, accountNumberProblem, personName } from '../application-form.ts';
import type { App, Services } from '../app.ts';
import { caseParams, commandOnCase } from '../case-command.ts';
import { namedDocuments } from '../documents.ts';
import { documentId, expectedSeq, line, remark } from '../input.ts';
import { readAsked } from '../../store/case-view.ts';
import type { Queryable } from '../../store/database.ts';
import type { Store } from '../../store/store.ts';
import { type FieldError, invalid } from '../problems.ts';
import { caseAnswerView, commandProblems } from '../view.ts';

const proof = documentId.nullable().default(null);
const supplement = z
  .strictObject({
    documents: z.array(documentId).max(50).default([]),
    formerNames: z
      .array(z.strictObject({ name: personName, documentId: proof }))
      .max(10)
      .default([]),
    movedFrom: z
      .array(z.strictObject({ org: z.string().regex(/^\d{6}$/, '应为六位行政区划代码。'), documentId: proof }))
      .max(20)
      .default([]),
    originalsSeen: z
      .array(z.strictObject({ kind: z.enum(['certificate', 'id-card', 'proxy-id-card']) }))
      .max(10)
      .default([]),
    account: account.optional(),
    commitmentDocumentId: documentId.optional(),
    note: remark(2_000),
    expectedSeq,
  })
  .superRefine((body, context) => {
    if (!body.account) return;
    const message = accountNumberProblem(body.account.kind, body.account.number);
    if (message !== null) context.addIssue({ code: 'custom', path: ['account', 'number'], message });
  })
  .meta({ id: 'Supplement' });

const papers = z.array(documentId).max(50).default([]);
const receipt = z
  .preprocess((body) => body ?? {}, z.strictObject({ documents: papers, note: remark(2_000), expectedSeq }))
  .meta({ id: 'RegistrationReceipt' });
const inspection = z
  .strictObject({
    result: z.enum(['registered', 'rejected']),
    reason: remark(2_000),
    documents: papers,
    expectedSeq,
  })
  .superRefine(({ result, reason }, context) => {
    if (result === 'rejected' && !reason)
      context.addIssue({ code: 'custom', path: ['reason'], message: '不予备案须说明理由。' });
  })
  .meta({ id: 'CertificateRegistration' });

const confirmation = z
  .strictObject({
    documentId,
    body: line(200).describe('the issuing body'),
    note: remark(2_000),
    expectedSeq,
  })
  .meta({ id: 'CertificateConfirmation' });

/** A list without entries and a member left out bring nothing. */
const bringsNothing = (added: object): boolean =>
  Object.values(added).every((one) => one === undefined || (Array.isArray(one) && one.length === 0));

/** There is one answer only (N3.1a): an empty one would use it up, so it says what the applicant was asked for. */
async function stillAsked(tx: Queryable, store: Store, caseNo: CaseNo): Promise<readonly FieldError[]> {
  const list = (await readAsked(tx, store, caseNo, 'supplement'))?.reasons ?? [];
  const asked = list.map(({ text }, at) => `${at + 1}．${text}`).join('');
  const message = `没有填写任何补正内容。要求补正：${asked}请上传材料后填写材料编号，无材料的请在说明（note）中写明。`;
  return [{ path: 'documents', code: 'nothing-brought', message }];
}

/** What the applicant was asked for: a supplement (N3.1a), the registration of a certificate from elsewhere (N3.1d). */
export function waitingRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/v1/cases/:caseNo/supplement',
    {
      config: { may: 'supplement-case' },
      schema: {
        summary: '补正 · What was missing (N3.1a)',
        description:
          'Everything is looked at again, and the review clock goes on with the rest of its days. It is asked for once and ' +
          'answered once: what brings nothing, not even a note, is 422 and names what was asked for.',
        params: caseParams,
        body: supplement,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { note, expectedSeq: seq, ...added } = request.body;
      const documents = namedDocuments(
        Object.fromEntries([
          ...added.documents.map((id, at) => [`documents.${at}`, id] as const),
          ...added.formerNames.map((one, at) => [`formerNames.${at}.documentId`, one.documentId] as const),
          ...added.movedFrom.map((one, at) => [`movedFrom.${at}.documentId`, one.documentId] as const),
          ['commitmentDocumentId', added.commitmentDocumentId] as const,
        ]),
      );
      return commandOnCase(
        services,
        request,
        'supplement-case',
        () => ({ type: 'supplement', documents: documents.map((one) => one.documentId) }),
        {
          text: note ? { note } : {},
          expectedSeq: seq,
          documents,
          // N3.3: to the applicant's own account.
          problems: async (caseNo) => {
            const { account: given } = added;
            if (!given) return [];
            const { applicant } = await readApplication(store.db, store, caseNo);
            const message = '账户户名须为申请人本人。';
            return given.holder === applicant.name
              ? []
              : [{ path: 'account.holder', code: 'not-the-applicant', message }];
          },
          alongside: async (tx, _facts, { caseNo, head }) => {
            if (!note && bringsNothing(added)) throw invalid(await stillAsked(tx, store, caseNo));
            const addition: Addition = added;
            await addToApplication(tx, store, caseNo, head.seq, addition);
          },
        },
      );
    },
  );

  app.post(
    '/v1/cases/:caseNo/certificate-confirmation',
    {
      config: { may: 'confirm-certificate' },
      schema: {
        summary: '发证机构书面确认 · Where a register does not hold the kind (N3.1c)',
        description: '`not-covered` is not `not-found`: the issuing body’s written confirmation is then the evidence.',
        params: caseParams,
        body: confirmation,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { documentId: paper, body, note, expectedSeq: seq } = request.body;
      return commandOnCase(
        services,
        request,
        'confirm-certificate',
        ({ by }) => ({ type: 'confirm-certificate', by, documentId: paper }),
        {
          text: { reasons: [{ clause: 'N3.1c', text: body }], ...(note ? { note } : {}) },
          expectedSeq: seq,
          documents: namedDocuments({ documentId: paper }),
        },
      );
    },
  );

  app.post(
    '/v1/cases/:caseNo/certificate-registration/receipt',
    {
      config: { may: 'register-certificate' },
      schema: {
        summary: '收到备案材料 · The certificate is with HRSS (N3.1d)',
        description: 'HRSS has its own days from then on; the case can no longer lapse.',
        params: caseParams,
        body: receipt,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { documents, note, expectedSeq: seq } = request.body;
      return commandOnCase(
        services,
        request,
        'register-certificate',
        ({ by }) => ({ type: 'receive-registration', by }),
        {
          text: note ? { note } : {},
          expectedSeq: seq,
          documents: documents.map((id, at) => ({ path: `documents.${at}`, documentId: id })),
        },
      );
    },
  );

  app.post(
    '/v1/cases/:caseNo/certificate-registration',
    {
      config: { may: 'register-certificate' },
      schema: {
        summary: '查验备案 · A certificate from elsewhere, inspected by HRSS (N3.1d)',
        description:
          'Registered: it is entered in the provincial register, and the review clock resumes on the working day after. ' +
          'Rejected: to the handler, with the reason.',
        params: caseParams,
        body: inspection,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    (request) => {
      const { result, reason, documents, expectedSeq: seq } = request.body;
      const text: CaseText = reason ? { reasons: [{ clause: 'N3.1d', text: reason }] } : {};
      return commandOnCase(
        services,
        request,
        'register-certificate',
        ({ by }) => ({ type: 'inspect-registration', by, result }),
        {
          text,
          expectedSeq: seq,
          documents: documents.map((id, at) => ({ path: `documents.${at}`, documentId: id })),
        },
      );
    },
  );
}
