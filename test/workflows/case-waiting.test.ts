import { expect, test } from '@jest/globals';
import type { CaseNo } from '../../domain/ids.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import {
  askReconsideration,
  caseNo,
  file,
  fileFromElsewhere,
  handle,
  inspect,
  list,
  receiveRegistration,
  reconsider,
  remindApplicant,
  supplement,
} from '../case/story.ts';
import {
  attempts,
  caseTests,
  deadline,
  everything,
  caughtUp,
  filedOn,
  office,
  open,
  refusedOnAnOldNotFound,
  reviewed,
  stage,
  theCase,
  types,
  when,
} from './case-office.ts';

caseTests();

const askSupplement = handle('wang', 'supplement', { clauses: ['N2.2'] });

test('"not found" of the day before is asked again before it refuses: found now, the refusal goes back to the handler', async () => {
  await refusedOnAnOldNotFound();
  await office.until(() => attempts('lookUp', 'national').length === 2, 'the second question');
  await office.until(() => types().filter((type) => type === 'checked').length === 2, 'the second answer');
  expect(theCase().state).toMatchObject({ stage: 'review', handling: null });
  expect(attempts('lookUp')).toHaveLength(4);
});

test('reminded on the working day before her period ends: the run tells her, and it lapses all the same', async () => {
  await filedOn('2017-09-19T10:00:00+08:00');
  await office.at('2017-09-20T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, askSupplement);
  await office.at('2017-10-09T00:00:10+08:00'); // until the 10th, the second working day after the National Day
  await office.world.command(caseNo, remindApplicant('supplement', '2017-10-11T00:00:00+08:00'));
  await office.until(() => attempts('sendTelling').length === 2, 'the reminder');
  await office.at('2017-10-11T00:00:05+08:00');
  const { value } = await office.result(theCase());
  expect(value).toMatchObject({ state: { stage: 'lapsed', tellings: { begun: 3, open: [] } } });
  expect(types().filter((type) => type === 'applicant-reminded')).toHaveLength(1);
});

test('a supplement over New Year: the clock stops, everything is looked up again, the rest of the days count', async () => {
  // 28 December counts; the review would have been due on 4 January.
  await filedOn('2017-12-27T10:00:00+08:00');
  await office.at('2017-12-29T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, askSupplement);
  await office.at('2018-01-05T10:00:00+08:00');
  expect(stage()).toBe('supplement');
  expect(types()).not.toContain('deadline-passed');
  await office.world.command(caseNo, supplement);
  await office.until(() => stage() === 'review', 'the second look-ups');
  expect(attempts('lookUp')).toHaveLength(6);
  expect(deadline('review')).toMatchObject({ status: 'running', dueOn: '2018-01-11' }); // 8, 9, 10, 11
  await office.at('2018-01-12T00:00:02+08:00');
  await office.until(() => types().includes('deadline-passed'), 'the deadline');
  expect(when('deadline-passed')).toMatch(/^2018-01-12T00:00:0/);
  expect(await caughtUp()).toEqual(everything());
});

test('not answered over the Spring Festival of 2018 it lapses at 24:00 of the tenth working day, and the run ends', async () => {
  await filedOn('2018-02-09T10:00:00+08:00');
  await office.at('2018-02-11T09:00:00+08:00'); // a Sunday, made up
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, askSupplement);
  // 12 to 14 February, 22 to 24 with the Saturday made up, 26 to 28, 1 March.
  await office.at('2018-03-01T23:59:50+08:00');
  expect(stage()).toBe('supplement');
  await office.at('2018-03-02T00:00:02+08:00');
  const { value, at } = await office.result(theCase());
  expect(at).toMatch(/^2018-03-02T00:00:/);
  expect(value).toMatchObject({ state: { stage: 'lapsed', of: 'supplement' } });
  expect(types()).not.toContain('deadline-passed');
});

test('a certificate from elsewhere over the National Day: entered while the register was away, resumed after the holiday', async () => {
  await open('2017-09-26T10:00:00+08:00');
  office.world.story = { file: fileFromElsewhere };
  await office.world.command(caseNo, file);
  await office.at('2017-09-27T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, handle('wang', 'registration'));
  await office.at('2017-09-29T10:00:00+08:00');
  await office.world.command(caseNo, receiveRegistration);
  await office.at('2017-09-30T15:00:00+08:00'); // a Saturday, made up
  office.faults.downUntil.set('registerCertificate', parseInstant('2017-10-02T16:00:00+08:00'));
  office.world.story = {};
  await office.world.command(caseNo, inspect('registered'));
  await office.at('2017-10-02T18:30:00+08:00');
  await office.until(() => stage() === 'review', 'the entry and the look-ups');
  expect(when('certificate-registered').slice(0, 13)).toBe('2017-10-02T16');
  expect(attempts('registerCertificate').length).toBeGreaterThan(20);
  expect(deadline('review')).toMatchObject({
    status: 'running',
    dueOn: '2017-10-13',
    stops: [{ from: '2017-09-27', resumedOn: '2017-10-09' }],
  });
  await reviewed('approve', '2017-10-13T09:00:00+08:00', '2017-10-13T10:00:00+08:00');
  expect(deadline('review')).toMatchObject({ status: 'met' });
  expect(types()).not.toContain('deadline-passed');
});

test('HRSS is late with it: that is recorded, and nothing lapses any more', async () => {
  await open('2017-09-26T10:00:00+08:00');
  office.world.story = { file: fileFromElsewhere };
  await office.world.command(caseNo, file);
  await office.at('2017-09-27T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, handle('wang', 'registration'));
  await office.world.command(caseNo, receiveRegistration);
  await office.at('2017-11-15T09:00:00+08:00');
  expect(stage()).toBe('certificate-registration');
  expect(when('deadline-passed')).toMatch(/^2017-10-11T00:00:/); // 28 to 30 September, 9 and 10 October
  expect(deadline('certificate-registration')).toMatchObject({ status: 'overdue' });
});

test('a refusal is looked at again with fresh look-ups, overturned, and the run goes on to publicity', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  await reviewed('refuse', '2017-09-05T09:00:00+08:00', '2017-09-05T14:00:00+08:00');
  await office.at('2017-09-12T10:00:00+08:00');
  await office.world.command(caseNo, askReconsideration);
  await office.until(() => attempts('lookUp').length === 6, 'the fresh look-ups');
  await office.at('2017-09-13T10:00:00+08:00');
  expect(stage()).toBe('reconsideration');
  await office.world.command(caseNo, reconsider('hr', 'overturn'));
  expect(stage()).toBe('approved');
  await office.at('2017-09-15T09:00:00+08:00');
  await office.world.command(caseNo, list);
  // Longer than the 60 days in which it could have been asked for.
  await office.at('2017-11-20T09:00:00+08:00');
  expect(await office.isOpen(theCase())).toBe(true);
  expect(await office.known(theCase())).toMatchObject({ state: { stage: 'approved' } }); // listing is quiet
});

test('both registers away for two days: no case refused, none lost, the one that passed its deadline escalated', async () => {
  await open('2017-09-07T10:00:00+08:00');
  office.faults.downUntil.set('provincial', parseInstant('2017-09-14T12:00:00+08:00'));
  office.faults.downUntil.set('national', parseInstant('2017-09-14T12:00:00+08:00'));
  const filings = [
    ['220102-2017-0000001', '2017-09-07T10:00:00+08:00'], // 8, 11, 12, 13, 14: just in time
    ['220102-2017-0000002', '2017-09-06T10:00:00+08:00'],
    ['220102-2017-0000003', '2017-09-12T12:00:00+08:00'],
  ] as const;
  for (const [no, at] of filings) {
    if (at > '2017-09-08') await office.at(at);
    await office.world.command(no as CaseNo, file);
  }
  const stateOf = (no: string) => office.world.case(no as CaseNo).state;
  const passed = (no: string) =>
    office.world.case(no as CaseNo).events.filter(({ event }) => event.type === 'deadline-passed');
  await office.at('2017-09-14T14:00:00+08:00');
  await office.until(() => filings.every(([no]) => stateOf(no).stage === 'review'), 'the look-ups of all');
  for (const [no] of filings) {
    expect(passed(no)).toEqual([]);
    expect(Object.values(stateOf(no).lookUps).map(({ answer }) => answer)).toEqual(['found', 'found', 'found']);
  }
  await office.at('2017-09-15T00:00:05+08:00');
  await office.until(() => passed('220102-2017-0000001').length === 1, 'the deadline');
  expect(passed('220102-2017-0000003')).toEqual([]);
  expect(filings.map(([no]) => stateOf(no).stage)).toEqual(['review', 'review', 'review']);
});
