import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyRequest } from 'fastify';
import { jsonSchemaTransformObject, serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { isAway as databaseIsAway } from '../store/database.ts';
import { NotFound } from '../store/case.ts';
import { DocumentsUnusable } from '../store/document.ts';
import { KeyReused } from '../store/once.ts';
import { NonceReused, UnknownOrder } from '../store/order.ts';
import { NoPolicy } from '../store/rules.ts';
import { admission, recordRefusal } from './admission.ts';
import type { App, Services } from './app.ts';
import { ProviderAway } from './auth.ts';
import { describeRoute } from './description.ts';
import { unusableDocument } from './documents.ts';
import { validatorCompiler } from './input.ts';
import { invalid, Problem, sendProblem } from './problems.ts';
import { registerRates } from './rates.ts';
import { routes } from './routes/all.ts';

const largestBody = 1024 * 1024;
const answerWithinMs = 10_000;

/** The whole API on its services; the caller listens and closes. */
export async function buildServer(services: Services, logger: FastifyBaseLogger): Promise<App> {
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: largestBody,
    handlerTimeout: answerWithinMs,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    requestIdHeader: false,
    // An address that can't be read reaches no route and no error handler; the standard answer would repeat it.
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, new Problem('bad-request')),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', null);
  app.decorateRequest('idempotencyKey', '');

  // Default deny: a route that does not say who may call it is not served at all.
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.may === undefined && !url.startsWith('/docs'))
      throw new Error(`${String(method)} ${url}: who may call it is not said`);
  });
  app.addHook('onRequest', admission(services));
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route: routeOptions.url, status: reply.statusCode, ms }, 'answered');
    done();
  });
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error, request);
    await recordRefusal(services, request, problem);
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('not-found')));

  await app.register(helmet, { contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: '职工技能提升补贴 · Skill-certificate subsidy', version: '1' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: describeRoute,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { config: { may: 'anyone' }, schema: { hide: true } }, () => app.swagger());
  await registerRates(app);
  await app.register(routes(services));
  return app;
}

function problemOf(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotFound) return new Problem('not-found');
  // Gone between the check of the form and its transaction.
  if (error instanceof DocumentsUnusable) return invalid([unusableDocument('documents')]);
  if (error instanceof KeyReused) return new Problem('key-reused');
  if (error instanceof NoPolicy) return new Problem('no-policy');
  if (error instanceof UnknownOrder) return new Problem('unknown-order');
  if (error instanceof NonceReused) return new Problem('nonce-reused');
  const code = codeOf(error);
  if (
    code === 'FST_ERR_HANDLER_TIMEOUT' ||
    databaseIsAway(error) ||
    error instanceof ProviderAway ||
    isTemporalAway(code)
  ) {
    request.log.warn({ route: request.routeOptions.url, reason: code }, 'unavailable');
    return new Problem('unavailable');
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem('too-large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Problem('wrong-content-type');
  if (code.startsWith('FST_ERR_CTP') || error instanceof SyntaxError) return new Problem('not-json');
  if (statusOf(error) < 500) return new Problem('bad-request');
  // Class, code and place: a message could quote data.
  request.log.error({ route: request.routeOptions.url, error: describe(error) }, 'failed');
  return new Problem('internal');
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const statusOf = (error: unknown): number => (isFastifyError(error) ? (error.statusCode ?? 500) : 500);
const isFastifyError = (error: unknown): error is FastifyError => error instanceof Error && 'statusCode' in error;
/** gRPC's UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED. */
const isTemporalAway = (code: string): boolean => ['14', '4', '1'].includes(code);

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const stack = error.stack?.split('\n').filter((one) => /^\s+at /.test(one));
  return { name: error.name, code: codeOf(error) || undefined, stack: stack?.slice(0, 8).join('\n') };
}
