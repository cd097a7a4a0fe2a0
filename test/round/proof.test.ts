import { expect, test } from '@jest/globals';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { startDeadline } from '../../domain/policy/deadline-days.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { provenWindow } from '../../domain/round/visibility.ts';

const calendar = workingCalendar(calendarNotices);
/** Seen on Monday, 18 September 2017: 19, 20, 21, 22 and 25. */
const window = startDeadline('publicity', civilDate('2017-09-18'), 5, calendar);
const fourHours = 4 * 3_600_000;

test.each([
  ['four hours of one day', '09-20T10:00', '09-20T14:00', '09-25'],
  ['a minute more', '09-20T10:00', '09-20T14:01', '09-26'],
  ['a night with less of each day', '09-20T21:00', '09-21T03:00', '09-25'],
  ['a night that goes on into the morning', '09-20T21:00', '09-21T09:00', '09-26'],
  ['publication day, which is not counted', '09-18T10:00', '09-18T20:00', '09-25'],
  ['a weekend', '09-22T23:00', '09-25T03:00', '09-25'],
  ['from Thursday to Monday morning: three working days', '09-21T10:00', '09-25T09:00', '09-28'],
  ['the last day', '09-25T01:00', '09-26T00:00', '09-26'],
  ['two days more than the window had', '09-25T01:00', '09-27T10:00', '09-28'],
  ['over the National Day, the made-up Saturday counted', '09-25T01:00', '10-09T01:00', '10-09'],
])('without a look: %s', (_what, from, until, dueOn) => {
  const gap = { from: parseInstant(`2017-${from}:00+08:00`), until: parseInstant(`2017-${until}:00+08:00`) };
  expect((provenWindow(window, gap, fourHours, calendar) ?? window).dueOn).toBe(`2017-${dueOn}`);
});
