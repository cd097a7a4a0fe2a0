import type { Actor } from '../domain/actor.ts';
import type { OrgCode } from '../domain/ids.ts';
import { businessNow } from './clock.ts';
import type { Queryable } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

/** The bank of a fund where nothing else was set. */
export const usualBank = 'api';

/** The bank adapter through which a fund pays: data, the last word counts. */
export async function bankOf(db: Queryable, fund: OrgCode): Promise<string> {
  const { rows } = await db.query<{ bank: string }>(
    'SELECT bank FROM fund_bank WHERE fund = $1 ORDER BY id DESC LIMIT 1',
    [fund],
  );
  return rows[0]?.bank ?? usualBank;
}

/** Sets a fund's bank for the orders that are released from now on; those that are out stay where they are. */
export function setBank(
  store: Store,
  claim: Claim,
  actor: Actor,
  { fund, bank }: { readonly fund: OrgCode; readonly bank: string },
): Promise<Outcome<{ fund: OrgCode; bank: string }>> {
  return once(store, claim, async (tx) => {
    await tx.query('INSERT INTO fund_bank (fund, bank, set_at, set_by) VALUES ($1, $2, $3, $4)', [
      ...[fund, bank, await businessNow(tx), JSON.stringify(actor)],
    ]);
    return { done: { fund, bank } };
  });
}
