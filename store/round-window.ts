import type { RoundFact } from '../domain/case/decision.ts';
import type { RoundId } from '../domain/ids.ts';
import { epochMs } from '../domain/time.ts';
import type { Transaction } from './database.ts';
import { lockWindow, longestGapMs } from './look-gap.ts';
import type { Store } from './store.ts';

/**
 * When the round's window ends, held until the transaction ends: whoever moves the window waits, or is waited for (N3.2).
 * Undefined before it is public.
 */
export async function windowOf(tx: Transaction, store: Store, roundId: RoundId): Promise<RoundFact | undefined> {
  const row = await lockWindow(tx, roundId);
  if (!row?.endsAt) return undefined;
  const { endsAt, policy, looked, now } = row;
  const until = Math.min(now, epochMs(endsAt));
  const isUnproven = looked !== null && until - looked > (await longestGapMs(tx, store, policy));
  return { endsAt, ...(isUnproven && { unproven: true }) };
}
