import { describe, expect, test } from '@jest/globals';
import { civilDate } from '../../domain/policy/dates.ts';
import { stopDeadline } from '../../domain/policy/deadlines.ts';
import { resumeDeadline, startDeadline } from '../../domain/policy/deadline-days.ts';
import { movedDeadline, remainingWorkingDays } from '../../domain/policy/moved-deadlines.ts';
import { noticesKnownOn, workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { spring2020 } from './spring-2020.ts';

const knownOn = (day: string) => workingCalendar(noticesKnownOn(calendarNotices, civilDate(day)));
const early = knownOn('2020-01-23');
const late = knownOn('2020-01-27');
const entered = civilDate('2020-01-27');

describe('a changed calendar', () => {
  test.each(spring2020)('received $receivedOn: due $before, then $after', ({ receivedOn, before, after }) => {
    const review = startDeadline('review', civilDate(receivedOn), 5, early);
    expect(review.dueOn).toBe(before);
    const moved = movedDeadline(review, late, entered);
    expect(moved?.dueOn ?? review.dueOn).toBe(after);
    expect(moved === null).toBe(before === after);
    if (moved) expect(movedDeadline(moved, late, entered)).toBeNull(); // once
  });

  // A notice that makes a Saturday a workday: 27 September 2026 would be a Monday's workday made up.
  const shorter = workingCalendar([
    {
      id: '2027-e1',
      year: 2027,
      publishedOn: civilDate('2026-11-01'),
      source: 'made up',
      daysOff: [],
      workdays: [civilDate('2027-01-09')],
    },
  ]);
  const none = workingCalendar([]);
  const started = civilDate('2027-01-07'); // a Thursday: 8, 11, 12, 13, 14 January; with Saturday the 9th the 13th

  test('an office’s deadline follows it both ways, never to a day that is over', () => {
    const review = startDeadline('review', started, 5, none);
    expect(review).toMatchObject({ dueOn: '2027-01-14', provisional: true });
    expect(movedDeadline(review, shorter, civilDate('2027-01-08'))).toMatchObject({
      ...{ dueOn: '2027-01-13', dueAt: '2027-01-14T00:00:00+08:00', provisional: false, calendarVersion: '2027-e1' },
    });
    const onTheDay = movedDeadline(review, shorter, civilDate('2027-01-14'));
    expect(onTheDay).toMatchObject({ dueOn: '2027-01-14', provisional: false });
  });

  test.each(['supplement', 'registration-filing', 'publicity'] as const)(
    '%s is never shortened, and settled',
    (kind) => {
      const period = startDeadline(kind, started, 5, none);
      const moved = movedDeadline(period, shorter, civilDate('2027-01-08'));
      expect(moved).toMatchObject({ dueOn: '2027-01-14', provisional: false });
    },
  );

  test('one that was late is running again when it is lengthened; who was reminded is reminded again', () => {
    const review = { ...startDeadline('review', civilDate('2020-01-19'), 5, early), status: 'overdue' as const };
    const moved = movedDeadline(
      { ...review, remindedAt: review.dueAt, escalatedTo: [] },
      late,
      civilDate('2020-02-01'),
    );
    expect(moved).toMatchObject({ dueOn: '2020-02-03', status: 'running' });
    expect(moved).not.toHaveProperty('remindedAt');
    expect(movedDeadline(review, late, civilDate('2020-02-04'))).toMatchObject({ status: 'overdue' });
  });

  test('met, dropped and stopped ones stay as they are', () => {
    const review = startDeadline('review', civilDate('2020-01-20'), 5, early);
    for (const status of ['met', 'met-late', 'dropped', 'stopped'] as const)
      expect(movedDeadline({ ...review, status }, late, entered)).toBeNull();
  });
});

describe('what is left, in working days', () => {
  const calendar = knownOn('2017-09-01');
  const left = (deadline: Parameters<typeof remainingWorkingDays>[0], day: string) =>
    remainingWorkingDays(deadline, calendar, civilDate(day));

  test('all of it on the day of receipt, none on the last day, below none when late', () => {
    const review = startDeadline('review', civilDate('2017-09-27'), 5, calendar); // over the National Day to 10 October
    const days = ['2017-09-27', '2017-09-28', '2017-09-30', '2017-10-08', '2017-10-09', '2017-10-10', '2017-10-11'];
    expect(days.map((day) => left(review, day))).toEqual([5, 4, 2, 2, 1, 0, -1]);
    expect(left({ ...review, status: 'met' }, '2017-09-28')).toBeNull();
  });

  test('a stopped one keeps its rest over the holiday', () => {
    const review = startDeadline('review', civilDate('2017-09-26'), 5, calendar);
    const stopped = stopDeadline(review, civilDate('2017-09-28')); // the 27th was used
    expect(left(stopped, '2017-10-20')).toBe(4);
    const resumed = resumeDeadline(stopped, civilDate('2017-10-09'), calendar); // 10, 11, 12, 13 October
    expect([left(resumed, '2017-10-09'), left(resumed, '2017-10-10'), left(resumed, '2017-10-13')]).toEqual([4, 3, 0]);
    const again = stopDeadline(resumed, civilDate('2017-10-11'));
    expect(left(again, '2017-10-20')).toBe(3);
  });
});
