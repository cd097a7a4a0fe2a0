import type { RoundId } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Gap } from '../domain/round/visibility.ts';
import type { Instant } from '../domain/time.ts';
import { only, type Queryable } from './database.ts';
import type { Store } from './store.ts';

/** Real milliseconds without a look that are never held against a window: in training time a policy's hours may be none. */
const shortestGapMs = 60_000;

/** Business milliseconds that may lie between two looks for the time between them to count as seen (policy data). */
export async function longestGapMs(db: Queryable, store: Store, policyVersion: string): Promise<number> {
  const { publicityProbes } = await store.rules.policy(db, policyVersion);
  const { rows } = await db.query<{ speed: number }>('SELECT speed FROM clock');
  return Math.max(publicityProbes.longestGapMinutes * 60_000, shortestGapMs * only(rows, 'clock').speed);
}

/** The last look at a notice that stands. */
const lastLook = (round: string) =>
  `(SELECT at FROM notice_probe WHERE notice_probe.round_id = ${round} AND result <> 'sent' ORDER BY id DESC LIMIT 1)`;

/** The time since the last look at a notice that stands, where it was too long; null: looks came as they should. */
export async function gapSinceLook(db: Queryable, store: Store, roundId: RoundId): Promise<Gap | null> {
  const { rows } = await db.query<{ policy: string; looked: number | null; now: number }>(
    `SELECT state ->> 'policyVersion' AS policy, ${lastLook('round.round_id')} AS looked, business_now() AS now
     FROM round WHERE round_id = $1 AND stage = 'public'`,
    [roundId],
  );
  const [row] = rows;
  if (typeof row?.looked !== 'number') return null;
  const { looked, now, policy } = row;
  if (now - looked <= (await longestGapMs(db, store, policy))) return null;
  return { from: instantFromMs(looked), until: instantFromMs(now) };
}

export interface WindowRow {
  readonly endsAt: Instant | null;
  readonly policy: string;
  /** Null before the first look, and once the window is over. */
  readonly looked: number | null;
  readonly now: number;
}

/** Reads a round's window and the last look at it, the round held until the transaction ends. */
export async function lockWindow(tx: Queryable, roundId: RoundId): Promise<WindowRow | undefined> {
  const { rows } = await tx.query<WindowRow>(
    `SELECT state #>> '{window,dueAt}' AS "endsAt", state ->> 'policyVersion' AS policy, business_now() AS now,
       CASE WHEN stage = 'public' THEN ${lastLook('round.round_id')} END AS looked
     FROM round WHERE round_id = $1 FOR SHARE OF round`,
    [roundId],
  );
  return rows[0];
}
