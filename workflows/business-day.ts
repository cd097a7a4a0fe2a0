import { continueAsNew, sleep } from '@temporalio/workflow';
import { type BusinessClock, type CivilDate, realMsUntil } from '../domain/time.ts';
import { nextBusinessDay, openBusinessDay } from './activities.ts';

export interface DayRun {
  readonly clock: BusinessClock;
  /** The day that was opened last; null: as the database says. */
  readonly after: CivilDate | null;
}

/** Opens one business day after the other, missed ones in order; each run is one day. */
export async function businessDay({ clock, after }: DayRun): Promise<void> {
  const { day, opensAt } = await nextBusinessDay({ after });
  const pauseMs = realMsUntil(clock, opensAt, Date.now());
  if (pauseMs > 0) await sleep(pauseMs);
  await openBusinessDay({ day });
  await continueAsNew<typeof businessDay>({ clock, after: day });
}
