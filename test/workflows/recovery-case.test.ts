import { expect, test } from '@jest/globals';
import { parseInstant } from '../../domain/policy/dates.ts';
import { caseNo } from '../case/story.ts';
import { agree, close, demand, order, propose, receive } from '../recovery/story.ts';
import { attempts, caseTests, office, open } from './case-office.ts';

/** The run of a recovery: it tells, reminds by working days, and ends with the recovery (N3.4b). */

caseTests();

const recovery = () => office.world.recovery(caseNo);
const types = () => recovery().events.map(({ event }) => event.type);
const toldOf = () => attempts('tellRecipient').map(({ about }) => about);

test('tells the demand, reminds three times, and ends when two people give it up', async () => {
  await open('2017-11-01T10:00:00+08:00');
  await office.world.commandRecovery(caseNo, order);
  await office.at('2017-11-06T10:00:00+08:00');
  await office.world.commandRecovery(caseNo, demand(['2017-11-13', 195_000]));
  await office.until(() => toldOf().length === 1, 'the demand');
  await office.at('2018-06-01T10:00:00+08:00');
  expect([...new Set(toldOf())]).toEqual(['demand 1', 'reminder 1', 'reminder 2', 'reminder 3']);
  const late = recovery().events.filter(({ event }) => event.type === 'recovery-overdue');
  expect(late.map(({ at }) => at.slice(0, 10))).toEqual(['2017-11-14', '2017-11-29', '2017-12-14']);
  expect(await office.isOpen(recovery())).toBe(true);
  await office.world.commandRecovery(caseNo, propose('fin1'));
  await office.world.commandRecovery(caseNo, agree('fin2'));
  const { value } = await office.result(recovery());
  expect(value).toEqual({ ...(await office.known(recovery())) });
});

test('the phone company is down: it is told later, and what was paid meanwhile is not reminded of', async () => {
  await open('2017-11-06T10:00:00+08:00');
  office.faults.downUntil.set('tellRecipient', parseInstant('2017-11-20T10:00:00+08:00'));
  await office.world.commandRecovery(caseNo, order);
  await office.world.commandRecovery(caseNo, demand(['2017-11-13', 195_000]));
  await office.at('2017-11-10T10:00:00+08:00');
  await office.world.commandRecovery(caseNo, receive(195_000, '2017-11-10'));
  await office.at('2017-11-21T10:00:00+08:00');
  await office.until(() => recovery().state.untold.length === 0, 'the demand');
  await office.world.commandRecovery(caseNo, close);
  await office.result(recovery());
  expect(types()).toEqual([
    ...['recovery-ordered', 'demanded', 'instalment-received', 'recipient-told', 'recovery-closed'],
  ]);
});

test('an answer that was lost is asked for again and nothing is recorded twice', async () => {
  await open('2017-11-06T10:00:00+08:00');
  office.faults.loseAnswer.add('tellRecipient');
  await office.world.commandRecovery(caseNo, order);
  await office.world.commandRecovery(caseNo, demand());
  await office.until(() => recovery().state.untold.length === 0, 'the demand');
  await office.world.commandRecovery(caseNo, receive(195_000, '2017-11-06'));
  await office.world.commandRecovery(caseNo, close);
  await office.result(recovery());
  expect(types().filter((type) => type === 'recipient-told')).toHaveLength(1);
});
