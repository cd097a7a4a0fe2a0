import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { style, stylePath } from '../console/layout.ts';
import { messagePage } from '../console/objection.ts';
import { reportPathOf } from '../console/report-page.ts';
import type { App } from './app.ts';
import { problemOf } from './problem-of.ts';

/** Nothing but the one style sheet is fetched, nothing runs, forms go nowhere else, nobody frames it. */
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Answers with a page: what it shows is gone tomorrow, so nobody may keep it or find it by a search engine. */
export const sendPage = (reply: FastifyReply, html: string, status = 200): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex, nofollow')
    .send(html);

/** What went wrong, as a page: people who read pages are never shown anything else. */
export function answerWithPage(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { slug, status, title } = problemOf(error, request);
  if (slug === 'window-over') {
    const { noticeId = '', entryId } = entryOf.catch({}).parse(request.params);
    const more = { href: reportPathOf(noticeId, entryId), label: '举报' };
    return sendPage(reply, messagePage('公示期已满', '公示期已满，不再受理异议；可以随时举报。', more), status);
  }
  return slug === 'not-found' ? absentPage(reply) : sendPage(reply, messagePage(title, '请返回后重试。'), status);
}

/** Whether people ask, not programs: an address that somebody mistyped is answered with a page as well. */
export const isPage = ({ method, url }: FastifyRequest): boolean =>
  method === 'GET' && url.startsWith('/public/') && !url.startsWith('/public/v1/');

export const absentPage = (reply: FastifyReply): FastifyReply =>
  sendPage(reply, messagePage('没有找到', '没有这个页面，或者它已经撤下。'), 404);

const entryOf = z.object({ noticeId: z.string().optional(), entryId: z.string().optional() });

/** Every route of a page: open to all, and none of the API's own that its description tells of. */
export const pageRoute = { config: { may: 'anyone' }, schema: { hide: true } } as const;

/** What all pages need beside themselves. */
export function pageAssets(app: App): void {
  app.get(stylePath, pageRoute, (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(style),
  );

  app.get('/robots.txt', pageRoute, (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('User-agent: *\nDisallow: /\n'),
  );
}
