import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Who } from '../../dev/client.ts';
import { verifyAudit } from '../../store/audit-verify.ts';
import { addBudget, approved, staff } from './cases.ts';
import { type Desk, openDesk, problemOf, read, REGION } from './desk.ts';

/** A budget that was entered too high is taken back by two people, as all money is (N5.2). */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(73);
  await addBudget(desk, 1_000_000);
}, 120_000);
afterAll(() => desk.close());

const entering = staff('treasurer', 'finance', REGION);
const confirming = staff('controller', 'finance', REGION);
const correction = z.looseObject({ correctionId: z.string(), stage: z.string() });
const path = `/v1/funds/${REGION}/budget-corrections`;
const reason = '年初预算录入时多录。';
const propose = (amountFen: number, who = entering, year = 2017) =>
  desk.as(who).post(path, { year, amountFen, reason });
const decide = (id: string, accepted: boolean, who = confirming) =>
  desk.as(who).post(`${path}/${id}/decision`, { accepted });
const year = async () => {
  const shape = z.object({ years: z.array(z.looseObject({ budgetYear: z.int() })) });
  const { years } = read(await desk.as(entering).get(`/v1/funds/${REGION}`), 200, shape);
  return years.find(({ budgetYear }) => budgetYear === 2017);
};
const tasks = async () => {
  const shape = z.object({ items: z.array(z.looseObject({})) });
  return read(await desk.as(confirming).get('/v1/tasks?kind=budget-correction'), 200, shape).items;
};

test('proposed, nothing moves; waits in the inbox; confirmed by another, booked, and the year as it is now', async () => {
  const proposed = read(await propose(200_000), 201, correction);
  const id = `${REGION}-2017-1`;
  expect(proposed).toMatchObject({
    ...{ correctionId: id, stage: 'proposed', stageLabel: '待确认', fund: REGION, fundName: '长春市' },
    ...{ budgetYear: 2017, amountFen: 200_000, reason, proposedBy: 'treasurer', decidedBy: null },
  });
  expect(await year()).toMatchObject({ budgetFen: 1_000_000, availableFen: 1_000_000 });
  expect(await tasks()).toMatchObject([{ kind: 'budget-correction', ref: id, org: REGION, allowed: ['decision'] }]);

  expect(problemOf(await decide(id, true, entering))).toMatchObject({ slug: 'four-eyes', status: 409 });
  expect(problemOf(await decide(id, true, staff('sun', 'finance'))).slug).toBe('not-found');
  const decided = read(await decide(id, true), 200, correction);
  expect(decided).toMatchObject({
    ...{ stage: 'made', decidedBy: 'controller' },
    year: { fund: REGION, budgetYear: 2017, budgetFen: 800_000, availableFen: 800_000 },
  });
  expect(await year()).toMatchObject({ budgetFen: 800_000, availableFen: 800_000 });
  expect(await tasks()).toEqual([]);
  expect(problemOf(await decide(id, true)).slug).toBe('not-in-this-state');
  const booked = await desk.sql(
    `SELECT reason, booked_by, stream, account, amount_fen FROM ledger_entry JOIN ledger_posting ON entry_id = id
     WHERE reason = 'budget-correction' ORDER BY account`,
  );
  const entry = { reason: 'budget-correction', booked_by: 'controller', stream: `budget-correction-${id}` };
  expect(booked).toEqual([
    { ...entry, account: 'available', amount_fen: -200_000 },
    { ...entry, account: 'budget', amount_fen: 200_000 },
  ]);
  await expect(
    desk.sql(`UPDATE budget_correction SET state = jsonb_set(state, '{decidedBy}', '"treasurer"')`),
  ).rejects.toThrow('four_eyes');
});

test('only what nothing was promised from is taken back, looked at when it is entered and when it is confirmed', async () => {
  const free = { slug: 'budget-in-use', status: 409, freeFen: 800_000 };
  expect(problemOf(await propose(800_001))).toMatchObject(free);
  const { correctionId } = read(await propose(800_000), 201, correction);
  await approved(desk);
  expect(problemOf(await decide(correctionId, true))).toMatchObject({ ...free, freeFen: 605_000 });
  expect(await year()).toMatchObject({ budgetFen: 800_000, availableFen: 605_000, reservedFen: 195_000 });
  // Who entered it may take it back.
  expect(read(await decide(correctionId, false, entering), 200, correction).stage).toBe('declined');
  expect(await year()).toMatchObject({ budgetFen: 800_000 });
  expect(problemOf(await propose(1, entering, 2030))).toMatchObject({ slug: 'budget-in-use', freeFen: 0 });
});

test('the county reads the list and proposes nothing; the chains know of it', async () => {
  const county = desk.as(staff('qian', 'finance'));
  const { items } = read(await county.get(path), 200, z.object({ items: z.array(correction) }));
  expect(items.map(({ stage }) => stage)).toEqual(['declined', 'made']);
  expect(problemOf(await propose(1, staff('qian', 'finance'))).slug).toBe('not-found');
  const findings: unknown[] = [];
  await verifyAudit(desk.services.store, (finding) => findings.push(finding));
  expect(findings).toEqual([]);
  await desk.sql(`UPDATE budget_correction SET seq = seq + 1`);
  await verifyAudit(desk.services.store, (finding) => findings.push(finding));
  expect(JSON.stringify(findings)).toContain(`budget-correction-${REGION}-2017-1`);
});

test('adjustment money of the province is corrected the same way, by its own finance', async () => {
  const of = '/v1/adjustment-fund';
  const ask = (who: Who, amountFen: number) =>
    desk.as(who).post(`${of}/budget-corrections`, { year: 2017, amountFen, reason });
  const [first, second] = [staff('he', 'finance', '220000'), staff('jin', 'finance', '220000')];
  read(await desk.as(first).post(`${of}/budgets`, { year: 2017, amountFen: 500_000 }), 201, z.object({}));
  expect(problemOf(await ask(entering, 1)).slug).toBe('not-found');
  expect(problemOf(await ask(first, 500_001))).toMatchObject({ slug: 'budget-in-use', freeFen: 500_000 });
  const proposed = read(await ask(first, 400_000), 201, correction);
  expect(proposed).toMatchObject({ correctionId: '220000-2017-1', fund: '220000', fundName: '吉林省' });

  const decision = (who: Who, at = of) =>
    desk.as(who).post(`${at}/budget-corrections/220000-2017-1/decision`, { accepted: true });
  expect(problemOf(await decision(first)).slug).toBe('four-eyes');
  expect(problemOf(await decision(confirming)).slug).toBe('not-found');
  expect(problemOf(await decision(confirming, `/v1/funds/${REGION}`)).slug).toBe('not-found');
  expect(read(await decision(second), 200, correction)).toMatchObject({
    ...{ stage: 'made', year: { fund: '220000', budgetFen: 100_000, availableFen: 100_000 } },
  });
  const { items } = read(
    await desk.as(second).get(`${of}/budget-corrections`),
    200,
    z.object({ items: z.array(correction) }),
  );
  expect(items).toMatchObject([{ correctionId: '220000-2017-1', stage: 'made' }]);
});
