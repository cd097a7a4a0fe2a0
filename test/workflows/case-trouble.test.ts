import { expect, test } from '@jest/globals';
import type { OrgCode } from '../../domain/ids.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { orgUnitKey } from '../../workflows/search-attributes.ts';
import { caseNo, failed, file, handle, release, review, sub } from '../case/story.ts';
import {
  caseTests,
  office,
  open,
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
import { replaceCalls } from './office.ts';

caseTests();

test('a withdrawal ends a look-up that is being retried, and the run', async () => {
  await open('2017-09-04T10:00:00+08:00');
  office.faults.downUntil.set('national', parseInstant('2017-12-31T00:00:00+08:00'));
  await office.world.command(caseNo, file);
  await office.at('2017-09-05T10:30:00+08:00');
  expect(attempts('lookUp', 'national').length).toBeGreaterThan(20);
  await office.world.command(caseNo, { type: 'withdraw' });
  const { value, at: endedAt } = await office.result(theCase());
  expect(value).toMatchObject({ state: { stage: 'withdrawn' } });
  expect(endedAt.slice(0, 16)).toBe('2017-09-05T10:30');
  const before = attempts('lookUp').length;
  await office.at('2017-09-07T10:00:00+08:00');
  expect(attempts('lookUp')).toHaveLength(before);
});

test('a register that is down for two days is asked until it answers', async () => {
  await open('2017-09-04T10:00:00+08:00');
  office.faults.downUntil.set('provincial', parseInstant('2017-09-06T10:00:00+08:00'));
  await office.world.command(caseNo, file);
  await office.at('2017-09-06T11:30:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  expect(when('checked').slice(0, 13)).toBe('2017-09-06T10');
  expect(attempts('lookUp', 'insurance')).toHaveLength(1);
  expect(attempts('lookUp', 'provincial').length).toBeGreaterThan(40);
  expect(types()).not.toContain('deadline-passed');
});

test('a register that is down over the review deadline: it escalates, and the case goes on', async () => {
  await open('2017-09-04T10:00:00+08:00');
  office.faults.downUntil.set('provincial', parseInstant('2017-09-13T10:00:00+08:00'));
  await office.world.command(caseNo, file);
  await office.at('2017-09-12T00:01:00+08:00');
  await office.until(() => types().includes('deadline-passed'), 'the deadline');
  expect(when('deadline-passed')).toMatch(/^2017-09-12T00:00:0/);
  expect(stage()).toBe('checking');
  await reviewed('approve', '2017-09-13T12:00:00+08:00', '2017-09-13T14:00:00+08:00');
  expect(deadline('review')).toMatchObject({ status: 'met-late' });
});

test('an answer that was lost after it was recorded: asked again, recorded once', async () => {
  await publishedAndAwake();
  office.faults.loseAnswer.add('submitCaseStep');
  await office.at('2017-09-26T00:05:00+08:00');
  await office.until(() => attempts('submitCaseStep').length === 2, 'asking again');
  expect(types().filter((type) => type === 'passed')).toHaveLength(1);
  expect(await caughtUp()).toEqual(everything());
});

test('signals twice, out of order, and of another history are harmless', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  await office.at('2017-09-05T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  office.world.silent.add(theCase().name);
  for (const command of [
    handle('wang', 'approve'),
    review('li', 'return'),
    handle('zhao', 'approve'),
    review('li', 'approve'),
  ]) {
    await office.world.command(caseNo, command);
  }
  const [first, second, third, fourth] = theCase().events.slice(-4);
  if (!first || !second || !third || !fourth) throw new Error('four events were expected');

  const run = office.handle(theCase().name);
  await run.signal('caseEvents', [fourth, third]);
  expect(await office.known(theCase())).toMatchObject({ seq: first.seq - 1 });
  await run.signal('caseEvents', [first]);
  await run.signal('caseEvents', [first, first]);
  expect(await office.known(theCase())).toMatchObject({ seq: first.seq });
  await run.signal('caseEvents', [{ ...first, hash: 'f'.repeat(64), event: { type: 'withdrawn' } }]);
  expect(await office.known(theCase())).toMatchObject({ seq: first.seq, hash: first.hash });
  expect(replaceCalls).toEqual(['recorded history differs: replace this run']);
  await run.signal('caseEvents', [third, second]);
  await run.signal('caseEvents', theCase().events);
  expect(await caughtUp()).toEqual(everything());
});

test('what was lost on the way comes with the answer to the next own command', async () => {
  await publishedAndAwake();
  office.world.silent.add(theCase().name);
  await office.at('2017-09-21T10:00:00+08:00');
  const objectionId = await office.world.object(caseNo, 'objection'); // the run is never told
  await office.at('2017-09-25T00:00:05+08:00');
  await office.until(() => attempts('lookAgain').length > 0, 'the registers asked again');
  await office.at('2017-09-26T01:00:00+08:00');
  expect(stage()).toBe('publicity');
  expect(attempts('submitCaseStep')).toHaveLength(0); // it knows of the objection now
  office.world.silent.delete(theCase().name);
  await office.world.command(caseNo, decided(objectionId, 'dismissed'));
  await office.until(() => stage() === 'payable', 'passing');
});

test('transferred, the run is found under the agency that has the case now', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  const to = '220202' as OrgCode;
  await office.world.command(caseNo, { type: 'ask-transfer', to, by: sub('wang') });
  await office.world.command(caseNo, { type: 'confirm-transfer', by: sub('gao'), accepted: true });
  const run = office.handle(theCase().name);
  const upserts = async () =>
    ((await run.fetchHistory()).events ?? []).flatMap(({ upsertWorkflowSearchAttributesEventAttributes: upsert }) =>
      Object.keys(upsert?.searchAttributes?.indexedFields ?? {}),
    );
  while (!(await upserts()).includes('OrgUnit')) await office.known(theCase());
  expect((await run.describe()).typedSearchAttributes.get(orgUnitKey)).toBe(to);
  expect(await caughtUp()).toEqual(everything());
});

test('a payment that failed leads back to payable, and a late event starts a run again', async () => {
  await published();
  await passedByRound();
  await office.at('2017-09-26T09:00:00+08:00');
  await office.world.command(caseNo, release);
  await office.world.command(caseNo, failed);
  expect(theCase().state).toMatchObject({
    stage: 'payable',
    holds: [{ kind: 'account' }],
    endedOrders: 1,
  });
  await office.world.command(caseNo, { type: 'withdraw' });
  const { value } = await office.result(theCase());
  expect(value).toMatchObject({ state: { stage: 'withdrawn' } });

  // Told once more, a run starts from the ready state, finds nothing left to do and ends.
  await office.tell(theCase(), theCase().events.slice(-1));
  expect((await office.result(theCase())).value).toEqual(value);
});
