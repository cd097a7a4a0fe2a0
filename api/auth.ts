import { readFile } from 'node:fs/promises';
import {
  createRemoteJWKSet,
  errors,
  importJWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import { z } from 'zod';
import type { TokenSettings } from '../config/settings.ts';
import { isSafe } from '../config/variables.ts';
import { SettingError } from '../config/setting.ts';
import { type Actor, type Role, roles } from '../domain/actor.ts';
import type { OrgCode, Sub } from '../domain/ids.ts';
import type { Asker } from '../domain/rights.ts';
import { currentOrgCode } from '../domain/reference/org-units.ts';
import type { Standing } from '../domain/staff.ts';
import { Problem } from './problems.ts';

/** Who a token speaks for. Name, ID number and credit code are personal data: compared, never logged or answered. */
export interface Signed extends Asker {
  readonly name: string | null;
  readonly idNumber: string | null;
  readonly creditCode: string | null;
  readonly issuer: string;
  /** Whether the issuer's word on roles and units counts (development); else only appointments give staff theirs. */
  readonly trustClaims: boolean;
  /** Signed in a short while ago, by real time: enough for what can't be taken back. */
  readonly isFresh: boolean;
}

/** Reads a bearer token. @throws Problem `unauthenticated` */
export type Authenticate = (token: string) => Promise<Signed>;

/** Who asks, recognised: with the roles of today. */
export interface Caller extends Signed {
  /** Issuer and subject as one opaque word, a keyed hash: whose idempotency keys these are. A subject may be a number. */
  readonly callerKey: string;
  /** What the token says, before appointments are asked. */
  readonly claimed: Standing;
}

const claims = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(200),
  roles: z.array(z.string()).default([]),
  org: z.string().optional(),
  name: z.string().optional(),
  idNumber: z.string().optional(),
  creditCode: z.string().optional(),
  auth_time: z.number().optional(),
});

const audience = 'skill-subsidy';
const developmentIssuer = 'urn:skill-subsidy:development';
/** Never `none`, never a shared secret. */
const algorithms = ['ES256', 'ES384', 'PS256', 'PS384', 'RS256', 'EdDSA'];
const answerWithinMs = 5_000;
/** How soon after a fetch an unknown key id may cause the next one. */
const newKeysAfterMs = 1_000;
/** A development token is minted once for a day's work. */
const freshForSeconds = { oidc: 15 * 60, development: 12 * 3600 };

/** The check of tokens that the settings ask for: the development key in a file, or an OpenID provider's published keys. */
export async function tokenReader(settings: TokenSettings): Promise<Authenticate> {
  const verify =
    settings.kind === 'development' ? await developmentKey(settings.keyFile) : providerKeys(settings.issuer);
  return async (token) => {
    let payload: JWTPayload;
    try {
      payload = await verify(token);
    } catch (error) {
      if (error instanceof ProviderAway) throw error;
      throw new Problem('unauthenticated');
    }
    const parsed = claims.safeParse(payload);
    if (!parsed.success) throw new Problem('unauthenticated');
    return callerFrom(parsed.data, settings.kind);
  };
}

function callerFrom(
  { iss, sub, roles: given, org, name, idNumber, creditCode, auth_time: signedInAt = 0 }: z.infer<typeof claims>,
  kind: TokenSettings['kind'],
): Signed {
  return {
    sub: sub as Sub,
    roles: roles.filter((role) => given.includes(role)),
    org: org === undefined ? null : (currentOrgCode(org) ?? null),
    name: name ?? null,
    idNumber: idNumber?.toUpperCase() ?? null, // as forms are read: a small x is the same person
    creditCode: creditCode ?? null,
    issuer: iss,
    trustClaims: kind === 'development',
    isFresh: Date.now() / 1000 - signedInAt <= freshForSeconds[kind],
  };
}

type Verify = (token: string) => Promise<JWTPayload>;

async function developmentKey(keyFile: string): Promise<Verify> {
  const jwk = z
    .object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() })
    .safeParse(await readJson(keyFile));
  if (!jwk.success) throw new SettingError('DEV_TOKEN_KEY is wrong: set it to the path of a P-256 JWK file');
  const key = await importJWK(jwk.data, 'ES256'); // the public half: this process only reads tokens
  const options = {
    issuer: developmentIssuer,
    audience,
    algorithms: ['ES256'],
    typ: 'at+jwt',
    requiredClaims: ['exp'],
  };
  return async (token) => (await jwtVerify(token, key, options)).payload;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }).refine(isSafe) });

/** The provider is asked at the first token, so that the API starts without it; its keys are kept and refreshed. */
function providerKeys(issuer: string): Verify {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const options: JWTVerifyOptions = { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'], clockTolerance: 5 };
  return async (token) => {
    keys ??= discover(issuer).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    const { payload, protectedHeader } = await jwtVerify(token, await keys, options);
    if (!isAccessToken(protectedHeader.typ, payload)) throw new Problem('unauthenticated');
    return payload;
  };
}

/** Claims that an ID token has and an access token has not (OpenID Connect Core, 2). */
const ofIdTokens = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/**
 * Whether it was issued for calling an API. RFC 9068 names the type `at+jwt`; many providers still write `JWT` or nothing,
 * so an ID token, which the same key signs and which may name the same audience, is told by its claims.
 */
function isAccessToken(type: string | undefined, payload: JWTPayload): boolean {
  const kind = type?.toLowerCase().replace(/^application\//, '');
  if (kind === 'at+jwt') return true;
  if (kind !== undefined && kind !== 'jwt') return false;
  const said = payload['typ']; // Keycloak says it here: Bearer, ID, Refresh, Logout
  return (said === undefined || said === 'Bearer') && !ofIdTokens.some((claim) => claim in payload);
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  let document: z.infer<typeof discovery>;
  try {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(answerWithinMs),
      redirect: 'error',
    });
    if (!answer.ok) throw new ProviderAway();
    document = discovery.parse(await answer.json());
  } catch {
    throw new ProviderAway();
  }
  if (document.issuer.replace(/\/$/, '') !== issuer) throw new ProviderAway();
  const published = createRemoteJWKSet(new URL(document.jwks_uri), {
    timeoutDuration: answerWithinMs,
    cooldownDuration: newKeysAfterMs,
  });
  return async (header, token) => {
    try {
      return await published(header, token);
    } catch (error) {
      // Keys that were read and do not fit speak against the token; everything else is the provider's own trouble.
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSENotSupported) throw error;
      throw new ProviderAway();
    }
  };
}

/** The OpenID provider can't be asked: nobody's fault who holds a token. */
export class ProviderAway extends Error {}

/** The caller as the one who acts in that role. @throws Problem `forbidden` where staff belong to no unit */
export function actorOf(caller: Caller, role: Role): Actor {
  if (role === 'applicant') return { kind: 'applicant' };
  if (role === 'employer') return { kind: 'employer', sub: caller.sub };
  return staffOf(caller, role);
}

/** @throws Problem `forbidden` where the token names no unit */
export function staffOf(caller: Caller, role: Role): Actor & { kind: 'staff' } {
  const org: OrgCode | null = caller.org;
  if (org === null) throw new Problem('forbidden');
  return { kind: 'staff', sub: caller.sub, role, org };
}
