import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../domain/time.ts';
import { addDays, civilDate, endOfDay, instantFromMs, parseInstant } from '../../domain/policy/dates.ts';
import { pastDue, startDeadline } from '../../domain/policy/deadlines.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { noticesKnownOn, workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';

const calendar = workingCalendar(calendarNotices);

describe('deadlines (N3.1)', () => {
  test('the start day is not counted, the fifth working day is the last, 24:00 is late', () => {
    const review = startDeadline('review', civilDate('2017-09-01'), policy201767.deadlines.review, calendar);
    expect(review).toEqual({
      kind: 'review',
      startedOn: '2017-09-01',
      workingDays: 5,
      dueOn: '2017-09-08',
      dueAt: '2017-09-09T00:00:00+08:00',
      calendarVersion: calendar.version,
      provisional: false,
      stops: [],
      status: 'running',
    });
    expect(pastDue(review, parseInstant('2017-09-08T23:59:59.999+08:00'))).toBe(false);
    expect(pastDue(review, parseInstant('2017-09-09T00:00:00+08:00'))).toBe(true);
    expect(pastDue(review, parseInstant('2017-09-08T16:00:00Z'))).toBe(true);
  });

  test('payout in 7 working days across National Day 2017 (N3.3)', () => {
    const payout = startDeadline('payout', civilDate('2017-09-27'), policy201767.deadlines.payout, calendar);
    expect(payout.dueOn).toBe('2017-10-12');
  });

  test('a start on a day off counts from the next working day', () => {
    expect(startDeadline('review', civilDate('2017-10-01'), 5, calendar).dueOn).toBe('2017-10-13');
  });

  test('one that reaches into a year without a notice is provisional', () => {
    const known = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2017-11-01')));
    expect(startDeadline('payout', civilDate('2017-12-20'), 7, known).provisional).toBe(false);
    expect(startDeadline('payout', civilDate('2017-12-27'), 7, known).provisional).toBe(true);
    expect(startDeadline('payout', civilDate('2017-12-27'), 7, calendar).provisional).toBe(false);
  });

  test('ends after its last working day and never before its start day is over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 30 }), (days, n) => {
        const startedOn = addDays(civilDate('2017-08-23'), days);
        const deadline = startDeadline('review', startedOn, n, calendar);
        expect(calendar.isWorkingDay(deadline.dueOn)).toBe(true);
        expect(deadline.dueAt).toBe(endOfDay(deadline.dueOn));
        expect(deadline.dueOn > startedOn).toBe(true);
        expect(pastDue(deadline, instantFromMs(epochMs(deadline.dueAt) - 1))).toBe(false);
      }),
    );
  });
});
