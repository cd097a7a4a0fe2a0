import { describe, expect, test } from '@jest/globals';
import chineseDays from 'chinese-days';
import fc from 'fast-check';
import { addDays, civilDate, dayOfWeek, daysBetween } from '../../domain/policy/dates.ts';
import { noticesKnownOn, workingCalendar, type CalendarNotice } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';

const calendar = workingCalendar(calendarNotices);
const first = civilDate('2017-01-01');
const day = fc.integer({ min: 0, max: 3600 }).map((days) => addDays(first, days));
const asKnownOn = (date: string) => workingCalendar(noticesKnownOn(calendarNotices, civilDate(date)));

describe('the State Council notices', () => {
  test('agree with the chinese-days package on every day from 2017 to 2026', () => {
    const differing: string[] = [];
    for (let date = first; date <= '2026-12-31'; date = addDays(date, 1)) {
      if (calendar.isWorkingDay(date) !== chineseDays.isWorkday(date)) differing.push(date);
    }
    expect(differing).toEqual([]);
  });

  test.each([
    ['2017-09-30', true],
    ['2018-02-11', true],
    ['2018-02-24', true],
    ['2018-02-22', true],
    ['2018-02-21', false],
    ['2018-04-28', true],
    ['2018-12-29', true],
    ['2018-12-31', false],
    ['2020-01-31', false],
    ['2020-02-03', true],
  ])('%s: working day %p', (date, working) => expect(calendar.isWorkingDay(civilDate(date))).toBe(working));

  test('have ids of their own and stand each alone', () => {
    expect(new Set(calendarNotices.map((notice) => notice.id)).size).toBe(calendarNotices.length);
    for (const notice of calendarNotices) expect(() => workingCalendar([notice])).not.toThrow();
  });

  test('an amendment counts from its publication only: Labour Day 2019, Spring Festival 2020, New Year 2019', () => {
    expect(asKnownOn('2019-03-21').isWorkingDay(civilDate('2019-05-02'))).toBe(true);
    expect(asKnownOn('2019-03-22').isWorkingDay(civilDate('2019-05-02'))).toBe(false);
    expect(asKnownOn('2019-03-22').isWorkingDay(civilDate('2019-04-28'))).toBe(true);
    expect(asKnownOn('2020-01-26').isWorkingDay(civilDate('2020-01-31'))).toBe(true);
    expect(asKnownOn('2020-01-26').isWorkingDay(civilDate('2020-02-01'))).toBe(true);
    expect(asKnownOn('2020-01-27').isWorkingDay(civilDate('2020-02-01'))).toBe(false);
    expect(asKnownOn('2018-12-05').isWorkingDay(civilDate('2018-12-31'))).toBe(true);
  });

  test('the version is the notice published last', () => {
    expect(asKnownOn('2017-08-23').version).toBe('2017-1');
    expect(asKnownOn('2019-03-22').version).toBe('2019-2');
    expect(workingCalendar([]).version).toBe('none');
    expect(workingCalendar([...calendarNotices].reverse()).version).toBe(calendar.version);
  });

  test('a year that is not published is provisional and Monday to Friday', () => {
    const early = asKnownOn('2017-09-01');
    expect(early.provisional(civilDate('2017-12-31'))).toBe(false);
    expect(early.provisional(civilDate('2018-02-15'))).toBe(true);
    expect(early.isWorkingDay(civilDate('2018-02-15'))).toBe(true);
    expect(early.isWorkingDay(civilDate('2018-02-24'))).toBe(false);
  });

  test.each<[string, Partial<CalendarNotice>]>([
    ['a day of another year', { daysOff: [civilDate('2018-01-01')] }],
    ['a make-up workday on a weekday', { workdays: [civilDate('2017-09-01')] }],
    ['a day both off and worked', { daysOff: [civilDate('2017-09-30')], workdays: [civilDate('2017-09-30')] }],
  ])('a notice with %s is refused', (_, wrong) => {
    const right = { id: 'x', year: 2017, publishedOn: first, source: '', daysOff: [], workdays: [] };
    expect(() => workingCalendar([{ ...right, ...wrong }])).toThrow(RangeError);
  });
});

describe('counting', () => {
  test('over National Day and a make-up workday', () => {
    expect(calendar.next(civilDate('2017-09-29'))).toBe('2017-09-30');
    expect(calendar.next(civilDate('2017-09-30'))).toBe('2017-10-09');
    expect(calendar.next(civilDate('2017-10-03'))).toBe('2017-10-09');
    expect(calendar.onOrAfter(civilDate('2017-10-01'))).toBe('2017-10-09');
    expect(calendar.onOrBefore(civilDate('2017-10-08'))).toBe('2017-09-30');
    expect(calendar.onOrBefore(civilDate('2018-01-01'))).toBe('2017-12-29');
    expect(calendar.add(civilDate('2017-09-27'), 5)).toBe('2017-10-10');
    expect(calendar.add(civilDate('2017-10-01'), 1)).toBe('2017-10-09');
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses to count %p days', (n) =>
    expect(() => calendar.add(first, n)).toThrow(RangeError),
  );

  test('add is counting day by day, whatever the start', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 40 }), (date, n) => {
        let left = n;
        let at = date;
        while (left > 0) {
          at = addDays(at, 1);
          if (calendar.isWorkingDay(at)) left -= 1;
        }
        expect(calendar.add(date, n)).toBe(at);
      }),
    );
  });

  test('add grows with the count and never shrinks with the start', () => {
    fc.assert(
      fc.property(day, day, fc.integer({ min: 1, max: 300 }), (a, b, n) => {
        expect(calendar.add(a, n + 1) > calendar.add(a, n)).toBe(true);
        if (a <= b) expect(calendar.add(a, n) <= calendar.add(b, n)).toBe(true);
      }),
    );
  });

  test('next, onOrAfter and onOrBefore are the nearest working days', () => {
    fc.assert(
      fc.property(day, (date) => {
        const after = calendar.onOrAfter(date);
        const before = calendar.onOrBefore(date);
        expect(calendar.isWorkingDay(after) && calendar.isWorkingDay(before)).toBe(true);
        expect(before <= date && date <= after).toBe(true);
        expect(calendar.isWorkingDay(date)).toBe(before === after);
        expect(calendar.next(date)).toBe(calendar.add(date, 1));
        expect(daysBetween(before, after)).toBeLessThan(12);
      }),
    );
  });

  test('without notices it is Monday to Friday', () => {
    const plain = workingCalendar([]);
    fc.assert(fc.property(day, (date) => plain.isWorkingDay(date) === dayOfWeek(date) < 6));
  });
});
