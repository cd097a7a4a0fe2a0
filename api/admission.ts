import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../domain/actor.ts';
import { needsFreshSignIn, rolesFor } from '../domain/rights.ts';
import { isStaffRole } from '../domain/staff.ts';
import type { Transaction } from '../store/database.ts';
import { traceOf } from './access.ts';
import type { Services } from './app.ts';
import type { Caller } from './auth.ts';
import { idempotencyKey } from './idempotency.ts';
import type { Limits } from './limits.ts';
import { Problem } from './problems.ts';
import { standingToday } from './standing.ts';

/** Who is it, may they at all, and is it a command of theirs: asked before the body is read. */
export function admission(services: Services, limits: Limits): (request: FastifyRequest) => Promise<void> {
  const recognised = recogniser(services);
  return async (request) => {
    const { may } = request.routeOptions.config;
    if (may === undefined || may === 'anyone') await limits.client(request);
    else await limits.suspect(request);
    if (may === undefined || may === 'bank') return; // the bank signs its body; documents and unknown paths show nothing
    if (may !== 'anyone') {
      const caller = await recognised(request, bearer(request));
      await limits.person(request);
      const admitted = rolesFor(caller, may);
      if (admitted.length === 0) throw new Problem('forbidden');
      if (isStaff(caller)) request.stands = (tx) => stillStands(services, tx, caller, admitted);
      if (needsFreshSignIn(may) && !caller.isFresh) throw new Problem('sign-in-again');
    }
    if (request.method === 'POST') request.idempotencyKey = idempotencyKey(request, may === 'anyone');
  };
}

/** Who holds a token; its first use at this process is on record as a sign-in. @throws Problem `unauthenticated` */
export function recogniser(
  services: Pick<Services, 'store' | 'authenticate' | 'clock' | 'accessLog'>,
): (request: FastifyRequest, token: string) => Promise<Caller> {
  const signedIn = new RecentTokens();
  return async (request, token) => {
    const caller = await recognise(services, token);
    request.caller = caller;
    if (signedIn.isNew(token))
      await services.accessLog.record({ kind: 'sign-in', ...traceOf(request), role: null, caseNo: null });
    return caller;
  };
}

/** The token's person with the roles that she has today: an ended appointment counts from the next request on. */
async function recognise(services: Pick<Services, 'store' | 'authenticate' | 'clock'>, token: string): Promise<Caller> {
  const { store, authenticate } = services;
  const signed = await authenticate(token);
  const callerKey = store.vault.blindIndex('caller', `${signed.issuer}\n${signed.sub}`).toString('base64url');
  const caller = { ...signed, callerKey, claimed: { roles: signed.roles, org: signed.org } };
  if (!isStaff(caller) && caller.trustClaims) return caller;
  return { ...caller, ...(await standingToday(services, store.db, caller)) };
}

const isStaff = ({ org, roles }: Pick<Caller, 'org' | 'roles'>): boolean => org !== null || roles.some(isStaffRole);

/** Nobody ends these roles before the transaction is over. @throws Problem `forbidden` where somebody has already */
async function stillStands(
  services: Pick<Services, 'clock'>,
  tx: Transaction,
  caller: Caller,
  admitted: readonly Role[],
): Promise<void> {
  const { roles, org } = await standingToday(services, tx, caller, 'FOR SHARE');
  if (org !== caller.org || !admitted.every((role) => roles.includes(role))) throw new Problem('forbidden');
}

/** @throws Problem `unauthenticated` */
export function bearer({ headers }: FastifyRequest): string {
  const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) throw new Problem('unauthenticated');
  return token;
}

const tokensRemembered = 10_000;

/** Which tokens this process has seen: the first use of one is a sign-in. Digests only, the oldest go first. */
class RecentTokens {
  readonly #seen = new Set<string>();

  isNew(token: string): boolean {
    const digest = createHash('sha256').update(token).digest('base64');
    if (this.#seen.has(digest)) return false;
    this.#seen.add(digest);
    const [oldest] = this.#seen;
    if (this.#seen.size > tokensRemembered && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

const refusals = [401, 403, 404];

/** Whoever was turned away is on record; a path that is none of ours, and a busy database, are not. */
export async function recordRefusal(
  { accessLog }: Pick<Services, 'accessLog'>,
  request: FastifyRequest,
  { status, slug }: Problem,
): Promise<void> {
  const { may } = request.routeOptions.config;
  if (!refusals.includes(status) || may === undefined || (may === 'anyone' && status === 404)) return;
  try {
    await accessLog.record({ kind: 'refusal', ...traceOf(request), role: null, caseNo: null, reason: slug });
  } catch {
    // It stays refused; that it is not on record stands at least in the process's own log.
    request.log.error({ reason: slug }, 'refusal not recorded');
  }
}
