import type { Facts } from '../domain/case/decision.ts';
import type { RoundId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { Transaction } from './database.ts';

/**
 * When the round's window ends, held until the transaction ends: whoever moves the window waits, or is waited for (N3.2).
 * Undefined before it is public.
 */
export async function windowOf(tx: Transaction, roundId: RoundId): Promise<Facts['round']> {
  const { rows } = await tx.query<{ ends_at: Instant | null }>(
    `SELECT state #>> '{window,dueAt}' AS ends_at FROM round WHERE round_id = $1 FOR SHARE`,
    [roundId],
  );
  const endsAt = rows[0]?.ends_at;
  return endsAt ? { endsAt } : undefined;
}
