import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { choresOf } from '../../domain/chores.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { draw, type Drawable, monthBefore, monthFrom, neighbours } from '../../domain/sample/sample.ts';
import { lotOf } from '../../store/sample.ts';

/** The monthly sample (N3.4c): the lot, and what else is worth a look. */

const calendar = workingCalendar(calendarNotices);
const caseNo = (n: number) => `220102-2017-${String(n).padStart(7, '0')}` as CaseNo;
const paid = (count: number, seed: string, signed: readonly number[] = []): Drawable[] =>
  Array.from({ length: count }, (_, n) => ({
    caseNo: caseNo(n),
    lot: lotOf(seed, caseNo(n)),
    signs: signed.includes(n) ? [{ sign: 'shared-phone', others: [caseNo(n + 1)] }] : [],
  }));

test('five of a hundred, three at least, all where there are fewer', () => {
  expect(draw(paid(100, 's'), policy201767)).toHaveLength(5);
  expect(draw(paid(101, 's'), policy201767)).toHaveLength(6);
  expect(draw(paid(10, 's'), policy201767)).toHaveLength(3);
  expect(draw(paid(2, 's'), policy201767)).toHaveLength(2);
});

test('the seed says which: the same again, others for another', () => {
  const of = (seed: string) => draw(paid(400, seed), policy201767).map((one) => one.caseNo);
  expect(of('one')).toEqual(of('one'));
  expect(of('one')).not.toEqual(of('two'));
});

test('signs add cases, and take no place of the lot', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(199), { maxLength: 60 }), fc.string(), (signed, seed) => {
      const drawn = draw(paid(200, seed, signed), policy201767);
      expect(drawn.filter((one) => one.byLot)).toHaveLength(10);
      const bySigns = drawn.filter((one) => !one.byLot);
      expect(bySigns.every((one) => one.signs.length > 0)).toBe(true);
      expect(bySigns.length).toBeLessThanOrEqual(20);
      expect(new Set(drawn.map((one) => one.caseNo)).size).toBe(drawn.length);
    }),
  );
});

test('numbers next to a number keep its length', () => {
  expect(neighbours('1707000000400009')).toEqual(['1707000000400008', '1707000000400010']);
  expect(neighbours('JL-0000')).toEqual(['JL-0001']);
  expect(neighbours('ABC')).toEqual([]);
});

test('drawn on the month’s first working day, over the month before', () => {
  const kinds = (day: string) =>
    choresOf(civilDate(day), policy201767, calendar)
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'sample' || kind === 'cut-off');
  // The National Day holidays of 2017 ended on 8 October.
  expect(kinds('2017-10-09')).toEqual(['sample']);
  expect(kinds('2017-10-10')).toEqual([]);
  expect(kinds('2017-11-01')).toEqual(['sample']);
  expect(kinds('2017-09-15')).toEqual(['cut-off']);
  expect(monthBefore(civilDate('2018-01-02'))).toBe('2017-12-01');
  expect(monthFrom(civilDate('2018-02-01'))).toEqual({ from: '2018-02-01', before: '2018-03-01' });
});
