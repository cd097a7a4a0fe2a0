import { z } from 'zod';
import { noticeListPage } from '../../console/notice-list.ts';
import { dateOf } from '../../domain/policy/dates.ts';
import { orgUnit } from '../../domain/reference/org-units.ts';
import { businessNow } from '../../store/clock.ts';
import { listNotices } from '../../store/round.ts';
import type { App, Services } from '../app.ts';
import { pageRoute, sendPage } from '../pages.ts';
import { cursorOf, positionOf } from '../view.ts';
import { isPublished } from './notices.ts';

const listed = 20;

/** The public notice as people read it: works without script, on a phone and on paper (N3.2). */
export function noticePageRoutes(app: App, { store }: Services): void {
  app.get(
    '/public/notices',
    { ...pageRoute, schema: { ...pageRoute.schema, querystring: z.object({ from: z.string().max(500).optional() }) } },
    async (request, reply) => {
      const before = positionOf(request.query.from, z.tuple([z.string(), z.string()]));
      const now = await businessNow(store.db);
      const states = (await listNotices(store, { before, limit: listed + 1 })).filter(isPublished);
      const shown = states.slice(0, listed);
      const last = shown.at(-1);
      const next = states.length > listed && last ? cursorOf([last.publishedAt, last.roundId]) : null;
      const lines = shown.map(({ roundId, org, publishedAt, window }) => ({
        ...{ noticeId: roundId, orgName: orgUnit(org).name, publishedOn: dateOf(publishedAt) },
        ...{ lastDay: window.dueOn, isOver: now >= window.dueAt },
      }));
      return sendPage(reply, noticeListPage(lines, next === null ? null : `/public/notices?from=${next}`));
    },
  );
}
