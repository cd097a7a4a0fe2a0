import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, startOfDay } from '../../domain/time.ts';
import { addDays, addMonths, civilDate, instantFromMs, parseInstant } from '../../domain/policy/dates.ts';
import {
  certificateDateCheck,
  certificateLevelCheck,
  contributionCheck,
  employedCheck,
  filedInTime,
  filedInTimeCheck,
  lastDayToApply,
  windowEndsAt,
} from '../../domain/policy/eligibility.ts';
import { policy201767 as policy } from '../../domain/policy/policy-2017-67.ts';
import { policyInForce, type Channel, type Level } from '../../domain/policy/policy.ts';
import { noticesKnownOn, workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';

const calendar = workingCalendar(calendarNotices);
const issued = fc.integer({ min: 0, max: 3000 }).map((days) => addDays(civilDate('2017-01-01'), days));

describe('the window of 12 months (N2.0)', () => {
  test.each([
    ['2017-03-31', '2018-04-02'],
    ['2020-02-29', '2021-03-01'],
    ['2017-02-15', '2018-02-22'],
    ['2017-10-01', '2018-10-08'],
    ['2017-04-28', '2018-04-28'],
    ['2017-09-01', '2018-09-03'],
  ])('issued %s: last day %s', (issuedOn, last) =>
    expect(lastDayToApply(civilDate(issuedOn), policy, calendar)).toBe(last),
  );

  test('never ends before the 12 months are over, and always on the first working day from then', () => {
    fc.assert(
      fc.property(issued, (issuedOn) => {
        const whole = addMonths(issuedOn, 12);
        const last = lastDayToApply(issuedOn, policy, calendar);
        expect(last >= whole).toBe(true);
        expect(calendar.isWorkingDay(last)).toBe(true);
        for (let date = whole; date < last; date = addDays(date, 1)) expect(calendar.isWorkingDay(date)).toBe(false);
      }),
    );
  });

  test.each<[Channel, string, boolean]>([
    ['online', '2018-04-02T23:59:59.999+08:00', true],
    ['online', '2018-04-03T00:00:00+08:00', false],
    ['counter', '2018-04-02T16:29:59+08:00', true],
    ['counter', '2018-04-02T16:30:00+08:00', false],
    ['collective', '2018-04-02T16:29:59+08:00', true],
    ['collective', '2018-04-02T17:00:00+08:00', false],
    ['counter', '2018-03-30T17:00:00+08:00', true],
    ['online', '2017-03-31T00:00:00+08:00', true],
    ['online', '2017-03-30T23:59:59+08:00', false],
  ])('%s at %s: in time %p', (channel, filedAt, inTime) => {
    const filed = { channel, filedAt: parseInstant(filedAt), issuedOn: civilDate('2017-03-31') };
    expect(filedInTime(filed, policy, calendar)).toBe(inTime);
    expect(filedInTimeCheck(filed, policy, calendar).passed).toBe(inTime);
  });

  test('holds up to its end and from then on no more', () => {
    fc.assert(
      fc.property(issued, fc.constantFrom<Channel>('online', 'counter', 'collective'), (issuedOn, channel) => {
        const end = windowEndsAt(issuedOn, channel, policy, calendar);
        const at = (filedAt: typeof end) => filedInTime({ filedAt, channel, issuedOn }, policy, calendar);
        expect(at(startOfDay(issuedOn))).toBe(true);
        expect(at(instantFromMs(epochMs(end) - 1))).toBe(true);
        expect(at(end)).toBe(false);
      }),
    );
  });

  test('says that a last day is provisional', () => {
    const known = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2017-09-01')));
    const filed = {
      channel: 'online' as const,
      filedAt: parseInstant('2017-09-01T10:00:00+08:00'),
      issuedOn: civilDate('2017-06-30'),
    };
    expect(filedInTimeCheck(filed, policy, known).detail).toBe(
      '2017-09-01提出申请，在期限内（网上申请截止2018-07-02 24:00（该年放假安排尚未公布，暂按周一至周五推算））。',
    );
    expect(filedInTimeCheck(filed, policy, calendar).detail).not.toContain('尚未公布');
  });
});

describe('who and what (N1)', () => {
  test('36 months are enough, 35 are not (N1.1)', () => {
    expect(contributionCheck(36, policy).passed).toBe(true);
    expect(contributionCheck(35, policy)).toEqual({
      clause: 'N1.1',
      code: 'contribution-months',
      passed: false,
      detail: '累计缴费35个月，不足36个月。',
    });
  });

  test('certificates from 2017-01-01 (N1.2)', () => {
    expect(certificateDateCheck(civilDate('2017-01-01'), policy).passed).toBe(true);
    expect(certificateDateCheck(civilDate('2016-12-31'), policy).passed).toBe(false);
  });

  test.each<[Level, boolean]>([
    [5, true],
    [4, true],
    [3, true],
    [2, false],
    [1, false],
  ])('level %i is covered: %p (N1.2)', (level, covered) => {
    expect(certificateLevelCheck(level, 'qualification', policy).passed).toBe(covered);
    expect(certificateLevelCheck(level, 'skill-level', policy).passed).toBe(covered);
  });

  test('only employees of enterprises (N1.0)', () => {
    expect(employedCheck('employed', policy).passed).toBe(true);
    for (const status of ['institution', 'civil-servant', 'freelancer', 'unemployed', 'retired', 'deceased'] as const) {
      expect(employedCheck(status, policy).passed).toBe(false);
    }
  });
});

describe('the policy in force (N7)', () => {
  const later = { ...policy, id: 'later', inForceFrom: civilDate('2019-01-01') };

  test('none before 2017-08-23', () => {
    expect(policyInForce([policy], civilDate('2017-08-22'))).toBeUndefined();
    expect(policyInForce([policy], civilDate('2017-08-23'))?.id).toBe('2017-67');
  });

  test('the latest that has begun, in whatever order they are given', () => {
    for (const policies of [
      [policy, later],
      [later, policy],
    ]) {
      expect(policyInForce(policies, civilDate('2018-12-31'))?.id).toBe('2017-67');
      expect(policyInForce(policies, civilDate('2019-01-01'))?.id).toBe('later');
    }
  });
});
