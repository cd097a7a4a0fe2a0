import type { CalendarNotice, WorkingCalendar } from '../domain/policy/working-days.ts';
import { noticesKnownOn, workingCalendar } from '../domain/policy/working-days.ts';
import { type Policy, policyInForce } from '../domain/policy/policy.ts';
import { type CivilDate, dateOf, type Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';

/** No policy is in force on that day (N7). */
export class NoPolicy extends Error {}

/** Policy versions and calendars as the database has them; both are only ever added to, so what was read stays true. */
export interface Rules {
  /** Undefined before the first version's date (N7). */
  policyInForce(db: Queryable, on: CivilDate): Promise<Policy | undefined>;
  /** @throws NoPolicy before the first version's date */
  policyOn(db: Queryable, on: CivilDate): Promise<Policy>;
  policy(db: Queryable, version: string): Promise<Policy>;
  /** The calendar that was known at that instant (design.md, Time). */
  calendar(db: Queryable, now: Instant): Promise<WorkingCalendar>;
}

export function openRules(): Rules {
  let policies: readonly Policy[] = [];
  let notices: readonly CalendarNotice[] = [];
  const calendars = new Map<number, WorkingCalendar>();

  /** One statement says whether what is in memory is still all there is. */
  async function refresh(db: Queryable): Promise<void> {
    const { rows } = await db.query<{ policies: number; notices: number }>(
      'SELECT (SELECT count(*) FROM policy_version) AS policies, (SELECT count(*) FROM calendar_notice) AS notices',
    );
    if (rows[0]?.policies !== policies.length) {
      const read = await db.query<{ body: Policy }>('SELECT body FROM policy_version ORDER BY in_force_from');
      policies = read.rows.map((row) => row.body);
    }
    if (rows[0]?.notices !== notices.length) {
      const read = await db.query<{ body: CalendarNotice }>(
        'SELECT body FROM calendar_notice ORDER BY published_on, id',
      );
      notices = read.rows.map((row) => row.body);
      calendars.clear();
    }
  }

  async function inForce(db: Queryable, on: CivilDate): Promise<Policy | undefined> {
    await refresh(db);
    return policyInForce(policies, on);
  }

  return {
    policyInForce: inForce,
    async policyOn(db, on) {
      const policy = await inForce(db, on);
      if (!policy) throw new NoPolicy(`no policy version is in force on ${on}`);
      return policy;
    },
    async policy(db, version) {
      let found = policies.find((policy) => policy.id === version);
      if (!found) {
        await refresh(db);
        found = policies.find((policy) => policy.id === version);
      }
      if (!found) throw new NoPolicy(`there is no policy version ${version}`);
      return found;
    },
    async calendar(db, now) {
      await refresh(db);
      const known = noticesKnownOn(notices, dateOf(now));
      let calendar = calendars.get(known.length);
      if (!calendar) {
        calendar = workingCalendar(known);
        calendars.set(known.length, calendar);
      }
      return calendar;
    },
  };
}
