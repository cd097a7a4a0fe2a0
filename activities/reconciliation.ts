import { eventsSince } from '../store/run.ts';
import { bankOfDay, readReconciliation, reconcileDay } from '../store/reconciliation.ts';
import type { Store } from '../store/store.ts';
import type { ReconciliationActivities } from '../workflows/activities.ts';
import type { Bank } from './bank/port.ts';

/** What a bank day's run asks: the statement of the fund's bank, held against the books. */
export function reconciliationActivities(store: Store, bankNamed: (name: string) => Bank): ReconciliationActivities {
  return {
    async reconcile({ reconciliationId, knownSeq }) {
      const { fund, date } = await readReconciliation(store.db, reconciliationId);
      const bank = bankNamed(await bankOfDay(store.db, fund, date));
      await reconcileDay(store, reconciliationId, await statementOf(bank, fund, date));
      return { events: await eventsSince(store.db, `reconciliation-${reconciliationId}`, knownSeq) };
    },
  };
}

/** A bank that can't be asked has given no statement: that is what is told when it goes on. */
async function statementOf(bank: Bank, ...[fund, date]: Parameters<Bank['statement']>) {
  try {
    return await bank.statement(fund, date);
  } catch {
    return null;
  }
}
