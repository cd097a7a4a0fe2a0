import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { handMadeCutOffs } from '../round/hand-made-cut-offs.ts';
import { workflowBundlePath } from '../setup/services.ts';
import { type Office, openOffice } from './office.ts';

let bundle: string;
let office: Office;

beforeAll(async () => {
  bundle = await workflowBundlePath();
}, 300_000);
afterEach(() => office.close());

const opened = () => office.world.openedDays.map(({ day, at }) => `${day} at ${at.slice(0, 16)}`);
const done = () => office.world.chores.map((line) => line.replace(/:\d\d(\.\d+)?\+08:00$/, ''));
const chores = () => done().filter((line) => line.startsWith('cut-off'));

test('missed days are opened in order and at once, the next ones at their 00:00, over the National Day', async () => {
  office = await openOffice(bundle, '2017-09-28T15:00:00+08:00');
  office.world.openedDays.push({ day: civilDate('2017-09-25'), at: parseInstant('2017-09-25T00:00:00+08:00') });
  await office.startBusinessDay();
  await office.until(() => office.world.openedDays.length === 4, 'the missed days');
  expect(opened().slice(1)).toEqual([
    '2017-09-26 at 2017-09-28T15:00',
    '2017-09-27 at 2017-09-28T15:00',
    '2017-09-28 at 2017-09-28T15:00',
  ]);
  await office.at('2017-09-28T23:59:50+08:00');
  expect(office.world.openedDays).toHaveLength(4);

  await office.at('2017-10-10T08:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 8, 'the days over the National Day');
  expect(opened().slice(4)).toEqual([
    '2017-09-29 at 2017-09-29T00:00',
    '2017-09-30 at 2017-09-30T00:00', // a Saturday, made up
    '2017-10-09 at 2017-10-09T00:00',
    '2017-10-10 at 2017-10-10T00:00',
  ]);
  expect(done()).toContain('housekeeping of 2017-09-29 at 2017-09-29T03:00');
});

test('a Saturday that became a workday after Monday was waited for is opened, at its midnight', async () => {
  office = await openOffice(bundle, '2017-09-15T08:00:00+08:00'); // a Friday
  await office.startBusinessDay();
  await office.at('2017-09-15T20:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 1, 'Friday');
  await office.until(() => office.calls.filter(({ name }) => name === 'nextBusinessDay').length === 2, 'the question');
  const year = calendarNotices.find((one) => one.year === 2017);
  if (!year) throw new Error('the year 2017 has a notice');
  const workdays = [...year.workdays, civilDate('2017-09-16')];
  office.world.calendar = workingCalendar([...calendarNotices, { ...year, id: '2017-e1', workdays }]);
  await office.at('2017-09-18T08:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 3, 'Saturday and Monday');
  expect(opened()).toEqual([
    '2017-09-15 at 2017-09-15T08:00',
    '2017-09-16 at 2017-09-16T00:00',
    '2017-09-18 at 2017-09-18T00:00',
  ]);
});

test('a day that cannot be opened is tried until it is; no later day comes before it', async () => {
  office = await openOffice(bundle, '2017-09-13T08:00:00+08:00');
  office.faults.downUntil.set('openBusinessDay', parseInstant('2017-09-15T08:30:00+08:00'));
  await office.startBusinessDay();
  await office.at('2017-09-15T10:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 3, 'opening');
  expect(opened()).toEqual([
    '2017-09-13 at 2017-09-15T09:00',
    '2017-09-14 at 2017-09-15T09:00',
    '2017-09-15 at 2017-09-15T09:00',
  ]);
});

test('an answer that was lost after a day was opened opens it once', async () => {
  office = await openOffice(bundle, '2017-09-13T08:00:00+08:00');
  office.faults.loseAnswer.add('openBusinessDay');
  await office.startBusinessDay();
  await office.at('2017-09-14T01:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 2, 'opening');
  expect(opened().map((line) => line.slice(0, 10))).toEqual(['2017-09-13', '2017-09-14']);
});

test('a year of cut-offs at 09:00 of the days worked out by hand, over the National Day and the Spring Festival', async () => {
  office = await openOffice(bundle, '2017-09-01T08:00:00+08:00');
  await office.startBusinessDay();
  await office.at('2018-09-01T00:00:00+08:00');
  await office.until(() => office.world.openedDays.at(-1)?.day === '2018-08-31', 'the last day of August');
  expect(chores()).toEqual(handMadeCutOffs.map((day) => `cut-off of ${day} at ${day}T09:00`));
});

test('a cut-off day that was missed is made up for, at once and before the days after it', async () => {
  office = await openOffice(bundle, '2017-09-18T15:00:00+08:00');
  office.world.openedDays.push({ day: civilDate('2017-09-14'), at: parseInstant('2017-09-14T00:00:00+08:00') });
  await office.startBusinessDay();
  await office.until(() => office.world.openedDays.length === 3, 'the missed days');
  expect(chores()).toEqual(['cut-off of 2017-09-15 at 2017-09-18T15:00']);
});
