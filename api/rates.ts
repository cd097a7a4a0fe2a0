import rateLimit from '@fastify/rate-limit';
import type { App } from './app.ts';
import { Problem } from './problems.ts';

/** Requests of one address in a minute of real time, on routes that anyone may call. */
export const rates = {
  /** Objections and reports: people write few, programs many. */
  write: 30,
  /** Look-ups of receipts and names. */
  look: 120,
} as const;

/** The part of a route's `config` that limits it. */
export const rateLimited = (max: number) => ({ rateLimit: { max, timeWindow: '1 minute' } });

/** Lets routes be limited that ask for it; all others are not. */
export async function registerRates(app: App): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => new Problem('too-many-requests'),
  });
}
