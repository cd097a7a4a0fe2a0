import type { CivilDate } from '../domain/time.ts';
import { businessNow } from './clock.ts';
import type { Queryable } from './database.ts';
import type { Store } from './store.ts';

export async function lastOpenedDay(db: Queryable): Promise<CivilDate | null> {
  const { rows } = await db.query<{ day: CivilDate | null }>('SELECT max(day) AS day FROM business_day');
  return rows[0]?.day ?? null;
}

/** A day is opened once, whoever repeats it. */
export async function recordDay(store: Store, day: CivilDate): Promise<void> {
  await store.db.query('INSERT INTO business_day (day, opened_at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    day,
    await businessNow(store.db),
  ]);
}
