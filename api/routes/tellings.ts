import { z } from 'zod';
import { carrierLabels, type Way, ways } from '../../domain/case/tellings.ts';
import { tellingRow } from '../../domain/case/telling-texts.ts';
import { commandCase } from '../../store/case.ts';
import { takeDocuments } from '../../store/document.ts';
import type { AttemptOnRecord } from '../../store/telling.ts';
import { readTellings, type TellingOnRecord } from '../../store/telling-view.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { requireDocuments } from '../documents.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, documentId, expectedSeq, remark } from '../input.ts';
import { caseAnswerView, commandProblems, done, labelled, readProblems } from '../view.ts';

const attempt = z.object({
  carrier: z.string(),
  label: z.string(),
  messageId: z.string(),
  text: z.string().describe('word by word as it was sent'),
  status: z.enum(['under-way', 'delivered', 'failed']),
  at: z.string().nullable().describe("the carrier's own instant"),
  proof: z.string().nullable().describe('what the carrier answered'),
});
const telling = z
  .object({
    n: z.int(),
    about: z.string(),
    label: z.string(),
    clause: z.string(),
    since: z.string(),
    state: z.enum(['open', 'told', 'undelivered']),
    toldAt: z.string().nullable(),
    byPerson: z
      .object({ by: z.string().nullable(), on: z.string(), way: z.string(), label: z.string(), documentId: z.string() })
      .nullable(),
    attempts: z.array(attempt),
  })
  .meta({ id: 'Telling' });

const wayNames = Object.keys(ways) as [Way, ...Way[]];
const delivery = z
  .strictObject({
    n: z.int().min(1).describe('which telling of the case'),
    on: civilDate.describe('the day on which the applicant was told'),
    way: z.enum(wayNames),
    documentId: documentId.describe('the signed receipt, or a note of the call or visit'),
    note: remark(2_000),
    expectedSeq,
  })
  .meta({ id: 'ToldByPerson' });

/** What applicants are told, with proof of delivery (N3.1e), and what a person does when no carrier reached them. */
export function tellingRoutes(app: App, services: Services): void {
  const { store } = services;

  app.get(
    '/v1/cases/:caseNo/tellings',
    {
      config: { may: 'see-tellings' },
      schema: {
        summary: '告知记录 · What the applicant was told, how, and with what proof (N3.1e)',
        params: z.object({ caseNo: z.string() }),
        response: { 200: z.object({ items: z.array(telling), next: z.null() }), ...readProblems },
      },
    },
    async (request) => {
      const { caseNo, role } = await accessCase(services, request, 'see-tellings', request.params.caseNo);
      const found = await readTellings(store, caseNo);
      return { items: found.map((one) => tellingView(one, role !== 'applicant')), next: null };
    },
  );

  app.post(
    '/v1/cases/:caseNo/telling',
    {
      config: { may: 'tell-applicant' },
      schema: {
        summary: '人工告知 · Told by a person, with day and document (N3.1e)',
        params: z.object({ caseNo: z.string() }),
        body: delivery,
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const access = await accessCase(services, request, 'tell-applicant', request.params.caseNo);
      const { caseNo, actor, stillMay } = access;
      const { n, on, way, documentId: paper, note, expectedSeq: seq } = request.body;
      await requireDocuments(store, caller, caseNo, [{ path: 'documentId', documentId: paper }]);
      const asked = {
        caseNo,
        command: { type: 'tell-in-person', n, by: caller.sub, on, way, documentId: paper },
        ...(note ? { text: { note } } : {}),
        expectedSeq: seq,
      } as const;
      const outcome = await commandCase(store, claimOf(request), actor, asked, {
        stillMay,
        alongside: (tx, { now }) => takeDocuments(tx, store, { caseNo, uploader: caller.callerKey, at: now }, [paper]),
      });
      return labelled(done(outcome));
    },
  );
}

/** The applicant reads what was sent to her; who of the staff told her stays with the staff. */
function tellingView(
  { about, byPerson, attempts, ...one }: TellingOnRecord,
  isStaff: boolean,
): z.input<typeof telling> {
  const { label, clause } = tellingRow(about);
  const person = byPerson && {
    ...byPerson,
    by: isStaff ? byPerson.by : null,
    label: ways[byPerson.way],
  };
  return { ...one, about, label, clause, byPerson: person, attempts: attempts.map(attemptView) };
}

const attemptView = ({ messageId, sent, settled }: AttemptOnRecord): z.input<typeof attempt> => ({
  carrier: sent.carrier,
  label: carrierLabels[sent.carrier],
  messageId,
  text: sent.text,
  status: settled?.status ?? 'under-way',
  at: settled?.at ?? null,
  proof: settled?.answer ?? null,
});
