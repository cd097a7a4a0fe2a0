import { join } from 'node:path';
import Fastify from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { Appraisal } from './appraisal.ts';
import { Bank } from './bank.ts';
import { BankFiles } from './bank-files.ts';
import { BusinessClock } from './clock.ts';
import type { ClockValues } from './clock.ts';
import { controlRoutes } from './control.ts';
import type { Partners } from './control.ts';
import { Faults } from './faults.ts';
import { Insurance } from './insurance.ts';
import { LetterPost } from './letter.ts';
import type { Premises } from './premises.ts';
import { Publisher } from './publisher.ts';
import { CertificateRegister } from './registers.ts';
import { Schedule } from './schedule.ts';
import { Sms } from './sms.ts';

/** What a sandbox is started with; the journals go to `<dataDir>/sandbox/`, port 0 takes any free one. */
export interface SandboxOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly callbackUrl: string;
  readonly callbackKey: { readonly id: string; readonly secret: string };
  /** Where the bank's files come from and go to; absent: it takes none. */
  readonly bankFiles?: string | undefined;
  readonly clock: ClockValues;
}

/** A listening sandbox. `close` ends connections and timers at once and writes what is still to be written. */
export interface Sandbox {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts all partners on 127.0.0.1 and takes up what an earlier process left.
 *
 * @throws Error with code `EADDRINUSE` when the port is taken, in which case no journal was written to
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const app = Fastify({
    // Neither the request nor its URL: the fixed /control paths carry ID and account numbers.
    logger: { level: 'warn', serializers: { req: (request) => ({ method: request.method }) } },
    forceCloseConnections: true,
    bodyLimit: 4 * 1024 * 1024,
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: false,
  });
  const folder = join(options.dataDir, 'sandbox');
  const schedule = new Schedule();
  const faults = await Faults.open(join(folder, 'faults.ndjson'), app.log);
  const premises = { folder, clock: new BusinessClock(options.clock), schedule, faults, log: app.log };
  const partners = await openPartners(premises, options);

  app.setValidatorCompiler(validatorCompiler);
  answerErrors(app);
  app.get('/healthz', () => Promise.resolve({ status: 'ok' }));
  const routes = app.withTypeProvider<ZodTypeProvider>();
  await routes.register(partners.insurance.routes, { prefix: '/insurance' });
  await routes.register(partners.registers.provincial.routes, { prefix: '/registers/provincial' });
  await routes.register(partners.registers.national.routes, { prefix: '/registers/national' });
  await routes.register(partners.bank.routes, { prefix: '/bank' });
  await routes.register(partners.publisher.routes, { prefix: '/publisher' });
  await routes.register(partners.sms.routes, { prefix: '/sms' });
  await routes.register(partners.letter.routes, { prefix: '/letter' });
  await routes.register(partners.appraisal.routes, { prefix: '/appraisal' });
  await routes.register(controlRoutes(partners, faults), { prefix: '/control' });

  const files =
    options.bankFiles === undefined
      ? undefined
      : new BankFiles(options.bankFiles, partners.bank.office, schedule, app.log);

  const close = async () => {
    schedule.close();
    await files?.close();
    await app.close();
    const { insurance, registers, bank, publisher, sms, letter, appraisal } = partners;
    const open = [insurance, registers.provincial, registers.national, bank, publisher, sms, letter, appraisal, faults];
    await Promise.all(open.map((one) => one.close()));
  };
  let url: string;
  try {
    url = await app.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await close();
    throw error;
  }
  // Only now: a second process that finds the port taken must not execute or call back anything.
  partners.bank.resume();
  await files?.start();
  partners.appraisal.resume();
  return { url, close };
}

async function openPartners(premises: Premises, options: SandboxOptions): Promise<Partners> {
  const registers = {
    provincial: await CertificateRegister.open('provincial', premises),
    national: await CertificateRegister.open('national', premises),
  };
  return {
    insurance: await Insurance.open(premises),
    registers,
    bank: await Bank.open(premises, { url: options.callbackUrl, key: options.callbackKey }),
    publisher: await Publisher.open(premises),
    sms: await Sms.open(premises),
    letter: await LetterPost.open(premises),
    appraisal: await Appraisal.open(premises, [registers.provincial, registers.national]),
  };
}

/** Errors say which field is wrong and never repeat what was sent. */
function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const errors = error.validation.map(({ instancePath, message }) => {
        return { path: instancePath.slice(1).replaceAll('/', '.'), message: message ?? 'wrong' };
      });
      return reply.code(422).send({ code: 'invalid', errors });
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ code: 'invalid', errors: [{ path: '', message: error.code }] });
    request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed');
    return reply.code(500).send({ code: 'internal' });
  });
}
