import { timingSafeEqual } from 'node:crypto';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/actor.ts';
import type { Offer } from '../domain/case/allowed.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { only, type Transaction } from './database.ts';
import type { Store } from './store.ts';

/** Same caller, route and key with another body (contract.md → 422 `key-reused`). */
export class KeyReused extends Error {}

/** Whose command this is and which of theirs; `body` is hashed, never stored. */
export interface Claim {
  readonly caller: string;
  readonly route: string;
  readonly key: string;
  readonly body: string;
  /** Whether its caller still has the role that it was let in with; throws what she is answered where not. */
  readonly stands?: (tx: Transaction) => Promise<void>;
}

/** A command that was decided against, and what the caller should know (domain refusals and those of the store). */
export interface Refused {
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Of a case that is in another state: in which, and what the caller may do with it (only for the staff). */
  readonly standing?: { readonly state: VisibleState; readonly allowed: readonly Offer[] };
  /** Who changed the case last, and when: what a person who came second wants to see. */
  readonly changed?: { readonly by: Actor; readonly at: Instant; readonly seq: number };
}

export type Outcome<T> = { readonly done: T } | { readonly refused: Refused };

/**
 * Runs a command once: one transaction claims the key, decides, records and keeps the answer. A repeat waits for the
 * first and gets its answer; what throws leaves nothing behind, the key included.
 * @throws KeyReused, and what `claim.stands` throws
 */
export function once<T>(
  store: Store,
  claim: Claim,
  work: (tx: Transaction, commandId: number) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { caller, route, key } = claim;
  const requestHash = store.vault.blindIndex('request', claim.body);
  return store.db.transaction(async (tx) => {
    const claimed = await tx.query<{ id: number }>(
      `INSERT INTO command (caller, route, key, request_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (caller, route, key) DO NOTHING RETURNING id`,
      [caller, route, key, requestHash],
    );
    if (claimed.rows.length === 0) return answered<T>(store, tx, claim, requestHash);
    const { id } = only(claimed.rows, 'command');
    const outcome = await work(tx, id);
    // Last of all: whatever the command waited for, nobody's role ends between this and the commit.
    await claim.stands?.(tx);
    await tx.query('UPDATE command SET answer = $2 WHERE id = $1', [id, store.vault.sealAnswer(outcome)]);
    return outcome;
  });
}

async function answered<T>(store: Store, tx: Transaction, claim: Claim, requestHash: Buffer): Promise<Outcome<T>> {
  const { rows } = await tx.query<{ request_hash: Buffer; answer: Buffer }>(
    'SELECT request_hash, answer FROM command WHERE caller = $1 AND route = $2 AND key = $3',
    [claim.caller, claim.route, claim.key],
  );
  const earlier = only(rows, 'answered command');
  if (!timingSafeEqual(earlier.request_hash, requestHash)) throw new KeyReused(claim.key);
  return store.vault.openAnswer<Outcome<T>>(earlier.answer);
}
