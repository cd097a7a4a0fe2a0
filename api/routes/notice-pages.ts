import { z } from 'zod';
import { shownNoticePage } from '../../console/notice-page.ts';
import { noticeListPage } from '../../console/notice-list.ts';
import { objectionPage, receiptPage } from '../../console/objection.ts';
import type { EntryId } from '../../domain/ids.ts';
import type { PublicEntry } from '../../domain/notice/entry.ts';
import { dateOf } from '../../domain/time.ts';
import { NotFound } from '../../store/case.ts';
import { businessNow } from '../../store/clock.ts';
import { findEntries, noticeEntries } from '../../store/notice.ts';
import { type About, caseOfEntry, receiveObjection } from '../../store/objection.ts';
import { listNotices } from '../../store/round-view.ts';
import type { App, Services } from '../app.ts';
import { entryNo, formAgain, keyOf, objectionBody, readComplaint } from '../complaint-form.ts';
import { claimOf } from '../idempotency.ts';
import { answerWithPage, pageRoute, sendPage } from '../pages.ts';
import { Problem } from '../problems.ts';
import { rateLimited, rates } from '../rates.ts';
import { readParts, uploadWithinMs, withUploads } from '../upload.ts';
import { cursorOf, cursorPart, done, positionOf } from '../view.ts';
import { isPublished, type Published, published } from './notices.ts';

const listed = 20;
const entriesOnPage = 50;
/** Of a search: who is looked for stands among the first, or the name is too short. */
const mostFound = 100;

const noticeParams = z.object({ noticeId: z.string() });
const entryParams = noticeParams.extend({ entryId: z.string() });

/** The public notice as people read it: works without script, on a phone and on paper (N3.2, N3.4a). */
export function noticePageRoutes(app: App, { store }: Services): void {
  withUploads(app, (scope) => {
    scope.setErrorHandler(async (error, request, reply) => answerWithPage(error, request, reply));

    scope.get(
      '/public/notices',
      {
        ...pageRoute,
        schema: { ...pageRoute.schema, querystring: z.object({ from: z.string().max(500).optional() }) },
      },
      async (request, reply) => {
        const before = positionOf(request.query.from, z.tuple([cursorPart.text, cursorPart.text]));
        const now = await businessNow(store.db);
        const states = (await listNotices(store, { before, limit: listed + 1 })).filter(isPublished);
        const shown = states.slice(0, listed);
        const last = shown.at(-1);
        const next = states.length > listed && last ? cursorOf([last.publishedAt, last.roundId]) : null;
        const lines = shown.map((state) => ({ ...headOf(state), isOver: now >= state.window.dueAt }));
        return sendPage(reply, noticeListPage(lines, next === null ? null : `/public/notices?from=${next}`));
      },
    );

    scope.get(
      '/public/notices/:noticeId',
      {
        ...pageRoute,
        schema: {
          ...pageRoute.schema,
          params: noticeParams,
          querystring: z.object({ from: z.string().max(500).optional() }),
        },
      },
      async (request, reply) => {
        const state = await published(store, request.params.noticeId);
        const [after] = positionOf(request.query.from, z.tuple([cursorPart.entry])) ?? [0];
        const isOver = await over(state);
        const rows = isOver
          ? []
          : await noticeEntries(store.db, store, state.roundId, { after, limit: entriesOnPage + 1 });
        const entries = rows.slice(0, entriesOnPage);
        const last = entries.at(-1);
        const isMore = rows.length > entriesOnPage && last !== undefined;
        const next = isMore ? `/public/notices/${state.roundId}?from=${cursorOf([Number(last.entryId)])}` : null;
        return sendPage(reply, shownNoticePage({ ...headOf(state), isOver, entries, next, name: null, isCut: false }));
      },
    );

    // Not by GET: a name does not belong in an address, which browsers and proxies keep.
    scope.post(
      '/public/notices/:noticeId/search',
      {
        ...pageRoute,
        config: { ...pageRoute.config, ...rateLimited(rates.look) },
        schema: { ...pageRoute.schema, params: noticeParams },
      },
      async (request, reply) => {
        const state = await published(store, request.params.noticeId);
        const { fields } = await readParts(request, { files: 0, largest: 1 });
        const name = (fields['name'] ?? '').trim().slice(0, 50);
        const isOver = await over(state);
        const found = isOver || name === '' ? [] : await findEntries(store, state.roundId, name, mostFound + 1);
        const entries = found.slice(0, mostFound);
        const isCut = found.length > mostFound;
        return sendPage(reply, shownNoticePage({ ...headOf(state), isOver, entries, next: null, name, isCut }));
      },
    );

    const form = { ...pageRoute, schema: { ...pageRoute.schema, params: entryParams } };
    scope.get('/public/notices/:noticeId/entries/:entryId/objection', form, async (request, reply) => {
      const about = await standingEntry(request.params);
      return sendPage(reply, objectionPage({ ...about, ...formAgain({}, []) }));
    });

    scope.post(
      '/public/notices/:noticeId/entries/:entryId/objection',
      { ...form, config: { ...form.config, ...rateLimited(rates.write) }, handlerTimeout: uploadWithinMs },
      async (request, reply) => {
        const about = await standingEntry(request.params);
        const { noticeId, entryId } = about;
        const { read, errors, fields } = await readComplaint(request, objectionBody, { entryId });
        if (!read) return sendPage(reply, objectionPage({ ...about, ...formAgain(fields, errors) }), 422);
        const { value, files, claimed } = read;
        const { text, contact = null } = value;
        const caseNo: About = (db) => caseOfEntry(db, about.roundId, entryId);
        const claim = { ...claimOf(request, claimed), key: keyOf(fields, request) };
        const ask = { caseNo, roundId: about.roundId, kind: 'objection', complaint: { text, contact }, files } as const;
        const { receiptNo } = done(await receiveObjection(store, claim, ask));
        request.log.info({ noticeId }, 'an objection was received');
        return sendPage(reply, receiptPage('objection', receiptNo));
      },
    );
  });

  const over = async (state: Published): Promise<boolean> => (await businessNow(store.db)) >= state.window.dueAt;

  /** An entry that can be objected to now. @throws NotFound; Problem `window-over` */
  async function standingEntry({ noticeId, entryId }: z.infer<typeof entryParams>) {
    const state = await published(store, noticeId);
    if (!entryNo.safeParse(entryId).success) throw new NotFound(entryId);
    if (await over(state)) throw new Problem('window-over');
    const [entry] = await noticeEntries(store.db, store, state.roundId, { after: Number(entryId) - 1, limit: 1 });
    if (entry?.entryId !== entryId) throw new NotFound(entryId);
    const { org, roundId, window } = state;
    return { noticeId, org, roundId, entryId: entryId as EntryId, about: named(entry), lastDay: window.dueOn };
  }
}

const named = ({ name, employer }: PublicEntry): string => `${name}，${employer}`;

const headOf = ({ roundId, org, publishedAt, window }: Published) => ({
  noticeId: roundId,
  org,
  publishedOn: dateOf(publishedAt),
  lastDay: window.dueOn,
});
