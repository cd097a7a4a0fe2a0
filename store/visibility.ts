import type { RoundId } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Sight } from '../domain/round/visibility.ts';
import type { Instant } from '../domain/time.ts';
import { only, type Queryable } from './database.ts';
import { readRound } from './round-view.ts';
import type { Store } from './store.ts';

/** A page that went to the official site, or a look at what it shows; hashes are SHA-256, hex. */
export interface Look {
  readonly result: 'sent' | Sight;
  readonly sent: string;
  /** Null where the site showed nothing. */
  readonly shown: string | null;
}

/** Keeps what was sent or seen, now: the proof that a notice was public (N3.2). */
export async function recordLook(db: Queryable, roundId: RoundId, { result, sent, shown }: Look): Promise<void> {
  await db.query(
    `INSERT INTO notice_probe (round_id, at, result, sent, shown)
     VALUES ($1, business_now(), $2, decode($3, 'hex'), decode($4, 'hex'))`,
    [roundId, result, sent, shown],
  );
}

/** Hash of the page that went to the site last; null before the first. */
export async function lastSent(db: Queryable, roundId: RoundId): Promise<string | null> {
  const { rows } = await db.query<{ sent: string }>(
    `SELECT encode(sent, 'hex') AS sent FROM notice_probe WHERE round_id = $1 AND result = 'sent' ORDER BY id DESC LIMIT 1`,
    [roundId],
  );
  return rows[0]?.sent ?? null;
}

/** Real milliseconds between two looks, at least: in training time a policy's hour may be none. */
const shortestPauseMs = 2_000;
/** When the site is looked at next (policy data). */
export async function nextLookAt(store: Store, roundId: RoundId): Promise<Instant> {
  const { state } = await readRound(store, roundId);
  const { publicityProbes } = await store.rules.policy(store.db, state.policyVersion);
  const { rows } = await store.db.query<{ now: number; speed: number }>(
    'SELECT business_now() AS now, speed FROM clock',
  );
  const { now, speed } = only(rows, 'clock');
  return instantFromMs(now + Math.max(publicityProbes.everyMinutes * 60_000, shortestPauseMs * speed));
}

export interface Proof extends Look {
  readonly id: number;
  readonly at: Instant;
}

/** Everything that was sent to the site and seen there, in order. */
export async function listLooks(
  db: Queryable,
  roundId: RoundId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly Proof[]> {
  const { rows } = await db.query<Omit<Proof, 'at'> & { at: number }>(
    `SELECT id, at, result, encode(sent, 'hex') AS sent, encode(shown, 'hex') AS shown FROM notice_probe
     WHERE round_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [roundId, after, limit],
  );
  return rows.map((row) => ({ ...row, at: instantFromMs(row.at) }));
}
