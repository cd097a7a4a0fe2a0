import { batchActivities } from '../activities/batches.ts';
import { calendarActivities } from '../activities/calendar.ts';
import { caseActivities } from '../activities/cases.ts';
import { type ArchiveHistories, dayActivities } from '../activities/days.ts';
import { intakeActivities } from '../activities/intake.ts';
import { roundActivities } from '../activities/rounds.ts';
import type { Partners } from '../config/settings.ts';
import type { Store } from '../store/store.ts';

/** Everything that workflows may ask of the outside, on one store and one set of partners. */
export const allActivities = (store: Store, partners: Partners, archive: ArchiveHistories) => ({
  ...caseActivities(store, partners),
  ...roundActivities(store, partners),
  ...batchActivities(store, partners),
  ...intakeActivities(store),
  ...dayActivities(store, archive),
  ...calendarActivities(store),
});
