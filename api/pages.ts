import type { FastifyReply } from 'fastify';
import { style, stylePath } from '../console/layout.ts';
import type { App } from './app.ts';

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
