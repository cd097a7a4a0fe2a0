import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { RequestLimits } from '../config/settings.ts';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { admission, recordRefusal } from './admission.ts';
import type { App, Services } from './app.ts';
import { describeAll, describeRoute } from './description.ts';
import { KnownRoutes } from './known-routes.ts';
import { openLimits } from './limits.ts';
import { validatorCompiler } from './input.ts';
import { absentPage, isPage } from './pages.ts';
import { problemOf } from './problem-of.ts';
import { Problem, sendProblem } from './problems.ts';
import { routes } from './routes/all.ts';
import { tellTogether } from './told-together.ts';
import { unreadAddress, unreadRequest } from './unread.ts';
import { uploadWithinMs } from './upload.ts';

const largestBody = 1024 * 1024;
const answerWithinMs = 10_000;

/** Answers show nothing of others' and are shown in nobody's frame; pages have a stricter policy of their own. */
const headers = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'img-src': ["'self'", 'data:'],
      'object-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"], // the API's description at /docs
    },
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true },
} satisfies FastifyHelmetOptions;

/** The whole API on its services; the caller listens and closes. @param requestLimits null: nobody is counted */
export async function buildServer(
  services: Services,
  logger: FastifyBaseLogger,
  requestLimits: RequestLimits | null = null,
): Promise<App> {
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: largestBody,
    handlerTimeout: answerWithinMs,
    // Whoever sends too slowly is cut off: headers in 15 s, a whole request in the time of the longest upload.
    http: { headersTimeout: 15_000 },
    requestTimeout: uploadWithinMs + answerWithinMs,
    keepAliveTimeout: 72_000,
    // The API listens on this machine only: what is in front of it says who asks.
    trustProxy: 'loopback',
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    requestIdHeader: false,
    frameworkErrors: (_error, _request, reply) => void unreadAddress(reply),
    clientErrorHandler: unreadRequest,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  // Clients that call everything JSON send no body the same way: a form with nothing filled in, not a broken one.
  const readJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, {});
    else void readJson(request, body.toString(), done);
  });
  app.decorateRequest('caller', null);
  app.decorateRequest('idempotencyKey', '');
  app.decorateRequest('stands', null);

  // Default deny: a route that does not say who may call it is not served at all.
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.may === undefined && !url.startsWith('/docs'))
      throw new Error(`${String(method)} ${url}: who may call it is not said`);
  });
  const limits = await openLimits(app, requestLimits);
  const known = new KnownRoutes();
  app.addHook('onRoute', ({ method, url }) => {
    known.add(method, url);
  });
  // Before anyone is turned away: refusals carry these too.
  // What is about somebody stays in nobody's cache; the few things that may be kept say so themselves.
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'cache-control': 'no-store',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    });
    // No name of anything has a NUL in it, and PostgreSQL takes none.
    const [path = '', query = ''] = request.url.split('?');
    if (path.includes('%00')) done(new Problem('not-found'));
    else done(query.includes('%00') ? new Problem('bad-request') : undefined);
  });
  await app.register(helmet, headers);
  app.addHook('onRequest', admission(services, limits));
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route: routeOptions.url, status: reply.statusCode, ms }, 'answered');
    done();
  });
  const sendUnrouted = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allowed = known.methodsOf(request.url);
    if (allowed.length === 0 || allowed.includes(request.method))
      return isPage(request) ? absentPage(reply) : sendProblem(reply, new Problem('not-found'));
    return sendProblem(reply.header('allow', allowed.join(', ')), new Problem('method-not-allowed'));
  };
  app.setErrorHandler(async (error, request, reply) => {
    // What may carry a body is asked for its type before it is seen that no route knows the method.
    if (request.is404) return sendUnrouted(request, reply);
    const problem = problemOf(error, request);
    if (problem.status === 401) await limits.failed(request);
    await recordRefusal(services, request, problem);
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler(sendUnrouted);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: '职工技能提升补贴 · Skill-certificate subsidy', version: '1' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: describeRoute,
    transformObject: describeAll,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { config: { may: 'anyone' }, schema: { hide: true } }, () => app.swagger());
  tellTogether(app, services);
  await app.register(routes(services));
  return app;
}
