import { expect, test } from '@jest/globals';
import { addDays, civilDate } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { noticesKnownOn, type WorkingCalendar, workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { isCutOffDay } from '../../domain/round/cut-off-days.ts';
import { handMadeCutOffs } from './hand-made-cut-offs.ts';

const calendars = new Map<number, WorkingCalendar>();

/** The calendar as the public knew it on a day. */
function knownOn(date: string): WorkingCalendar {
  const notices = noticesKnownOn(calendarNotices, civilDate(date));
  const calendar = calendars.get(notices.length) ?? workingCalendar(notices);
  calendars.set(notices.length, calendar);
  return calendar;
}

test('the first year of rounds: 24 cut-off days, as worked out by hand, and no other day (N3.2)', () => {
  const found: string[] = [];
  for (let day = civilDate('2017-09-01'); day < '2018-09-01'; day = addDays(day, 1)) {
    // As on the day itself: the calendar of 2018 was published on 2017-11-30.
    if (isCutOffDay(day, policy201767, knownOn(day))) found.push(day);
  }
  expect(found).toEqual(handMadeCutOffs);
  expect(found).toHaveLength(24);
});

test('a leap February ends on its 29th; the long holiday of 2020 pushes its 30 January back before the New Year', () => {
  const of2020 = knownOn('2020-01-27');
  const days = ['2020-01-15', '2020-01-23', '2020-02-14', '2020-02-28'];
  expect(days.map((day) => isCutOffDay(civilDate(day), policy201767, of2020))).toEqual([true, true, true, true]);
  // 2020-02-29 is a Saturday; 15 February too.
  expect(isCutOffDay(civilDate('2020-02-29'), policy201767, of2020)).toBe(false);
  expect(isCutOffDay(civilDate('2024-02-29'), policy201767, knownOn('2024-01-01'))).toBe(true);
});

test('a report whose holidays reach back into the month before is made there, on a day that is not its own', () => {
  const daysOff = Array.from({ length: 15 }, (_, index) => addDays(civilDate('2019-02-01'), index));
  const calendar = workingCalendar([
    { id: 'x', year: 2019, publishedOn: civilDate('2019-01-01'), source: 'x', daysOff, workdays: [] },
  ]);
  const of = (day: string) => isCutOffDay(civilDate(day), policy201767, calendar);
  // January's own is the 30th, a Wednesday; the one of 15 February is the day after.
  expect(['2019-01-29', '2019-01-30', '2019-01-31', '2019-02-15'].map(of)).toEqual([false, true, true, false]);
});
