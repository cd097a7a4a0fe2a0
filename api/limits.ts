import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { RequestLimits } from '../config/settings.ts';
import type { App } from './app.ts';
import { Problem } from './problems.ts';

/** Real milliseconds. */
const window = 60_000;
/** What anyone may write without a sign-in is a tenth of what they may read. */
const publicWrites = 0.1;
/** Addresses and people counted at once; the longest unseen go first. */
const remembered = 50_000;

type Count = (request: FastifyRequest) => Promise<void>;

/** How often somebody may ask, counted by this process. All but `failed` throw Problem `too-many-requests`. */
export interface Limits {
  /** A request of nobody known: by address. */
  readonly client: Count;
  /** A request of somebody signed in: by person, wherever they ask from. */
  readonly person: Count;
  /** Whether the address has failed to sign in too often; asked before a token is looked at. */
  readonly suspect: Count;
  /** A failed sign-in: 401. */
  readonly failed: Count;
}

/** Counts in windows of a minute by real time; null: nobody is counted, except where a route has a rate of its own. */
export async function openLimits(app: App, limits: RequestLimits | null): Promise<Limits> {
  // Once: registered twice, each counts a route's own rate, and the first answers it in its own words.
  await app.register(rateLimit, {
    global: false,
    cache: remembered,
    errorResponseBuilder: (_request, { ttl }) => tooMany(Math.ceil(ttl / 1_000)),
  });
  if (limits === null) {
    const none: Count = () => Promise.resolve();
    return { client: none, person: none, suspect: none, failed: none };
  }
  const counter = (max: number, keyGenerator?: (request: FastifyRequest) => string) =>
    app.createRateLimit({
      max: Math.ceil(max),
      timeWindow: window,
      ...(keyGenerator ? { keyGenerator } : {}),
    });
  const counting = (check: ReturnType<typeof counter>): Count => {
    return async (request) => {
      const counted = await check(request);
      if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttlInSeconds);
    };
  };
  const reads = counting(counter(limits.client));
  const writes = counting(counter(limits.client * publicWrites));
  const failures = counter(limits.client);
  return {
    client: (request) => (request.method === 'POST' ? writes : reads)(request),
    person: counting(counter(limits.person, ({ caller, ip }) => caller?.callerKey ?? ip)),
    async suspect(request) {
      const counted = await failures(request, { increment: false });
      if (!counted.isAllowed && counted.remaining === 0) throw tooMany(counted.ttlInSeconds);
    },
    async failed(request) {
      await failures(request);
    },
  };
}

const tooMany = (seconds: number): Problem => new Problem('too-many-requests', { retryAfterSeconds: seconds });
