import { expect, test } from '@jest/globals';
import type { CaseNo } from '../../domain/ids.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { noticesKnownOn, workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { RoundState } from '../../domain/round/round.ts';
import { caseNo as storyCase, file, org, roundId, sub } from '../case/story.ts';
import { caseTests, office, open, reviewed, stage, when } from '../workflows/case-office.ts';
import { extension2020, spring2020 } from './spring-2020.ts';

caseTests();

const caseNos = spring2020.map((_, index) => `220102-2020-000000${index + 1}` as CaseNo);
const review = (caseNo: CaseNo) => office.world.case(caseNo).state.deadlines.find(({ kind }) => kind === 'review');
const passedAt = (caseNo: CaseNo) =>
  office.world
    .case(caseNo)
    .events.find(({ event }) => event.type === 'deadline-passed')
    ?.at.slice(0, 16);

test('the spring of 2020: reviews are due as worked out by hand, before and after the extension was entered', async () => {
  await open('2020-01-17T08:00:00+08:00');
  office.world.calendar = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-17')));
  for (const [index, { receivedOn, before }] of spring2020.entries()) {
    const caseNo = caseNos[index] ?? ('' as CaseNo);
    await office.at(`${receivedOn}T10:00:00+08:00`);
    await office.world.command(caseNo, { ...file, caseNo } as typeof file);
    expect([receivedOn, review(caseNo)?.dueOn]).toEqual([receivedOn, before]);
  }
  await office.at('2020-01-27T15:00:00+08:00');
  office.world.calendar = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-27')));
  // The first two were over on the 23rd: nothing of theirs is touched.
  expect(await office.putInForce(extension2020())).toEqual({ cases: 5, rounds: 0, batches: 0 });
  expect(caseNos.map((caseNo) => review(caseNo)?.dueOn)).toEqual(spring2020.map(({ after }) => after));

  // The runs keep the new days: the last is late on 8 February, and not before its time.
  await office.at('2020-02-08T01:00:00+08:00');
  await office.until(() => caseNos.every((caseNo) => passedAt(caseNo) !== undefined), 'the deadlines');
  expect(caseNos.map(passedAt)).toEqual([
    ...['2020-01-24T00:00', '2020-01-24T00:00', '2020-02-04T00:00', '2020-02-05T00:00'],
    ...['2020-02-06T00:00', '2020-02-07T00:00', '2020-02-08T00:00'],
  ]);
  for (const caseNo of caseNos)
    expect(office.world.case(caseNo).events.filter(({ event }) => event.type === 'deadline-passed')).toHaveLength(1);
});

test('an announced window is lengthened, for the round and its entries alike; nothing passes on the old day', async () => {
  await open('2020-01-14T09:00:00+08:00');
  office.world.calendar = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-14')));
  await office.world.command(storyCase, file);
  await reviewed('approve', '2020-01-15T08:00:00+08:00', '2020-01-15T08:30:00+08:00');
  await office.at('2020-01-15T09:00:00+08:00');
  await office.world.commandRound(roundId, { type: 'cut-off', roundId, org });
  await office.at('2020-01-20T10:00:00+08:00');
  await office.world.commandRound(roundId, { type: 'order-publication', by: sub('hr') });
  await office.until(() => stage() === 'publicity', 'the publication');
  const windows = () => [office.world.round(roundId).state, office.world.case(storyCase).state].map(windowOf);
  expect(windows()).toEqual(['2020-02-01', '2020-02-01']); // 21, 22, 23, 31 January and 1 February
  await office.at('2020-01-27T15:00:00+08:00');
  office.world.calendar = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-27')));
  expect(await office.putInForce(extension2020())).toEqual({ cases: 1, rounds: 1, batches: 0 });
  expect(windows()).toEqual(['2020-02-04', '2020-02-04']); // 21, 22, 23 January, 3 and 4 February
  await office.at('2020-02-04T23:59:50+08:00');
  expect([stage(), office.world.round(roundId).state.stage]).toEqual(['publicity', 'public']);
  await office.at('2020-02-05T00:01:00+08:00');
  await office.until(() => stage() === 'payable', 'passing');
  expect(when('passed')).toMatch(/^2020-02-05T00:00:0/);
  await office.until(() => office.world.round(roundId).state.stage === 'passed', 'the end of the round’s window');
});

const windowOf = (state: CaseState | RoundState): string | null =>
  state.stage === 'publicity' || state.stage === 'public' ? state.window.dueOn : null;
