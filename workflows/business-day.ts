import { continueAsNew, sleep } from '@temporalio/workflow';
import { type BusinessClock, type CivilDate, type Instant, realMsUntil } from '../domain/time.ts';
import { doChore, nextBusinessDay, openBusinessDay } from './activities.ts';

export interface DayRun {
  readonly clock: BusinessClock;
  /** The day that was opened last; null: as the database says. */
  readonly after: CivilDate | null;
}

/**
 * Opens one business day after the other, missed ones in order, and does what each brings at its hour; each run is one
 * day.
 */
export async function businessDay({ clock, after }: DayRun): Promise<void> {
  const { day, opensAt } = await nextBusinessDay({ after });
  await until(clock, opensAt);
  const opened = await openBusinessDay({ day });
  for (const { kind, at } of opened?.chores ?? []) {
    await until(clock, at);
    await doChore({ day, kind });
  }
  await continueAsNew<typeof businessDay>({ clock, after: day });
}

async function until(clock: BusinessClock, instant: Instant): Promise<void> {
  const pauseMs = realMsUntil(clock, instant, Date.now());
  if (pauseMs > 0) await sleep(pauseMs);
}
