import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxSettings } from '../config/settings.ts';
import { atTime, instantFromMs } from '../domain/policy/dates.ts';
import { noticesKnownOn, workingCalendar } from '../domain/policy/working-days.ts';
import { calendarNotices } from '../domain/reference/calendar.ts';
import { businessMs, type CivilDate, dateOf, type Instant, realMsUntil } from '../domain/time.ts';
import type { System } from './system.ts';

/** The clock on the wall of a system's offices: business time, from outside, for those who play its people. */
export interface WallClock {
  now(): Instant;
  today(): CivilDate;
  /** Waits until the clock shows the instant. */
  until(instant: Instant): Promise<void>;
  /** Waits for 09:00 of the next working day, unless it is between 09:00 and 15:00 of one already. */
  morning(): Promise<void>;
}

export function wallClock({ env }: Pick<System, 'env'>): WallClock {
  const { clock } = sandboxSettings(env);
  const now = (): Instant => instantFromMs(businessMs(clock, Date.now()));
  const until = async (instant: Instant): Promise<void> => {
    await sleep(realMsUntil(clock, instant, Date.now()));
  };
  return {
    now,
    today: () => dateOf(now()),
    until,
    async morning() {
      const today = dateOf(now());
      const calendar = workingCalendar(noticesKnownOn(calendarNotices, today));
      const isNow = calendar.isWorkingDay(today) && now() >= atTime(today, '09:00') && now() < atTime(today, '15:00');
      if (isNow) return;
      const isAhead = calendar.isWorkingDay(today) && now() < atTime(today, '09:00');
      await until(atTime(isAhead ? today : calendar.next(today), '09:00'));
    },
  };
}
