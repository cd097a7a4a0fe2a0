import { type BankSettings, openBanks } from '../activities/bank/index.ts';
import { batchActivities } from '../activities/batches.ts';
import { calendarActivities } from '../activities/calendar.ts';
import { caseActivities } from '../activities/cases.ts';
import { type ArchiveHistories, dayActivities } from '../activities/days.ts';
import { intakeActivities } from '../activities/intake.ts';
import { reconciliationActivities } from '../activities/reconciliation.ts';
import { recoveryActivities } from '../activities/recoveries.ts';
import { roundActivities } from '../activities/rounds.ts';
import type { Partners } from '../config/settings.ts';
import type { OrgCode } from '../domain/ids.ts';
import { raiseDifference } from '../store/bank-difference.ts';
import { businessNow } from '../store/clock.ts';
import type { Store } from '../store/store.ts';

/** Everything that workflows may ask of the outside, on one store and one set of partners. */
export const allActivities = (
  store: Store,
  partners: Partners,
  bankFiles: string | undefined,
  archive: ArchiveHistories,
) => {
  const banks = openBanks(bankSettings(store, partners, bankFiles));
  return {
    ...caseActivities(store, partners),
    ...roundActivities(store, partners),
    ...batchActivities(store, banks),
    ...intakeActivities(store),
    ...recoveryActivities(store, partners),
    ...reconciliationActivities(store, banks),
    ...dayActivities(store, archive),
    ...calendarActivities(store),
  };
};

const bankSettings = (store: Store, partners: Partners, folder: string | undefined): BankSettings => ({
  url: partners.bank,
  folder,
  now: () => businessNow(store.db),
  bad: async (file, lines) => {
    const detail = { lines: lines.slice(0, 20).join() || null };
    await raiseDifference(store.db, { org: '220000' as OrgCode, kind: 'bad-file', ref: file.slice(0, 100), detail });
  },
});
