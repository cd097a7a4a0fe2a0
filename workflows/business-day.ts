import { continueAsNew, patched, sleep } from '@temporalio/workflow';
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
  const day = await waitForNextDay(clock, after);
  const opened = await openBusinessDay({ day });
  for (const { kind, at } of opened?.chores ?? []) {
    await until(clock, at);
    await doChore({ day, kind });
  }
  await continueAsNew<typeof businessDay>({ clock, after: day });
}

/** Over days off it is asked again each midnight: a notice may have made a working day of one of them. */
async function waitForNextDay(clock: BusinessClock, after: CivilDate | null): Promise<CivilDate> {
  const asksAgain = patched('asks-again'); // runs of before slept until the day that was next when they began
  for (;;) {
    const { day, opensAt, askAgainAt } = await nextBusinessDay({ after });
    await until(clock, asksAgain ? (askAgainAt ?? opensAt) : opensAt);
    if (!asksAgain || askAgainAt === undefined) return day;
  }
}

async function until(clock: BusinessClock, instant: Instant): Promise<void> {
  const pauseMs = realMsUntil(clock, instant, Date.now());
  if (pauseMs > 0) await sleep(pauseMs);
}
