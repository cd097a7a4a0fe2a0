import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { IntakeBatchId } from '../../domain/ids.ts';
import { stageOf } from '../../domain/intake/batch.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { org, sub } from '../case/story.ts';
import { workflowBundlePath } from '../setup/services.ts';
import { type Office, openOffice } from './office.ts';

/** A collective filing's run (N2.5): files, waits for HRSS, hands over. */

let bundle: string;
let office: Office;

beforeAll(async () => {
  bundle = await workflowBundlePath();
}, 300_000);
afterEach(() => office.close());

const batchId = '220102-2017-09-04-1' as IntakeBatchId;
const batch = () => office.world.intake(batchId);
const calls = (name: string) => office.calls.filter((call) => call.name === name).length;
const accept = { type: 'accept', by: sub('hr'), receivedOn: civilDate('2017-09-05') } as const;

async function received(rows: number, wrong: number): Promise<void> {
  office = await openOffice(bundle, '2017-09-04T09:00:00+08:00');
  await office.world.receiveIntake({ type: 'received', batchId, org, from: 'employer', rows, wrong });
}

test('files its rows, waits for HRSS however long, hands over, and ends', async () => {
  await received(5, 1);
  await office.until(() => batch().state.outcome !== null, 'filing');
  await office.at('2017-09-20T09:00:00+08:00');
  expect([calls('handOverRows'), await office.isOpen(batch())]).toEqual([0, true]);
  await office.world.decideIntake(batchId, accept, false);
  await office.result(batch());
  expect(batch().events.map(({ event }) => event.type)).toEqual([
    ...['received', 'rows-filed', 'accepted', 'handed-over'],
  ]);
});

test('nothing could be filed: it ends at once', async () => {
  await received(3, 3);
  await office.result(batch());
  expect(stageOf(batch().state)).toBe('empty');
});

test('a database that is away and an answer that is lost: filed once, and accepted meanwhile', async () => {
  office = await openOffice(bundle, '2017-09-04T09:00:00+08:00');
  office.faults.downUntil.set('fileRows', parseInstant('2017-09-05T12:00:00+08:00'));
  office.faults.loseAnswer.add('handOverRows');
  await office.world.receiveIntake({ type: 'received', batchId, org, from: 'hrss', rows: 2, wrong: 0 });
  await office.at('2017-09-05T09:00:00+08:00');
  await office.world.decideIntake(batchId, accept, false);
  await office.at('2017-09-05T14:00:00+08:00');
  await office.result(batch());
  expect(batch().events.map(({ event }) => event.type)).toEqual([
    ...['received', 'accepted', 'rows-filed', 'handed-over'],
  ]);
  expect(calls('handOverRows')).toBe(2);
});
