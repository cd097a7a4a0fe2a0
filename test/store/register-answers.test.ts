import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CaseEvent } from '../../domain/case/events.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { prepareBatch } from '../../store/batch-prepare.ts';
import { readCase } from '../../store/case.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { addBudget, beginLife, claim, decide, done, endWindow, type Life, lookAgain, publish, staff } from './life.ts';

let life: Life;
let caseNo: CaseNo;

beforeAll(async () => {
  life = await beginLife(83);
  await life.setNow('2017-09-04T10:00:00+08:00');
  await addBudget(life, 2017);
  caseNo = await decide(life, 'approve');
  await life.setNow('2017-09-11T10:00:00+08:00');
  const roundId = await publish(life);
  await life.setNow('2017-09-19T00:01:00+08:00');
  await endWindow(life, roundId);
});
afterAll(() => life.close());

const prepare = () =>
  prepareBatch(life.store, claim('prepare'), staff('fin1', 'finance'), '220102' as Parameters<typeof prepareBatch>[3]);

async function askings(): Promise<readonly CaseEvent[]> {
  const { rows } = await life.store.db.query<{ body: CaseEvent }>(
    `SELECT body FROM event WHERE stream = $1 AND type = 'asked-again'`,
    [`case-${caseNo}`],
  );
  return rows.map(({ body }) => body);
}

test('a case whose register answers are too old is left out with the reason, asked for once, and then paid (N3.1c)', async () => {
  // The review's answers are of 4 September: good up to and including the tenth working day after it, the 18th.
  const reason = { caseNo, reason: 'register-answer-too-old', reasonLabel: '证书核查结果已过期，正在重新核查' };
  for (let times = 0; times < 2; times += 1)
    expect(await prepare()).toMatchObject({ refused: { code: 'nothing-payable', detail: { leftOut: [reason] } } });
  expect(await askings()).toEqual([{ type: 'asked-again', sources: ['provincial', 'national'] }]);
  const asked = await readCase(life.store.db, caseNo);
  expect(asked.state).toMatchObject({ stage: 'payable', lookUps: { national: { answer: 'found' } } });
  const { rows } = await life.store.db.query('SELECT FROM outbox WHERE stream = $1 AND wakes', [`case-${caseNo}`]);
  expect(rows.length).toBeGreaterThan(0);

  await lookAgain(life);
  const good = await readCase(life.store.db, caseNo);
  // Ten working days from 19 September: 30 September was worked, the national holiday took 1 to 8 October.
  const goodUntil = '2017-10-10T00:00:00+08:00';
  expect(good.state.lookUps).toMatchObject({ provincial: { goodUntil }, national: { goodUntil } });
  await life.setNow(goodUntil);
  expect(await prepare()).toMatchObject({ refused: { code: 'nothing-payable' } });
  await life.setNow('2017-10-09T23:59:00+08:00');
  await lookAgain(life);
  expect(done(await prepare())).toMatchObject({ orders: 1, leftOut: [] });

  const [onRecord] = await readOnRecord(life.store, [caseNo]);
  if (!onRecord) throw new Error('the case is not there');
  expect(decideAgain(onRecord, await readRules(life.store.db)).differences).toEqual([]);
});
