import { z } from 'zod';
import { type EntryId, isRoundId } from '../../domain/ids.ts';
import type { RoundState } from '../../domain/round/round.ts';
import { dateOf, type Instant } from '../../domain/time.ts';
import { NotFound } from '../../store/case.ts';
import { businessNow } from '../../store/clock.ts';
import { noticeEntries } from '../../store/notice.ts';
import { type About, caseOfEntry, readReceipt, receiveObjection } from '../../store/objection.ts';
import { listNotices, readRound } from '../../store/round-view.ts';
import type { Store } from '../../store/store.ts';
import type { App, Services } from '../app.ts';
import { complaintForm, objectionBody, readComplaint } from '../complaint-form.ts';
import { claimOf } from '../idempotency.ts';
import { page, pageQuery } from '../input.ts';
import { invalid } from '../problems.ts';
import { rateLimited, rates } from '../rates.ts';
import { uploadWithinMs, withUploads } from '../upload.ts';
import { cursorOf, cursorPart, done, positionOf, problems, publicProblems } from '../view.ts';

const noticeParams = z.object({ noticeId: z.string() });
const noticeHead = { noticeId: z.string(), org: z.string(), publishedOn: z.string(), endsAt: z.string() };
const entry = z.object({
  entryId: z.string(),
  name: z.string(),
  idNumber: z.string().describe('first and last character only'),
  employer: z.string(),
  certificate: z.object({
    kind: z.string(),
    occupation: z.string(),
    level: z.int(),
    number: z.string().describe('last four characters at most'),
    issuedOn: z.string(),
  }),
  amountFen: z.int(),
});

export const receipt = z.object({ receiptNo: z.string().describe('128 random bits; the only key to the outcome') });

/** What is public: notices, objections to their entries, receipts of objections and reports (N3.2, N3.4). */
export function noticeRoutes(app: App, { store }: Services): void {
  app.get(
    '/public/v1/notices',
    {
      config: { may: 'anyone' },
      schema: {
        summary: '公示列表 · Notices, the latest first',
        querystring: z.strictObject(pageQuery),
        response: { 200: page(z.object(noticeHead)), ...problems(422, 503) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const before = positionOf(cursor, z.tuple([cursorPart.text, cursorPart.text]));
      const states = (await listNotices(store, { before, limit: limit + 1 })).filter(isPublished);
      const shown = states.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(headOf),
        next: states.length > limit && last ? cursorOf([last.publishedAt, last.roundId]) : null,
      };
    },
  );

  app.get(
    '/public/v1/notices/:noticeId',
    {
      config: { may: 'anyone' },
      schema: {
        summary: '公示 · One notice, masked; after the window its entries are gone',
        params: noticeParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: z.object({ ...noticeHead, entries: page(entry) }), ...problems(404, 422, 503) },
      },
    },
    async (request) => {
      const state = await published(store, request.params.noticeId);
      const { cursor, limit } = request.query;
      if ((await businessNow(store.db)) >= state.window.dueAt)
        return { ...headOf(state), entries: { items: [], next: null } };
      const [after] = positionOf(cursor, z.tuple([cursorPart.entry])) ?? [0];
      const rows = await noticeEntries(store.db, store, state.roundId, { after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        ...headOf(state),
        entries: { items, next: rows.length > limit && last ? cursorOf([Number(last.entryId)]) : null },
      };
    },
  );

  withUploads(app, (scope) => {
    scope.post(
      '/public/v1/notices/:noticeId/objections',
      {
        config: { may: 'anyone', ...rateLimited(rates.write) },
        handlerTimeout: uploadWithinMs,
        // JSON or a form, read as it comes in; the schema of the body is for the description only.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          summary: '提出异议 · Objection to an entry while the notice stands (N3.4a)',
          description: `${complaintForm.description} After the window 410, pointing to reports.`,
          consumes: complaintForm.consumes,
          params: noticeParams,
          body: objectionBody,
          response: { 201: receipt, ...publicProblems },
        },
      },
      async (request, reply) => {
        const { roundId } = await published(store, request.params.noticeId);
        const { read, errors } = await readComplaint(request, objectionBody);
        if (!read) throw invalid(errors);
        const { value, files, claimed } = read;
        const { entryId, text, contact = null } = value;
        const caseNo: About = (db) => caseOfEntry(db, roundId, entryId as EntryId);
        const ask = { caseNo, roundId, kind: 'objection', complaint: { text, contact }, files } as const;
        return reply.code(201).send(done(await receiveObjection(store, claimOf(request, claimed), ask)));
      },
    );
  });

  app.get(
    '/public/v1/receipts/:receiptNo',
    {
      config: { may: 'anyone', ...rateLimited(rates.look) },
      schema: {
        summary: '查询回执 · State and outcome of an objection or report',
        params: z.object({ receiptNo: z.string() }),
        response: {
          200: z.object({
            kind: z.string(),
            state: z.enum(['open', 'dismissed', 'upheld', 'closed']),
            outcome: z.enum(['dismissed', 'upheld', 'closed']).nullable().describe('null while it is open'),
            receivedAt: z.string(),
          }),
          ...problems(404, 503),
        },
      },
    },
    async (request) => {
      const found = await readReceipt(store.db, request.params.receiptNo);
      return { ...found, outcome: found.state === 'open' ? null : found.state };
    },
  );
}

export type Published = Extract<RoundState, { readonly window: unknown }>;
export const isPublished = (state: RoundState): state is Published => 'window' in state;

/** A notice that was seen on the site; anything else does not exist for the public. @throws NotFound */
export async function published(store: Store, noticeId: string): Promise<Published & { publishedAt: Instant }> {
  if (!isRoundId(noticeId)) throw new NotFound(noticeId);
  const { state } = await readRound(store, noticeId);
  if (!isPublished(state)) throw new NotFound(noticeId);
  return state;
}

const headOf = (state: Published) => ({
  noticeId: state.roundId,
  org: state.org,
  publishedOn: dateOf(state.publishedAt),
  endsAt: state.window.dueAt,
});
