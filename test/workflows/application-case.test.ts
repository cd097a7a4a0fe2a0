import { expect, test } from '@jest/globals';
import { parseInstant } from '../../domain/policy/dates.ts';
import { caseNo, paid, release } from '../case/story.ts';
import {
  caseTests,
  office,
  theCase,
  stage,
  types,
  deadline,
  when,
  everything,
  caughtUp,
  attempts,
  decided,
  filedOn,
  reviewed,
  passedByRound,
  published,
  publishedAndAwake,
} from './case-office.ts';

caseTests();

test('a plain life: looked up, decided, published, passed, paid; the run ends when the bank can return nothing', async () => {
  await published();
  await passedByRound();
  await office.at('2017-09-26T09:00:00+08:00');
  await office.until(() => attempts('lookAgain').length === 2, 'the registers asked again');
  await office.world.command(caseNo, release);
  await office.at('2017-09-26T11:00:30+08:00');
  await office.world.command(caseNo, paid);

  // 10 working days from 26 September, over the National Day: 27 to 30 September, 9 to 14 October without the weekend.
  await office.at('2017-10-16T23:59:50+08:00');
  expect(await office.isOpen(theCase())).toBe(true);
  await office.at('2017-10-17T00:00:02+08:00');
  const { value, at: endedAt } = await office.result(theCase());
  expect(endedAt).toMatch(/^2017-10-17T00:00:0/);
  expect(value).toEqual(everything());
  expect(types()).toEqual([
    ...['filed', 'looked-up', 'looked-up', 'looked-up', 'checked', 'handled', 'approved', 'listed', 'published'],
    ...['passed', 'looked-again', 'looked-again', 'released', 'paid'],
  ]);
  expect(deadline('payout')).toMatchObject({ status: 'met', dueOn: '2017-10-11' });
  expect(office.calls.map(({ name, about }) => `${name} ${about}`).sort()).toEqual([
    ...['lookAgain national', 'lookAgain provincial'],
    ...['lookUp insurance', 'lookUp national', 'lookUp provincial'],
  ]);
});

test('a review deadline that passes over the National Day is recorded and decides nothing', async () => {
  // 28 and 29 September, Saturday the 30th made up, then 9 and 10 October: 24:00 of the 10th is late (N3.1).
  await filedOn('2017-09-27T15:00:00+08:00');
  await office.at('2017-10-10T23:59:55+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  expect(types()).not.toContain('deadline-passed');
  await office.at('2017-10-11T00:00:02+08:00');
  await office.until(() => types().includes('deadline-passed'), 'the deadline');
  expect(when('deadline-passed')).toMatch(/^2017-10-11T00:00:0/);
  expect(stage()).toBe('review');
  expect(deadline('review')).toMatchObject({ dueAt: '2017-10-11T00:00:00+08:00', status: 'overdue' });

  await reviewed('approve', '2017-10-12T09:00:00+08:00', '2017-10-12T10:00:00+08:00');
  expect(stage()).toBe('approved');
  expect(deadline('review')).toMatchObject({ status: 'met-late' });
  expect(types().filter((type) => type === 'deadline-passed')).toHaveLength(1);
});

test('a refusal is told; the run ends when reconsideration can no longer be asked for', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  await reviewed('refuse', '2017-09-05T09:00:00+08:00', '2017-09-05T14:00:00+08:00');
  await office.at('2017-11-04T23:59:50+08:00');
  expect(await office.isOpen(theCase())).toBe(true);
  await office.at('2017-11-05T00:00:02+08:00');
  const { at: endedAt } = await office.result(theCase());
  expect(endedAt).toMatch(/^2017-11-05T00:00:0/); // 60 days after 5 September (N3.1f)
  expect(when('applicant-told').slice(0, 16)).toBe('2017-09-05T14:00');
  expect(deadline('refusal-notice')).toMatchObject({ status: 'met' });
  expect(attempts('sendTelling')).toHaveLength(1);
});

test('the telling that comes too late is late, and is told all the same', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  office.faults.downUntil.set('sendTelling', parseInstant('2017-09-13T08:00:00+08:00'));
  await reviewed('refuse', '2017-09-05T09:00:00+08:00', '2017-09-05T14:00:00+08:00');
  await office.at('2017-09-13T09:30:00+08:00');
  await office.until(() => types().includes('applicant-told'), 'telling');
  expect(when('deadline-passed').slice(0, 16)).toBe('2017-09-13T00:00'); // 6, 7, 8, 11, 12 September (N3.1e)
  expect(deadline('refusal-notice')).toMatchObject({ status: 'met-late' });
});

test('a case sleeps through its window, and hears of it when its round passes it', async () => {
  await published();
  await office.at('2017-09-25T23:59:50+08:00');
  expect(await office.known(theCase())).toMatchObject({ state: { stage: 'approved' } });
  expect([attempts('lookAgain'), attempts('submitCaseStep')]).toEqual([[], []]);
  await passedByRound();
  // Nobody asked the registers on the last day (that is the round's part): the case does, before any payment (N3.1c).
  await office.until(() => attempts('lookAgain').length === 2, 'the registers asked again');
  expect(when('looked-again')).toMatch(/^2017-09-26T00:00:/);
  expect(await caughtUp()).toEqual(everything());
});

test('an objection holds the case beyond its window; dismissed, it passes at once, with seven new days', async () => {
  await published();
  await office.at('2017-09-25T23:59:00+08:00');
  const objectionId = await office.world.object(caseNo, 'objection');
  await office.at('2017-09-27T10:00:00+08:00');
  expect(stage()).toBe('publicity');
  expect(attempts('submitCaseStep')).toHaveLength(0);

  await office.world.command(caseNo, decided(objectionId, 'dismissed'));
  await office.until(() => stage() === 'payable', 'passing');
  expect(when('passed').slice(0, 16)).toBe('2017-09-27T10:00');
  expect(deadline('payout')).toMatchObject({ startedOn: '2017-09-27', dueOn: '2017-10-12' });
});

test('an objection that is dismissed inside the window leaves the window as it was: 24:00 of its fifth working day', async () => {
  await publishedAndAwake();
  await office.at('2017-09-25T23:59:50+08:00');
  expect(stage()).toBe('publicity');
  expect(attempts('lookAgain')).toHaveLength(2); // on the window's last day (N3.1c)
  expect(attempts('submitCaseStep')).toHaveLength(0);
  await office.at('2017-09-26T00:00:02+08:00');
  await office.until(() => stage() === 'payable', 'passing');
  expect(when('passed')).toMatch(/^2017-09-26T00:00:0/);
  expect(attempts('submitCaseStep').every((call) => call.at >= '2017-09-26T00:00:00')).toBe(true);
});

test('an objection that is upheld cancels the case, and its run completes', async () => {
  await published();
  await office.at('2017-09-20T10:00:00+08:00');
  const objectionId = await office.world.object(caseNo, 'objection');
  await office.at('2017-09-22T10:00:00+08:00');
  await office.world.command(caseNo, decided(objectionId, 'upheld'));
  const { value, at: endedAt } = await office.result(theCase());
  expect(value).toMatchObject({ state: { stage: 'cancelled', holds: [], objectionId } });
  expect(endedAt.slice(0, 16)).toBe('2017-09-22T10:00');
  expect(attempts('submitCaseStep')).toHaveLength(0);
});

test('payable for long: the registers are asked again when their answers get too old, and at once when finance needs them', async () => {
  await publishedAndAwake();
  await office.at('2017-09-26T09:00:00+08:00');
  await office.until(() => stage() === 'payable', 'passing');
  // Ten working days from the 25th: 30 September was worked, 1 to 8 October were not.
  await office.at('2017-10-13T23:59:00+08:00');
  expect(attempts('lookAgain')).toHaveLength(2);
  await office.at('2017-10-14T00:05:00+08:00');
  await office.until(() => attempts('lookAgain').length === 4, 'asking again');
  expect(theCase().state.lookUps).toMatchObject({ national: { goodUntil: '2017-10-28T00:00:00+08:00' } });

  office.faults.downUntil.set('lookAgain', parseInstant('2017-10-30T10:00:00+08:00'));
  await office.at('2017-10-30T09:00:00+08:00');
  expect(theCase().state.lookUps).toMatchObject({ national: { goodUntil: '2017-10-28T00:00:00+08:00' } });
  await expect(office.world.command(caseNo, { type: 'ask-registers' })).rejects.toThrow('nothing-to-ask');
  await office.at('2017-10-30T12:00:00+08:00');
  await office.until(() => (theCase().state.lookUps.national?.goodUntil ?? '') > '2017-11', 'the registers again');
  await office.world.command(caseNo, release);
  await office.world.command(caseNo, paid);
  expect(await caughtUp()).toEqual(everything());
});
