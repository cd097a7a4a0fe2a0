import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { z } from 'zod';
import { readIfThere, writePrivateFile } from './data-folder.ts';
import { StartError } from './start-error.ts';

/** Whom a development token speaks for; `org` is a six-digit administrative code. */
export type DevClaims = {
  /** Whom the API knows the person by; `dev` when left out. */
  readonly sub?: string;
  readonly roles: readonly string[];
  readonly org?: string;
  readonly name?: string;
  readonly idNumber?: string;
  readonly creditCode?: string;
};

export const DEV_ISSUER = 'urn:skill-subsidy:development';
export const DEV_AUDIENCE = 'skill-subsidy';

const privateJwk = z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256'), kid: z.string(), d: z.string() });

/** The file whose key signs development tokens; the API is given its path as DEV_TOKEN_KEY. */
export function devTokenKeyFile(dataDir: string): string {
  return join(dataDir, 'dev-token-key.json');
}

/** Makes the signing key when there is none yet. Returns the private JWK. */
export async function devTokenKey(dataDir: string): Promise<JWK & { kid: string }> {
  const path = devTokenKeyFile(dataDir);
  const kept = readIfThere(path);
  if (kept !== undefined) {
    const parsed = privateJwk.safeParse(parseJson(kept));
    if (!parsed.success) throw new StartError(`${path} is no private P-256 key: remove it, a new one will be made`);
    return parsed.data;
  }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: `dev-${randomUUID()}`, alg: 'ES256', use: 'sig' };
  writePrivateFile(path, JSON.stringify(jwk, null, 2));
  return jwk;
}

/** Signs a token for development, good for 12 hours from now: an ES256 JWT of type `at+jwt`. */
export async function issueDevToken(dataDir: string, claims: DevClaims): Promise<string> {
  const jwk = await devTokenKey(dataDir);
  const { sub = 'dev', ...rest } = claims;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...rest, auth_time: now })
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid, typ: 'at+jwt' })
    .setIssuer(DEV_ISSUER)
    .setAudience(DEV_AUDIENCE)
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + 12 * 3600)
    .setJti(randomUUID())
    .sign(await importJWK(jwk, 'ES256'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
