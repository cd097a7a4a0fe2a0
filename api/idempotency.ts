import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Claim } from '../store/once.ts';
import { Problem } from './problems.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const printable = /^[\x21-\x7e]{1,200}$/;

/**
 * The request's key, checked before its body is read (contract.md, Idempotency-Key).
 * @param isPublic no key is needed then, and a given one is a UUID
 * @throws Problem `idempotency-key-missing`, `idempotency-key-malformed`
 */
export function idempotencyKey(request: FastifyRequest, isPublic: boolean): string {
  const key = request.headers['idempotency-key'];
  if (key === undefined && isPublic) return randomUUID();
  if (key === undefined || key === '') throw new Problem('idempotency-key-missing');
  const isRight = typeof key === 'string' && (isPublic ? uuid : printable).test(key);
  if (!isRight) throw new Problem('idempotency-key-malformed');
  return isPublic ? key.toLowerCase() : key;
}

/**
 * Whose command this is and which of theirs: caller, method and path, key, and the body whatever its member order; and
 * whether she may still give it when it is done.
 * @param body what stands for the body of a form: its fields and the hash of its file
 */
export function claimOf(request: FastifyRequest, body: unknown = request.body): Claim {
  return {
    caller: request.caller?.callerKey ?? 'public',
    route: `${request.method} ${request.url.split('?', 1)[0] ?? ''}`,
    key: request.idempotencyKey,
    body: canonicalJson(body ?? {}),
    ...(request.stands && { stands: request.stands }),
  };
}

/** JSON that is the same whatever order its members were written in. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
