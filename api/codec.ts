import { createHash } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import Fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RequestLimits } from '../config/settings.ts';
import { payloadCodec } from '../crypto/payload-codec.ts';
import { type CaseNo, isCaseNo } from '../domain/ids.ts';
import { roleInUnit } from '../domain/rights.ts';
import { PROVINCE } from '../domain/reference/org-units.ts';
import { bearer, recogniser, recordRefusal } from './admission.ts';
import { traceOf } from './access.ts';
import type { App, Services } from './app.ts';
import type { Caller } from './auth.ts';
import { page, signInForm } from './codec-page.ts';
import { openLimits } from './limits.ts';
import { problemOf } from './problem-of.ts';
import { Problem, sendProblem } from './problems.ts';

export interface CodecOptions {
  /** The only origin whose pages may ask: Temporal's UI. */
  readonly uiOrigin: string;
  readonly namespace: string;
  /** A page where a token is pasted: development's UI has no sign-in of its own whose token it could pass on. */
  readonly offersSignIn: boolean;
}

const largestBody = 8 * 1024 * 1024;
const cookieName = 'codec-token';

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
/** As Temporal's UI and CLI send payloads: proto3's JSON. */
const payloadList = z.object({
  payloads: z
    .array(
      z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.default(() => Buffer.alloc(0)) }),
    )
    .max(2_000),
});

/**
 * Decodes payloads for Temporal's UI: for supervisors and auditors of the province, asked from one origin, each time on
 * record. It only decodes.
 * @param requestLimits null: nobody is counted
 */
export async function buildCodecServer(
  services: Pick<Services, 'store' | 'authenticate' | 'accessLog' | 'clock'>,
  { uiOrigin, namespace, offersSignIn }: CodecOptions,
  logger: FastifyBaseLogger,
  requestLimits: RequestLimits | null = null,
): Promise<App> {
  const { store, accessLog } = services;
  const codec = payloadCodec(store.vault.payloadRing);
  const recognised = recogniser(services);
  const app: App = Fastify({
    loggerInstance: logger,
    bodyLimit: largestBody,
    trustProxy: 'loopback', // as the API's: what is in front of it says who asks
    exposeHeadRoutes: false,
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, new Problem('bad-request')),
  }).withTypeProvider<ZodTypeProvider>();
  const isForeign = ({ headers: { origin } }: FastifyRequest): boolean => origin !== undefined && origin !== uiOrigin;
  const limits = await openLimits(app, requestLimits);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', null);
  app.decorateRequest('idempotencyKey', '');
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error, request);
    if (problem.status === 401 || isForeign(request)) await limits.failed(request);
    await recordRefusal(services, request, problem);
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));

  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    void reply.headers({
      vary: 'Origin',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      // With `no-referrer` a browser calls the origin of the sign-in's own form `null`.
      'referrer-policy': 'same-origin',
    });
    if (origin === uiOrigin)
      void reply.headers({
        'access-control-allow-origin': uiOrigin,
        'access-control-allow-credentials': 'true',
      });
    done();
  });
  // Who was refused too often is not listened to, and fills no log.
  app.addHook('onRequest', limits.suspect);

  app.options('/decode', { config: { may: 'anyone' } }, (request, reply) => {
    // A browser on another page asks this and, told no, nothing more: here is where that page is on record.
    if (isForeign(request)) throw new Problem('forbidden');
    return reply
      .headers({
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization, content-type, x-namespace',
        'access-control-max-age': '600',
      })
      .code(204)
      .send();
  });

  app.post('/decode', { config: { may: 'decode-payloads' } }, async (request) => {
    const { 'x-namespace': asked } = request.headers;
    if (isForeign(request)) throw new Problem('forbidden');
    const caller = await recognised(request, tokenOf(request, uiOrigin));
    const role = roleOf(caller);
    if (asked !== undefined && asked !== namespace) throw new Problem('not-found');
    const parsed = payloadList.safeParse(request.body);
    if (!parsed.success) throw new Problem('bad-request');
    const { payloads } = parsed.data;
    const decoded = await opened(codec, payloads);
    await accessLog.record({
      kind: 'decode',
      ...traceOf(request),
      role,
      caseNo: null,
      decoded: { payloads: payloads.length, digest: digestOf(payloads), cases: casesIn(decoded) },
    });
    return { payloads: decoded.map(asJson) };
  });

  if (offersSignIn) withSignIn(app, uiOrigin, recognised);
  return app;
}

/** @throws Problem `bad-request` where one was not sealed by this system, or is broken */
async function opened(codec: PayloadCodec, payloads: Payload[]): Promise<Payload[]> {
  try {
    return await codec.decode(payloads);
  } catch {
    throw new Problem('bad-request', { detail: '载荷不是本系统加密的，或已损坏。' });
  }
}

/** @throws Problem `forbidden` */
function roleOf(caller: Caller) {
  const role = roleInUnit(caller, 'decode-payloads', PROVINCE);
  if (!role) throw new Problem('forbidden');
  return role;
}

/** The bearer token; or the cookie of the sign-in page, which counts only where the UI's own page asks. */
function tokenOf(request: FastifyRequest, uiOrigin: string): string {
  const { authorization, cookie = '', origin } = request.headers;
  const [, kept] = new RegExp(`(?:^|; )${cookieName}=([\\w.-]+)`).exec(cookie) ?? [];
  return authorization === undefined && kept !== undefined && origin === uiOrigin ? kept : bearer(request);
}

function withSignIn(app: App, uiOrigin: string, recognised: ReturnType<typeof recogniser>): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 16 * 1024 },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  app.get('/', { config: { may: 'anyone' } }, (_request, reply) => reply.type('text/html').send(signInForm));
  app.post('/sign-in', { config: { may: 'decode-payloads' } }, async (request, reply) => {
    const { origin, host } = request.headers;
    if (origin !== `http://${host ?? ''}`) throw new Problem('forbidden');
    const form = z
      .object({
        token: z
          .string()
          .trim()
          .regex(/^[\w.-]+$/),
      })
      .safeParse(request.body);
    if (!form.success) throw new Problem('unauthenticated');
    roleOf(await recognised(request, form.data.token));
    return reply
      .header('set-cookie', `${cookieName}=${form.data.token}; HttpOnly; SameSite=Strict; Path=/decode`)
      .type('text/html')
      .send(page('已登录 · Signed in', `<p>现在可以回到 <a href="${uiOrigin}">Temporal</a> 查看。</p>`));
  });
}

const digestOf = (payloads: readonly Payload[]): string => {
  const hash = createHash('sha256');
  for (const { data } of payloads) hash.update(data ?? '').update('\n');
  return hash.digest('hex');
};

const casesNamed = 50;

/** The cases that decoded payloads name, each once: ids, no personal data. */
function casesIn(payloads: readonly Payload[]): readonly CaseNo[] {
  const text = payloads.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
  return [...new Set(text.match(/\d{6}-\d{4}-\d{7}/g))].filter(isCaseNo).slice(0, casesNamed);
}

const asJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});
