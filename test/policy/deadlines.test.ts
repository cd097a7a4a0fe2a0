import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../domain/time.ts';
import { addDays, civilDate, endOfDay, instantFromMs, parseInstant } from '../../domain/policy/dates.ts';
import { pastDue, stopDeadline } from '../../domain/policy/deadlines.ts';
import { resumeDeadline, startDeadline } from '../../domain/policy/deadline-days.ts';
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

describe('a deadline that is stopped and resumed (N3.1d, N3.3)', () => {
  const started = (on: string, days = 5) => startDeadline('review', civilDate(on), days, calendar);
  const paused = (deadline: ReturnType<typeof started>, from: string, after: string) =>
    resumeDeadline(stopDeadline(deadline, civilDate(from)), civilDate(after), calendar);

  test('the day of the notice does not count, the working day after the entry does, with the rest of the days', () => {
    // Filed on Friday 1 September; 4 and 5 count. Noticed on the 6th, entered on the 14th: 15, 18, 19.
    const stopped = stopDeadline(started('2017-09-01'), civilDate('2017-09-06'));
    expect(stopped).toMatchObject({ status: 'stopped', dueOn: '2017-09-08', stops: [{ from: '2017-09-06' }] });
    expect(resumeDeadline(stopped, civilDate('2017-09-14'), calendar)).toMatchObject({
      status: 'running',
      dueOn: '2017-09-19',
      dueAt: '2017-09-20T00:00:00+08:00',
      stops: [{ from: '2017-09-06', resumedOn: '2017-09-15' }],
    });
  });

  test('over the National Day of 2017: Saturday 30 September is worked, 1 to 8 October are not', () => {
    // 26 and 27 count; stopped on the 28th; the answer of the 29th lets the 30th, the 9th and the 10th count.
    expect(paused(started('2017-09-25'), '2017-09-28', '2017-09-29').dueOn).toBe('2017-10-10');
    // An answer within the holiday counts from its first day after.
    expect(paused(started('2017-09-25'), '2017-09-28', '2017-10-03').stops).toEqual([
      { from: '2017-09-28', resumedOn: '2017-10-09' },
    ]);
    expect(paused(started('2017-09-25'), '2017-09-28', '2017-10-03').dueOn).toBe('2017-10-11');
  });

  test('over New Year, and over Spring Festival 2018 with the Sunday 11 and the Saturday 24 February worked', () => {
    // Filed on 27 December: 28 counts; stopped on the 29th, resumed on 2 January: 2, 3, 4, 5.
    expect(paused(started('2017-12-27'), '2017-12-29', '2017-12-31').dueOn).toBe('2018-01-05');
    // Filed on 8 February: 9 and 11 count; stopped on the 12th; the answer of the 14th: 22, 23, 24.
    expect(paused(started('2018-02-08'), '2018-02-12', '2018-02-14').dueOn).toBe('2018-02-24');
  });

  test('stopped twice: each stop takes its own days', () => {
    const once = paused(started('2017-09-01'), '2017-09-05', '2017-09-07'); // 4 | 8, 11, 12, 13
    expect(once.dueOn).toBe('2017-09-13');
    expect(paused(once, '2017-09-12', '2017-09-20').dueOn).toBe('2017-09-22'); // 4, 8, 11 | 21, 22
  });

  test('what is over or stopped already is not stopped; what runs is not resumed', () => {
    const deadline = started('2017-09-01');
    expect(stopDeadline(deadline, civilDate('2017-09-09'))).toBe(deadline);
    const overdue = { ...deadline, status: 'overdue' } as const;
    expect(stopDeadline(overdue, civilDate('2017-09-06'))).toBe(overdue);
    const stopped = stopDeadline(deadline, civilDate('2017-09-06'));
    expect(stopDeadline(stopped, civilDate('2017-09-07'))).toBe(stopped);
    expect(resumeDeadline(deadline, civilDate('2017-09-07'), calendar)).toBe(deadline);
  });

  test('a calendar that was published meanwhile counts for the rest; the last day never lies in the stop', () => {
    const early = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-20')));
    const review = startDeadline('review', civilDate('2020-01-21'), 5, early); // 22, 23, 31, 1 and 3 February
    expect(review.dueOn).toBe('2020-02-03');
    const resumed = resumeDeadline(stopDeadline(review, civilDate('2020-01-23')), civilDate('2020-01-28'), calendar);
    expect(resumed).toMatchObject({ dueOn: '2020-02-06', calendarVersion: calendar.version });
    expect(resumed.stops).toEqual([{ from: '2020-01-23', resumedOn: '2020-02-03' }]);
  });

  test('exactly its working days count, whatever was stopped; a stop never shortens', () => {
    const day = fc.integer({ min: 0, max: 3000 });
    const pause = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 40 }));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 20 }), fc.array(pause, { maxLength: 4 }), (days, n, pauses) => {
        let deadline = startDeadline('review', addDays(civilDate('2017-08-23'), days), n, calendar);
        let from = deadline.startedOn;
        for (const [later, length] of pauses) {
          from = addDays(from, later);
          const after = addDays(from, length);
          const before = deadline;
          deadline = resumeDeadline(stopDeadline(before, from), after, calendar);
          expect(deadline.dueOn >= before.dueOn).toBe(true);
          from = addDays(after, 1);
        }
        const counting: string[] = [];
        for (let one = addDays(deadline.startedOn, 1); one <= deadline.dueOn; one = addDays(one, 1)) {
          const isStopped = deadline.stops.some((stop) => stop.from <= one && one < (stop.resumedOn ?? one));
          if (calendar.isWorkingDay(one) && !isStopped) counting.push(one);
        }
        expect(counting).toHaveLength(n);
        expect(counting.at(-1)).toBe(deadline.dueOn);
      }),
      { numRuns: 500 },
    );
  });
});
