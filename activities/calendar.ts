import { heartbeat } from '@temporalio/activity';
import { calendarKind, finishNotice } from '../store/calendar.ts';
import { moveAllDeadlines } from '../store/deadline-sweep.ts';
import type { Store } from '../store/store.ts';
import type { CalendarActivities } from '../workflows/activities.ts';
import { presentStep } from './cases.ts';

/** What the run of a new calendar asks. A sweep that was cut short begins again and finds the rest. */
export const calendarActivities = (store: Store): CalendarActivities => ({
  async applyCalendar({ id }) {
    const actor = { kind: 'process', name: calendarKind.streamOf(id) } as const;
    const moved = await moveAllDeadlines(store, actor, heartbeat);
    await finishNotice(store, presentStep(0), id, moved);
    return moved;
  },
});
