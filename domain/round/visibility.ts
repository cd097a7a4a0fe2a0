import { addDays } from '../policy/dates.ts';
import { type Deadline, endOf, startDeadline } from '../policy/deadlines.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import type { CivilDate } from '../time.ts';

/** What a look at the site found: the notice as it was sent, nothing, or another page under its address. */
export type Sight = 'seen' | 'away' | 'changed';

/**
 * The window after the site did not show the notice on a day (N3.2: at least 5 working days on the site). A working day
 * on which it was away does not count; a page that was changed showed the public something else, so the window begins
 * again. Never shorter than announced; null: it stays as it is.
 */
export function movedWindow(
  window: Deadline<'publicity'>,
  sight: Exclude<Sight, 'seen'>,
  day: CivilDate,
  calendar: WorkingCalendar,
): Deadline<'publicity'> | null {
  const moved = sight === 'changed' ? begunAgain(window, day, calendar) : withoutDay(window, day, calendar);
  return moved && moved.dueOn > window.dueOn ? moved : null;
}

const begunAgain = ({ kind, workingDays }: Deadline<'publicity'>, day: CivilDate, calendar: WorkingCalendar) =>
  startDeadline(kind, day, workingDays, calendar);

function withoutDay(
  window: Deadline<'publicity'>,
  day: CivilDate,
  calendar: WorkingCalendar,
): Deadline<'publicity'> | null {
  // Publication day and days off do not count anyway.
  if (day <= window.startedOn || day > window.dueOn || !calendar.isWorkingDay(day)) return null;
  if (window.stops.some(({ from }) => from === day)) return null;
  const stops = [...window.stops, { from: day, resumedOn: addDays(day, 1) }];
  return { ...window, stops, ...endOf(window.startedOn, window.workingDays, stops, calendar) };
}
