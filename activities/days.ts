import { heartbeat, log } from '@temporalio/activity';
import { addDays, yearOf } from '../domain/policy/dates.ts';
import { dateOf, startOfDay } from '../domain/time.ts';
import type { Actor } from '../domain/actor.ts';
import { type Chore, choresOf, nextOpening } from '../domain/chores.ts';
import { expireBatches } from '../store/batch.ts';
import { signRoot } from '../store/audit-root.ts';
import { businessNow } from '../store/clock.ts';
import { lastOpenedDay, recordDay } from '../store/day.ts';
import { isCalendarNew, moveAllDeadlines, remindAndEscalate, remindOfAccounts } from '../store/deadline-sweep.ts';
import { expireDocuments } from '../store/document.ts';
import { expireIntakeRows } from '../store/intake.ts';
import { shredDue } from '../store/retention.ts';
import { carryOverYear } from '../store/budget.ts';
import { openDueDays } from '../store/reconciliation.ts';
import { cutOffDue } from '../store/cut-off.ts';
import { drawSamples } from '../store/sample.ts';
import type { Store } from '../store/store.ts';
import type { DayActivities } from '../workflows/activities.ts';

const actor: Actor = { kind: 'process', name: 'business-day' };

/** Archives the histories of runs that have closed. */
export type ArchiveHistories = (beat: () => void) => Promise<unknown>;

/** What the business day's run asks: which day is next, and to start what that day brings. */
export function dayActivities(store: Store, archive: ArchiveHistories): DayActivities {
  return {
    async nextBusinessDay({ after }) {
      const now = await businessNow(store.db);
      const calendar = await store.rules.calendar(store.db, now);
      // At first use the present day is opened, if it is a working day.
      const last = after ?? (await lastOpenedDay(store.db)) ?? addDays(dateOf(now), -1);
      return nextOpening(last, now, calendar);
    },

    async openBusinessDay({ day }) {
      const calendar = await store.rules.calendar(store.db, await businessNow(store.db));
      const move: readonly Chore[] = (await isCalendarNew(store))
        ? [{ kind: 'move-deadlines', at: startOfDay(day) }]
        : [];
      // A working day when it was slept for, a day off by a notice since then: nothing is opened.
      if (!calendar.isWorkingDay(day)) return { chores: move };
      await expireBatches(store, actor);
      await expireDocuments(store);
      await expireIntakeRows(store);
      await signRoot(store, day); // before the day counts as opened: no day is without a root
      await recordDay(store, day);
      const policy = await store.rules.policyInForce(store.db, day);
      return { chores: [...move, ...(policy ? choresOf(day, policy, calendar) : [])] };
    },

    async doChore({ day, kind }) {
      switch (kind) {
        case 'move-deadlines':
          await moveAllDeadlines(store, actor, heartbeat);
          break;
        case 'remind':
          await remindAndEscalate(store, actor, day, heartbeat);
          await remindOfAccounts(store, actor, heartbeat);
          break;
        case 'reconcile': {
          const calendar = await store.rules.calendar(store.db, await businessNow(store.db));
          await openDueDays(store, actor, { from: calendar.onOrBefore(addDays(day, -1)), before: day });
          break;
        }
        case 'year-end':
          await carryOverYear(store, actor, yearOf(day) - 1, heartbeat);
          break;
        case 'cut-off':
          await cutOffDue(store, actor, day, heartbeat);
          break;
        case 'housekeeping':
          await shredDue(store, actor, day, heartbeat);
          // What Temporal does not give today it gives tomorrow; the next day is not kept waiting for it.
          await archive(heartbeat).catch((error: unknown) => {
            log.error('closed histories were not archived', {
              reason: error instanceof Error ? error.name : 'unknown',
            });
          });
          break;
        case 'sample':
          await drawSamples(store, day, await store.rules.policyOn(store.db, day), heartbeat);
      }
    },
  };
}
