import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dateOf, epochMs, startOfDay } from '../../domain/time.ts';
import {
  addDays,
  addMonths,
  atTime,
  civilDate,
  dayOfWeek,
  daysBetween,
  endOfDay,
  instantFromMs,
  isCivilDate,
  parseInstant,
} from '../../domain/policy/dates.ts';

const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays(civilDate('1990-01-01'), days));
const ms = fc.integer({ min: Date.UTC(2017, 0, 1), max: Date.UTC(2040, 0, 1) });

describe('civil dates', () => {
  test.each(['2017-02-29', '2017-13-01', '2017-00-10', '2017-9-1', '20170901', '2017-09-01T00:00', ' 2017-09-01', ''])(
    'refuses %p',
    (text) => {
      expect(isCivilDate(text)).toBe(false);
      expect(() => civilDate(text)).toThrow(RangeError);
    },
  );

  test('takes a leap day', () => expect(civilDate('2020-02-29')).toBe('2020-02-29'));

  test.each([
    ['2017-01-31', 1, '2017-02-28'],
    ['2020-02-29', 12, '2021-02-28'],
    ['2019-02-28', 12, '2020-02-28'],
    ['2017-12-15', 2, '2018-02-15'],
    ['2017-03-31', -1, '2017-02-28'],
  ])('%s plus %i months is %s (N2.0)', (from, months, to) => expect(addMonths(civilDate(from), months)).toBe(to));

  test('Monday is 1, Sunday is 7', () => {
    expect(dayOfWeek(civilDate('2017-09-04'))).toBe(1);
    expect(dayOfWeek(civilDate('2017-09-10'))).toBe(7);
  });

  test('adding days and counting them agree, over years and leap days', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -3000, max: 3000 }), (from, days) => {
        expect(daysBetween(from, addDays(from, days))).toBe(days);
      }),
    );
  });
});

describe('instants', () => {
  test('have one form: +08:00, milliseconds only where there are some', () => {
    expect(instantFromMs(Date.UTC(2017, 8, 8, 16))).toBe('2017-09-09T00:00:00+08:00');
    expect(instantFromMs(Date.UTC(2017, 8, 8, 16, 0, 0, 50))).toBe('2017-09-09T00:00:00.050+08:00');
    expect(parseInstant('2017-09-08T16:00:00Z')).toBe('2017-09-09T00:00:00+08:00');
    expect(parseInstant('2017-09-08T12:00:00.000-04:00')).toBe('2017-09-09T00:00:00+08:00');
    expect(parseInstant('2017-09-09T01:00:00.1239999+09:00')).toBe('2017-09-09T00:00:00.123+08:00');
  });

  test.each(['2017-09-09T00:00:00', '2017-09-09', 'now', ''])('refuses %p', (text) =>
    expect(() => parseInstant(text)).toThrow(RangeError),
  );

  test('refuses what has no four-digit year', () => {
    expect(() => instantFromMs(Number.NaN)).toThrow(RangeError);
    expect(() => instantFromMs(Date.UTC(10_000, 0, 1))).toThrow(RangeError);
  });

  test('keep their millisecond, and text order is time order', () => {
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        expect(epochMs(instantFromMs(a))).toBe(a);
        expect(parseInstant(instantFromMs(a))).toBe(instantFromMs(a));
        expect(Math.sign(a - b)).toBe(
          instantFromMs(a) < instantFromMs(b) ? -1 : instantFromMs(a) > instantFromMs(b) ? 1 : 0,
        );
      }),
    );
  });

  test('24:00 of a day is 00:00 of the next', () => {
    expect(endOfDay(civilDate('2017-12-31'))).toBe('2018-01-01T00:00:00+08:00');
    expect(atTime(civilDate('2017-12-31'), '24:00')).toBe('2018-01-01T00:00:00+08:00');
    expect(atTime(civilDate('2017-12-31'), '16:30')).toBe('2017-12-31T16:30:00+08:00');
    expect(() => atTime(civilDate('2017-12-31'), '9:00')).toThrow(RangeError);
  });

  test('a day begins on itself and ends on the next', () => {
    fc.assert(
      fc.property(day, (date) => {
        expect(dateOf(startOfDay(date))).toBe(date);
        expect(dateOf(endOfDay(date))).toBe(addDays(date, 1));
        expect(dateOf(instantFromMs(epochMs(endOfDay(date)) - 1))).toBe(date);
      }),
    );
  });
});
