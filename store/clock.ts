import type { MigrateSettings } from '../config/settings.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { BusinessClock, Instant } from '../domain/time.ts';
import { only, type Queryable } from './database.ts';

/** The setting differs from what the data directory was begun with. */
export class ClockMismatch extends Error {}

/** Business now, read from the database's clock: call it after the locks were taken (design.md, one transaction). */
export async function businessNow(db: Queryable): Promise<Instant> {
  const { rows } = await db.query<{ now: number }>('SELECT business_now() AS now');
  return instantFromMs(only(rows, 'clock').now);
}

export async function readClock(db: Queryable): Promise<BusinessClock> {
  const { rows } = await db.query<{ business: number; real: number; speed: number }>(
    'SELECT business_anchor AS business, real_anchor AS real, speed FROM clock',
  );
  const { business, real, speed } = only(rows, 'clock (run `npm run migrate` first)');
  return { businessAnchorMs: business, realAnchorMs: real, speed };
}

/**
 * Stores the clock at first use, and afterwards holds later settings against it.
 * @throws ClockMismatch with one line that names the setting
 */
export async function keepClock(db: Queryable, { speed, anchorMs }: MigrateSettings['clock']): Promise<BusinessClock> {
  await db.query(
    `INSERT INTO clock (business_anchor, real_anchor, speed)
     SELECT coalesce(to_timestamp($1::double precision / 1000), real), real, coalesce($2, 1)
     FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS real) AS started
     ON CONFLICT DO NOTHING`,
    [anchorMs ?? null, speed ?? null],
  );
  const clock = await readClock(db);
  if (speed !== undefined && speed !== clock.speed)
    throw new ClockMismatch(
      `CLOCK_SPEED is ${speed}, but this data was begun with ${clock.speed}: unset it or use that`,
    );
  if (anchorMs !== undefined && anchorMs !== clock.businessAnchorMs) {
    const begun = instantFromMs(clock.businessAnchorMs);
    throw new ClockMismatch(
      `CLOCK_ANCHOR is ${instantFromMs(anchorMs)}, but this data was begun at ${begun}: unset it or use that`,
    );
  }
  return clock;
}
