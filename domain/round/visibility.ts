import { addDays, endOfDay } from '../policy/dates.ts';
import { type Deadline } from '../policy/deadlines.ts';
import { endOf, startDeadline } from '../policy/deadline-days.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import { type CivilDate, dateOf, epochMs, type Instant, startOfDay } from '../time.ts';

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

/** Between two looks at the site: nobody knows what it showed. */
export interface Gap {
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * The window after a time without looks (N3.2: provably public). A working day of which more than the longest gap lies in
 * it is not proven and does not count, also a day that the window gains by that. Null: it stays as it is.
 * @param longestGapMs what two looks prove between them, in milliseconds
 */
export function provenWindow(
  window: Deadline<'publicity'>,
  { from, until }: Gap,
  longestGapMs: number,
  calendar: WorkingCalendar,
): Deadline<'publicity'> | null {
  let moved = window;
  for (let day = dateOf(from); day <= dateOf(until) && day <= moved.dueOn; day = addDays(day, 1)) {
    const dark = Math.min(epochMs(until), epochMs(endOfDay(day))) - Math.max(epochMs(from), epochMs(startOfDay(day)));
    if (dark > longestGapMs) moved = withoutDay(moved, day, calendar) ?? moved;
  }
  return moved.dueOn > window.dueOn ? moved : null;
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
