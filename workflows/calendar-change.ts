import { type CalendarEvent, type CalendarState, evolveCalendar, type Moved } from '../domain/calendar/change.ts';
import { applyCalendar } from './activities.ts';
import { Follower } from './follow.ts';
import type { Run } from './run.ts';

/** A notice that was put in force, until every open deadline that it touches was moved. */
export async function calendarChange(run: Run<CalendarState>): Promise<Moved> {
  const change = new Follower<CalendarState, CalendarEvent>(run, (state, { event }) => evolveCalendar(state, event));
  return applyCalendar({ id: change.state.notice.id });
}
