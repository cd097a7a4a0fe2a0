import { z } from 'zod';
import { annex1Pdf } from '../../console/annex-1.ts';
import { receiptPdf } from '../../console/receipt.ts';
import { type Annex1, commitmentText } from '../../domain/annex-1.ts';
import { documentLabels, missingDocuments } from '../../domain/document.ts';
import { maskedApplication } from '../../domain/masking.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { seesFullData } from '../../domain/rights.ts';
import { readAnnex1 } from '../../store/annex-1.ts';
import { businessNow } from '../../store/clock.ts';
import { caseDocuments } from '../../store/document.ts';
import { readOffice } from '../../store/office.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { annex1View, receiptView } from '../paper-schemas.ts';
import { jsonOr, sendFile, wanted } from '../representation.ts';
import { readProblems } from '../view.ts';

const caseParams = z.object({ caseNo: z.string() });

/** Papers of a case: Annex 1 filled in, and the applicant's receipt. JSON, and PDF by `Accept`. */
export function paperRoutes(app: App, services: Services): void {
  const { store } = services;

  app.get(
    '/v1/cases/:caseNo/annex-1',
    {
      config: { may: 'see-annex-1' },
      schema: {
        summary: '附件1 申请表 · Annex 1, filled in; with the agency’s opinion once two people decided',
        params: caseParams,
        response: { 200: jsonOr(annex1View, 'pdf'), ...readProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { caseNo, org, role } = await accessCase(services, request, 'see-annex-1', request.params.caseNo);
      const { state, application, confirmedAt, opinion, signers } = await readAnnex1(store, caseNo);
      const shown = seesFullData(caller, role, org) ? application : maskedApplication(application);
      const form: Annex1 = {
        ...shown,
        caseNo,
        org: state.org,
        receivedAt: state.filedAt,
        confirmedAt,
        opinion,
        // Who of the staff signed is not the applicant's to know; the agency's seal and stamps are on the paper.
        signers: role === 'applicant' ? null : signers,
      };
      if (wanted(request, 'pdf') === 'json')
        return {
          ...form,
          firstClaim: form.priorClaims.length === 0,
          commitment: { ...form.commitment, text: commitmentText },
        };
      const { bytes } = await annex1Pdf(form, await businessNow(store.db));
      return sendFile(reply, 'pdf', `annex-1-${caseNo}`, bytes);
    },
  );

  app.get(
    '/v1/cases/:caseNo/receipt',
    {
      config: { may: 'see-receipt' },
      schema: {
        summary: '受理回执 · Receipt for the applicant: case number, and until when the review is due (N3.1)',
        params: caseParams,
        response: { 200: jsonOr(receiptView, 'pdf'), ...readProblems },
      },
    },
    async (request, reply) => {
      const { caseNo } = await accessCase(services, request, 'see-receipt', request.params.caseNo);
      const { state, application } = await readAnnex1(store, caseNo);
      const papers = await caseDocuments(store.db, caseNo);
      const missing = missingDocuments(application, papers);
      const receipt: Receipt = {
        caseNo,
        org: state.org,
        office: await readOffice(store.db, state.org),
        name: application.applicant.name,
        channel: state.channel,
        certificate: { occupation: application.certificate.occupation, level: application.certificate.level },
        receivedAt: state.filedAt,
        reviewDueOn: state.deadlines.findLast(({ kind }) => kind === 'review')?.dueOn ?? null,
        missingDocuments: missing.map((kind) => ({ kind, label: documentLabels[kind] })),
      };
      if (wanted(request, 'pdf') === 'json') return receipt;
      const { bytes } = await receiptPdf(receipt, await businessNow(store.db));
      return sendFile(reply, 'pdf', `receipt-${caseNo}`, bytes);
    },
  );
}
