import { expect, test } from '@jest/globals';
import { reconciliationId } from '../../domain/payment/reconciliation.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { org } from '../case/story.ts';
import { matching } from './bank-day.ts';
import { attempts, caseTests, office, open } from './case-office.ts';

/** The run of a bank day (对账): asks until there is a statement, and ends with it. */

caseTests();

const date = civilDate('2017-09-29');
const id = reconciliationId(org, date);
const day = () => office.world.bankDay(id);
const happened = () => day().events.map(({ at, event }) => `${event.type} ${at.slice(0, 13)}`);

test('the statement of a Friday before a holiday is missing at noon of the next working day, and asked for on', async () => {
  await open('2017-09-30T09:30:00+08:00'); // a Saturday, made up
  await office.world.openBankDay(org, date);
  await office.at('2017-09-30T11:59:00+08:00');
  expect(happened()).toEqual(['reconciliation-opened 2017-09-30T09']);
  await office.at('2017-09-30T16:00:00+08:00');
  expect(happened()[1]).toMatch(/^statement-missing 2017-09-30T1[23]$/);
  expect(day().state.stage).toBe('missing');
  // Told once; the bank is asked every hour, not more.
  const asked = attempts('reconcile').length;
  await office.at('2017-10-01T16:00:00+08:00');
  expect(attempts('reconcile').length - asked).toBeLessThanOrEqual(25);
  expect(happened()).toHaveLength(2);
  office.world.statements.set(id, matching);
  await office.at('2017-10-01T18:00:00+08:00');
  const { value } = await office.result(day());
  expect(value).toMatchObject({ state: { stage: 'matched', matching: { proven: true }, times: 1 } });
});

test('a day is run again by a person, with the same end; the database away in between changes nothing', async () => {
  await open('2017-09-30T09:30:00+08:00');
  office.world.statements.set(id, matching);
  await office.world.openBankDay(org, date);
  const first = await office.result(day());
  office.faults.downUntil.set('reconcile', parseInstant('2017-10-09T12:00:00+08:00'));
  office.faults.loseAnswer.add('reconcile');
  await office.at('2017-10-09T10:00:00+08:00');
  await office.world.openBankDay(org, date);
  await office.at('2017-10-09T14:00:00+08:00');
  const again = await office.result(day());
  expect(again.value).toMatchObject({ state: { stage: 'matched', times: 2, matching } });
  expect(first.value).toMatchObject({ state: { stage: 'matched', times: 1, matching } });
  expect(day().events.filter(({ event }) => event.type === 'reconciled')).toHaveLength(2);
});
