import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { CaseCommand } from '../../domain/case/commands.ts';
import type { CaseNo, EntryId, OrgCode } from '../../domain/ids.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { handle, org, review, roundId, sub } from '../case/story.ts';
import { workflowBundlePath } from '../setup/services.ts';
import { lookSignal } from '../../workflows/follow-names.ts';
import { decided } from './case-office.ts';
import { type Office, openOffice } from './office.ts';

let bundle: string;
let office: Office;

beforeAll(async () => {
  bundle = await workflowBundlePath();
}, 300_000);
afterEach(() => office.close());

const [one, two, three, four] = ['0000001', '0000002', '0000003', '0000004'].map(
  (n) => `220102-2017-${n}` as CaseNo,
) as [CaseNo, CaseNo, CaseNo, CaseNo];
const filing = (caseNo: CaseNo): CaseCommand => ({
  type: 'file',
  caseNo,
  channel: 'online',
  org,
  fund: '220100' as OrgCode,
  certificate: { kind: 'qualification', occupation: '焊工', occupationKnown: true, level: 4 },
});
const stage = (caseNo: CaseNo) => office.world.case(caseNo).state.stage;
const round = () => office.world.round(roundId);
const when = (type: string) => round().events.find(({ event }) => event.type === type)?.at ?? '';
const calls = (name: string) => office.calls.filter((call) => call.name === name);

/** Cases approved on 5 September and a round cut off at 09:00 of the 15th. */
const cutOff = (...caseNos: readonly CaseNo[]) => cutOffAndFrozen(null, ...caseNos);

/** @param frozenFrom until then the list can't be made */
async function cutOffAndFrozen(frozenFrom: string | null, ...caseNos: readonly CaseNo[]): Promise<void> {
  office = await openOffice(bundle, '2017-09-05T09:00:00+08:00');
  for (const caseNo of caseNos) await office.world.command(caseNo, filing(caseNo));
  await office.at('2017-09-05T10:00:00+08:00');
  for (const caseNo of caseNos) {
    await office.until(() => stage(caseNo) === 'review', 'the look-ups');
    await office.world.command(caseNo, handle('wang', 'approve'));
    await office.world.command(caseNo, review('li', 'approve'));
  }
  await office.at('2017-09-15T09:00:00+08:00');
  if (frozenFrom) {
    office.faults.downUntil.set('freezeRound', parseInstant(frozenFrom));
    office.faults.pauseHours.set('freezeRound', 6); // four attempts in the night instead of twenty-four
  }
  await office.world.commandRound(roundId, { type: 'cut-off', roundId, org });
  if (frozenFrom) await office.at('2017-09-16T10:00:00+08:00');
  await office.until(() => round().state.stage !== 'freezing', 'freezing');
}

const order = () => office.world.commandRound(roundId, { type: 'order-publication', by: sub('hr') });

test('a round from cut-off to taking down, with real dates (N3.2, N3.3)', async () => {
  await cutOff(one, two);
  expect(round().state).toMatchObject({
    stage: 'reported',
    entries: 2,
    publication: { dueAt: '2017-09-20T00:00:00+08:00' },
  });
  expect([stage(one), stage(two)]).toEqual(['listed', 'listed']);

  await office.at('2017-09-18T10:00:00+08:00');
  await order();
  await office.until(() => stage(two) === 'publicity', 'publishing');
  expect(round().state).toMatchObject({
    stage: 'public',
    publication: { status: 'met' },
    window: { dueOn: '2017-09-25' },
  });

  await office.at('2017-09-25T23:59:50+08:00');
  expect([stage(one), stage(two), round().state.stage]).toEqual(['publicity', 'publicity', 'public']);
  await office.at('2017-09-26T00:01:00+08:00');
  await office.until(() => round().state.stage === 'passed', 'the end of the window');
  expect(round().events.at(-1)?.event).toMatchObject({ type: 'window-over', passed: 2, held: 0 });
  expect(when('window-over')).toMatch(/^2017-09-26T00:00:0/);
  // The registers were asked about everybody on the window's last day; nobody's own run was woken before it passed.
  expect(calls('lookAgainAtEntries').map(({ about, at }) => [about, at.slice(0, 16)])).toEqual([
    ['2017-09-25', '2017-09-25T00:00'],
  ]);
  expect([calls('lookAgain'), calls('submitCaseStep')]).toEqual([[], []]);

  await office.at('2017-09-26T08:59:50+08:00'); // HRSS tells on the working day after the window
  expect(calls('takeDownNotice')).toHaveLength(0);
  await office.at('2017-09-26T09:00:02+08:00');
  const { value } = await office.result(round());
  const { seq, hash } = round().events.at(-1) ?? {};
  expect(value).toEqual({ seq, hash, state: round().state });
  expect(round().events.map(({ event }) => event.type)).toEqual([
    ...['cut-off', 'reported', 'publication-ordered', 'seen', 'window-over', 'told'],
  ]);
  const ofCases = ['lookUp', 'lookAgain', 'submitCaseStep'];
  const names = office.calls.flatMap(({ name }) => (ofCases.includes(name) ? [] : [name]));
  expect(names.filter((name, index) => name !== names[index - 1])).toEqual([
    ...['freezeRound', 'publishNotice', 'publishEntries', 'watchNotice', 'lookAgainAtEntries', 'watchNotice'],
    ...['passEntries', 'takeDownNotice', 'submitRoundStep'],
  ]);
  expect(calls('watchNotice')).toHaveLength(8); // at once, and at noon of the 19th to the 25th
});

test('a round passes what is not held, awake or not, and forgets what was withdrawn', async () => {
  await cutOff(one, two, three, four);
  await office.at('2017-09-18T10:00:00+08:00');
  await office.world.command(four, { type: 'withdraw' });
  await order();
  await office.until(() => stage(three) === 'publicity', 'publishing');
  await office.at('2017-09-20T10:00:00+08:00');
  const dismissed = await office.world.object(one, 'objection');
  await office.at('2017-09-21T10:00:00+08:00');
  await office.world.command(one, decided(dismissed, 'dismissed')); // its run is awake from here on and asks by itself
  await office.at('2017-09-25T20:00:00+08:00');
  const objectionId = await office.world.object(two, 'objection');

  await office.at('2017-09-26T00:01:00+08:00');
  await office.until(() => round().state.stage === 'passed', 'the end of the window');
  expect([stage(one), stage(two), stage(three), stage(four)]).toEqual(['payable', 'publicity', 'payable', 'withdrawn']);
  expect(round().events.at(-1)?.event).toMatchObject({ type: 'window-over', passed: 2, held: 1 });
  expect(calls('passEntries')[0]?.at).toMatch(/^2017-09-26T00:00:0/);
  expect(calls('submitCaseStep').map(({ about }) => about)).toEqual(['pass']);

  // Dismissed later, the case passes by itself, and is told singly.
  await office.at('2017-09-28T10:00:00+08:00');
  await office.world.command(two, decided(objectionId, 'dismissed'));
  await office.until(() => stage(two) === 'payable', 'passing');
  await office.result(round());
});

test('a site that is down for two days: the publication is late and counted, and the window starts when it is seen', async () => {
  await cutOff(one);
  office.faults.downUntil.set('publishNotice', parseInstant('2017-09-20T10:30:00+08:00'));
  await office.at('2017-09-18T10:00:00+08:00');
  await order();
  await office.at('2017-09-20T00:00:02+08:00');
  await office.until(() => when('deadline-passed') !== '', 'the deadline');
  expect(when('deadline-passed')).toMatch(/^2017-09-20T00:00:0/);
  expect(round().state).toMatchObject({ stage: 'publishing', publication: { status: 'overdue' } });

  await office.at('2017-09-20T12:00:00+08:00');
  await office.until(() => stage(one) === 'publicity', 'publishing');
  expect(round().state).toMatchObject({
    publication: { status: 'met-late' },
    window: { startedOn: '2017-09-20', dueOn: '2017-09-27' },
  });
  expect(calls('publishNotice').length).toBeGreaterThan(40);
});

test('a publication that HRSS orders too late is late; nothing is published by itself', async () => {
  await cutOff(one);
  await office.at('2017-09-22T09:00:00+08:00');
  await office.until(() => when('deadline-passed') !== '', 'the deadline');
  expect(round().state).toMatchObject({ stage: 'reported', publication: { status: 'overdue' } });
  expect(calls('publishNotice')).toHaveLength(0);
  await order();
  await office.until(() => stage(one) === 'publicity', 'publishing');
  // The 22nd is not counted: 25 to 29 September; Saturday the 30th, a workday, lies behind it.
  expect(round().state).toMatchObject({ publication: { status: 'met-late' }, window: { dueOn: '2017-09-29' } });
});

test('a window over the National Day counts the made-up Saturday and skips the holidays', async () => {
  await cutOff(one);
  await office.at('2017-09-27T09:00:00+08:00');
  await order();
  await office.until(() => stage(one) === 'publicity', 'publishing');
  expect(round().state).toMatchObject({ window: { dueAt: '2017-10-11T00:00:00+08:00' } });
  await office.at('2017-10-10T23:59:50+08:00');
  expect(stage(one)).toBe('publicity');
  await office.at('2017-10-11T00:00:02+08:00');
  await office.until(() => stage(one) === 'payable', 'passing');
});

test('a new calendar that the round was not told of yet: nobody passes, and it asks again at its leisure', async () => {
  await publicSince18(one);
  const extra = { id: 'extra', year: 2017, publishedOn: civilDate('2099-01-01'), source: '', workdays: [] };
  office.world.calendar = workingCalendar([...calendarNotices, { ...extra, daysOff: [civilDate('2017-09-25')] }]);
  await office.at('2017-09-26T00:01:00+08:00');
  expect([stage(one), round().state.stage]).toEqual(['publicity', 'public']);
  expect(calls('passEntries').length).toBeGreaterThan(2);
  expect(calls('passEntries').length).toBeLessThan(15);
});

test('a round without entries ends at once', async () => {
  await cutOff();
  const { value } = await office.result(round());
  expect(value).toMatchObject({ state: { stage: 'empty' } });
  expect(calls('publishNotice')).toHaveLength(0);
});

test('an answer that was lost after the notice was seen: seen once', async () => {
  await cutOff(one);
  office.faults.loseAnswer.add('publishNotice');
  await order();
  await office.at('2017-09-15T09:05:00+08:00');
  await office.until(() => stage(one) === 'publicity', 'publishing');
  expect(calls('publishNotice')).toHaveLength(2);
  expect(round().events.filter(({ event }) => event.type === 'seen')).toHaveLength(1);
});

test('a list that could not be made by 24:00 is late, is counted, and still has everybody', async () => {
  await cutOffAndFrozen('2017-09-16T08:30:00+08:00', one, two);
  expect(when('deadline-passed')).toMatch(/^2017-09-16T00:00:0/);
  expect(round().state).toMatchObject({
    stage: 'reported',
    entries: 2,
    reporting: { dueOn: '2017-09-15', status: 'met-late' },
    publication: { status: 'running' },
  });
});

/** A round that is public since 10:00 of 2017-09-18, a Monday: its window is over at the end of the 25th. */
async function publicSince18(...caseNos: readonly CaseNo[]): Promise<void> {
  await cutOff(...caseNos);
  await office.at('2017-09-18T10:00:00+08:00');
  await order();
  await office.until(() => caseNos.every((caseNo) => stage(caseNo) === 'publicity'), 'publishing');
}

test('a site that was away on a working day: the day does not count, for the round and for every entry (N3.2)', async () => {
  await publicSince18(one, two);
  office.world.sights.set(civilDate('2017-09-20'), 'away');
  await office.at('2017-09-20T13:00:00+08:00');
  await office.until(() => when('window-moved') !== '', 'the look that found nothing');
  expect(round().state).toMatchObject({ window: { dueOn: '2017-09-26' }, announced: { dueOn: '2017-09-25' } });
  await office.until(() => calls('moveWindows').length === 1, 'telling the entries');
  expect(office.world.case(two).state).toMatchObject({ stage: 'publicity', window: { dueOn: '2017-09-26' } });

  await office.at('2017-09-26T00:01:00+08:00'); // the end that was announced first
  expect([stage(one), stage(two), round().state.stage]).toEqual(['publicity', 'publicity', 'public']);
  expect(calls('submitCaseStep')).toEqual([]);
  await office.at('2017-09-27T00:01:00+08:00');
  await office.until(() => round().state.stage === 'passed', 'the end of the window');
  expect([stage(one), stage(two)]).toEqual(['payable', 'payable']);
  expect(office.world.case(one).state.deadlines).toContainEqual(
    expect.objectContaining({ kind: 'payout', startedOn: '2017-09-27' }),
  );
});

test('a window that moves on its last day: the registers are asked again on the new last day', async () => {
  await publicSince18(one, two);
  office.world.sights.set(civilDate('2017-09-25'), 'away');
  await office.at('2017-09-25T13:00:00+08:00');
  await office.until(() => when('window-moved') !== '', 'the look that found nothing');
  await office.at('2017-09-27T00:01:00+08:00');
  await office.until(() => round().state.stage === 'passed', 'the end of the window');
  expect(calls('lookAgainAtEntries').map(({ about }) => about)).toEqual(['2017-09-25', '2017-09-26']);
  expect(office.world.case(one).state.lookUps.national?.at?.slice(0, 16)).toBe('2017-09-26T00:00');
  expect(calls('lookAgain')).toEqual([]);
});

test('registers that are silent all day keep nobody from passing; then each case asks by itself', async () => {
  await publicSince18(one, two);
  office.faults.downUntil.set('lookAgainAtEntries', parseInstant('2017-09-30T00:00:00+08:00'));
  office.faults.pauseHours.set('lookAgainAtEntries', 5); // never at 24:00, when it is given up
  await office.at('2017-09-26T00:01:00+08:00');
  await office.until(() => round().state.stage === 'passed', 'the end of the window');
  expect(calls('lookAgainAtEntries').length).toBeGreaterThan(1);
  await office.until(() => calls('lookAgain').length === 4, 'the registers asked again');
  expect(
    office.world
      .case(two)
      .events.map(({ event }) => event.type)
      .slice(-3),
  ).toEqual([...['passed', 'looked-again', 'looked-again']]);
  await office.at('2017-10-01T00:00:00+08:00');
  await office.result(round());
  expect(calls('lookAgainAtEntries').every(({ at }) => at < '2017-09-26T00:02')).toBe(true);
});

test('away on a Saturday lengthens nothing; a changed page begins the window again', async () => {
  await publicSince18(one);
  office.world.sights.set(civilDate('2017-09-23'), 'away');
  await office.at('2017-09-24T13:00:00+08:00');
  expect(round().state).toMatchObject({ window: { dueOn: '2017-09-25' } });
  office.world.sights.set(civilDate('2017-09-25'), 'changed');
  await office.at('2017-09-25T13:00:00+08:00');
  await office.until(() => when('window-moved') !== '', 'the look that found another page');
  // The 25th is not counted, the 30th is a made-up workday: 26, 27, 28, 29 and 30 September.
  expect(round().state).toMatchObject({ window: { startedOn: '2017-09-25', dueOn: '2017-09-30' } });
});

test('an entry that is struck is gone from the site at once, and the others keep their window', async () => {
  await publicSince18(one, two);
  const looks = calls('watchNotice').length;
  await office.world.command(two, { type: 'strike', roundId, by: sub('hr'), backTo: 'approved' });
  await office.world.commandRound(roundId, { type: 'strike', entryId: '2' as EntryId, by: sub('hr') });
  await office.until(() => calls('watchNotice').length > looks, 'looking at the site');
  expect(calls('watchNotice').at(-1)?.at).toMatch(/^2017-09-18T10:/);
  expect([stage(one), stage(two)]).toEqual(['publicity', 'approved']);
  expect(round().state).toMatchObject({ window: { dueOn: '2017-09-25' } });
});

test('an entry that is given up is gone from the site at once, not an hour later', async () => {
  await publicSince18(one, two);
  await office.until(() => calls('watchNotice').length === 1, 'the first look');
  await office.world.command(two, { type: 'withdraw' });
  await office.handle(`round-${roundId}`).signal(lookSignal); // as the pump does for an outbox row without an event
  await office.until(() => calls('watchNotice').length === 2, 'looking at the site');
  expect(calls('watchNotice').at(-1)?.at).toMatch(/^2017-09-18T10:/);
  expect(round().state).toMatchObject({ stage: 'public', window: { dueOn: '2017-09-25' } });
});
