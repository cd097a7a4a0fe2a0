import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { carryOverYear } from '../../store/budget.ts';
import { addBudget, approved, askToPass, afterWindow, prepare, publish, qian, release, staff } from './cases.ts';
import { beginning, type Desk, openDesk, problemOf, read, REGION } from './desk.ts';

/** The fund's money (N5): short funds stop nothing but the release, and the province helps. */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(72);
}, 120_000);
beforeEach(() => desk.setNow(beginning));
afterAll(() => desk.close());

const province = staff('gao', 'finance', '220000');
const treasurer = staff('treasurer', 'finance', REGION);
const request = z.object({
  requestId: z.string(),
  stage: z.string(),
  askedFen: z.number(),
  grantedFen: z.number().nullable(),
});
const balances = z.object({
  years: z.array(
    z.object({
      ...{ budgetYear: z.number(), budgetFen: z.number(), availableFen: z.number(), reservedFen: z.number() },
      ...{ obligatedFen: z.number(), spentFen: z.number(), returnedFen: z.number(), transferredFen: z.number() },
    }),
  ),
});

async function requests(): Promise<z.infer<typeof request>[]> {
  const reply = await desk.as(treasurer).get(`/v1/adjustment-requests?org=${REGION}`);
  return read(reply, 200, z.object({ items: z.array(request) })).items;
}
async function year(budgetYear: number) {
  const { years } = read(await desk.as(treasurer).get(`/v1/funds/${REGION}`), 200, balances);
  return years.find((one) => one.budgetYear === budgetYear);
}
const stateOf = async (caseNo: string): Promise<string> =>
  read(await desk.as(staff('wang', 'handler')).get(`/v1/cases/${caseNo}`), 200, z.object({ state: z.string() })).state;

async function isShort(caseNo: string): Promise<boolean | undefined> {
  const [row] = await desk.sql<{ short: boolean }>(
    "SELECT state -> 'reservation' = 'null' AS short FROM cases WHERE case_no = $1",
    [caseNo],
  );
  return row?.short;
}

/** Over all funds and years nothing came from nowhere. */
async function balanced(): Promise<void> {
  const [sums] = await desk.sql<{ transferred: number; entries: number; balances: number }>(
    `SELECT coalesce(sum(amount_fen) FILTER (WHERE account = 'transferred'), 0)::bigint AS transferred,
            (SELECT count(*) FROM (SELECT 1 FROM ledger_posting GROUP BY entry_id HAVING sum(amount_fen) <> 0) AS one) AS entries,
            (SELECT count(*) FROM fund_balance b WHERE amount_fen <> (SELECT sum(p.amount_fen) FROM ledger_posting p
               JOIN ledger_entry e ON e.id = p.entry_id
               WHERE e.fund = b.fund AND e.budget_year = b.budget_year AND p.account = b.account)) AS balances
     FROM fund_balance`,
  );
  expect(sums).toEqual({ transferred: 0, entries: 0, balances: 0 });
}

test('an empty fund: approved and made public all the same, then held; the province grants, and the case is paid', async () => {
  const filed = await approved(desk);
  expect(await requests()).toMatchObject([{ stage: 'requested', askedFen: 195_000 }]);
  const second = await approved(desk);
  const [open] = await requests();
  expect(open).toMatchObject({ stage: 'requested', askedFen: 390_000 });
  const roundId = await publish(desk);
  await desk.setNow(afterWindow);
  for (const { caseNo } of [filed, second]) {
    expect(await askToPass(desk, caseNo, roundId)).toBeUndefined();
    expect(await stateOf(caseNo)).toBe('fund-hold');
  }
  const waiting = await desk.as(qian).get('/v1/tasks?kind=fund-wait');
  expect(
    read(waiting, 200, z.object({ items: z.array(z.object({ caseNo: z.string() })) })).items.map((one) => one.caseNo),
  ).toEqual([filed.caseNo, second.caseNo]);
  const refused = await desk.as(qian).post('/v1/payment-batches', { org: '220102' });
  expect(problemOf(refused)).toMatchObject({
    slug: 'nothing-payable',
    leftOut: [
      { caseNo: filed.caseNo, reason: 'fund-hold' },
      { caseNo: second.caseNo, reason: 'fund-hold' },
    ],
  });

  const path = `/v1/adjustment-requests/${open?.requestId ?? ''}/grant`;
  expect(problemOf(await desk.as(treasurer).post(path, { amountFen: 1 })).slug).toBe('not-found');
  expect(problemOf(await desk.as(province).post(path, { amountFen: 300_000 })).slug).toBe('adjustment-short');
  const money = { year: 2017, amountFen: 500_000 };
  read(await desk.as(province).post('/v1/adjustment-fund/budgets', money), 201, z.object({}));
  const granted = await desk.as(province).post(path, { amountFen: 200_000 });
  expect(read(granted, 200, request.extend({ reserved: z.number() }))).toMatchObject({ stage: 'granted', reserved: 1 });
  // Enough for one: the rest is asked for again.
  expect((await requests())[0]).toMatchObject({ stage: 'requested', askedFen: 190_000 });
  expect([await stateOf(filed.caseNo), await stateOf(second.caseNo)]).toEqual(['payable', 'fund-hold']);
  expect(problemOf(await desk.as(province).post(path, { amountFen: 1 })).slug).toBe('not-in-this-state');

  await addBudget(desk, 195_000);
  expect(await stateOf(second.caseNo)).toBe('payable');
  expect((await requests())[0]).toMatchObject({ stage: 'covered' });
  const batch = await prepare(desk);
  expect(batch.orders).toBe(2);
  read(await release(desk, batch), 200, z.object({}));
  expect(await year(2017)).toMatchObject({ budgetFen: 195_000, transferredFen: 200_000, obligatedFen: 390_000 });
  await balanced();
});

test('who waits goes on in the order of the payout deadlines, and nobody overtakes', async () => {
  const early = await approved(desk, { certificate: { level: 3 } });
  const first = await publish(desk);
  await desk.setNow(afterWindow);
  expect(await askToPass(desk, early.caseNo, first)).toBeUndefined();
  await desk.setNow(beginning);
  const late = await approved(desk, { certificate: { level: 5 } });
  // Enough for the later, smaller one; not for the one whose turn it is.
  await addBudget(desk, 200_000);
  expect(await stateOf(early.caseNo)).toBe('fund-hold');
  expect(await isShort(late.caseNo)).toBe(true);
  await addBudget(desk, 250_000);
  expect(await stateOf(early.caseNo)).toBe('payable');
  expect(await isShort(late.caseNo)).toBe(false);
  await balanced();
});

test('who pays from a fund reads it by its region’s name as by their own, and changes nothing of it', async () => {
  const bytes = async (path: string) => (await desk.as(qian).get(path)).text;
  expect(JSON.parse(await bytes(`/v1/funds/${REGION}`))).toMatchObject({ fund: REGION, fundName: '长春市' });
  expect(await bytes(`/v1/funds/${REGION}`)).toBe(await bytes('/v1/funds/220102'));
  expect((await desk.as(qian).get(`/v1/funds/${REGION}/reconciliations`)).status).toBe(200);
  for (const other of ['220200', '220104'])
    expect(problemOf(await desk.as(qian).get(`/v1/funds/${other}`)).slug).toBe('not-found');
  const budget = { year: 2017, amountFen: 1 };
  expect(problemOf(await desk.as(qian).post(`/v1/funds/${REGION}/budgets`, budget)).slug).toBe('not-found');
});

test('a budget’s answer says where it went and what is there now', async () => {
  const before = await year(2019);
  const added = await desk.as(treasurer).post(`/v1/funds/220102/budgets`, { year: 2019, amountFen: 700 });
  expect(read(added, 201, z.looseObject({}))).toEqual({
    ...{ fund: REGION, fundName: '长春市', budgetYear: 2019 },
    ...{ budgetFen: (before?.budgetFen ?? 0) + 700, availableFen: (before?.availableFen ?? 0) + 700 },
    ...{ reservedFen: 0, obligatedFen: 0, spentFen: 0, returnedFen: 0, recoveredFen: 0, transferredFen: 0 },
  });
});

describe('year end (N5.1)', () => {
  let waiting: string;

  test('a request of the old year can’t be granted once the year is over', async () => {
    ({ caseNo: waiting } = await approved(desk));
    expect(await isShort(waiting)).toBe(true);
    const [open] = await requests();
    expect(open).toMatchObject({ stage: 'requested', requestId: expect.stringContaining('-2017-') });
    await desk.setNow('2018-01-02T08:00:00+08:00');
    const path = `/v1/adjustment-requests/${open?.requestId ?? ''}/grant`;
    expect(problemOf(await desk.as(province).post(path, { amountFen: 1 }))).toMatchObject({
      slug: 'budget-year-over',
      budgetYear: 2017,
    });
  });

  test('what is open of a year moves into the next by a command, once, and not before the year is over', async () => {
    const before = await year(2017);
    const path = `/v1/funds/${REGION}/year-end`;
    expect(problemOf(await desk.as(treasurer).post(path, { year: 2017 })).slug).toBe('year-not-over');
    await desk.setNow('2018-01-02T09:00:00+08:00');
    const moved = read(
      await desk.as(treasurer).post(path, { year: 2017 }),
      200,
      z.object({ cases: z.number(), amountFen: z.number() }),
    );
    expect(moved.cases).toBe(4);
    expect(moved.amountFen).toBe((before?.reservedFen ?? 0) + (before?.obligatedFen ?? 0));
    expect(await year(2017)).toMatchObject({ reservedFen: 0, obligatedFen: 0 });
    expect(await year(2018)).toMatchObject({ transferredFen: moved.amountFen, obligatedFen: 390_000 });
    await balanced();
    const again = await desk.as(treasurer).post(path, { year: 2017 });
    expect(read(again, 200, z.object({ cases: z.number() })).cases).toBe(0);
  });

  test('by the business day: what is lacking is asked for the new year, and the old request is over (N5.2)', async () => {
    await desk.setNow('2018-01-02T09:00:00+08:00');
    const day = { kind: 'process', name: 'business-day' } as const;
    const carryOver = () => carryOverYear(desk.services.store, day, 2017, () => undefined);
    await carryOver();
    const [asked, old] = await requests();
    expect(asked).toMatchObject({
      stage: 'requested',
      requestId: expect.stringContaining('-2018-'),
      askedFen: 195_000,
    });
    expect(old).toMatchObject({ stage: 'lapsed', grantedFen: null });
    await carryOver();
    expect((await requests()).filter(({ stage }) => stage === 'requested')).toEqual([asked]);
    // Money of the new year that came by another way than a budget: the next year end's part is to give it out.
    await desk.sql(
      `WITH e AS (INSERT INTO ledger_entry (fund, budget_year, at, reason) VALUES ($1, 2018, now(), 'found') RETURNING id)
       INSERT INTO ledger_posting SELECT id, account, fen FROM e, (VALUES ('budget', -195000), ('available', 195000)) AS p (account, fen)`,
      [REGION],
    );
    await carryOver();
    expect(await isShort(waiting)).toBe(false);
    expect((await requests())[0]).toMatchObject({ stage: 'covered' });
    await balanced();
  });
});

test('the database refuses an entry that does not balance, and an account below zero', async () => {
  const entry = `INSERT INTO ledger_entry (fund, budget_year, at, reason) VALUES ('220100', 2017, now(), 'mistake') RETURNING id`;
  await expect(
    desk.sql(`WITH e AS (${entry}) INSERT INTO ledger_posting SELECT id, 'budget', -1 FROM e`),
  ).rejects.toThrow('does not balance');
  await expect(
    desk.sql(
      `WITH e AS (${entry}) INSERT INTO ledger_posting
       SELECT id, account, fen FROM e, (VALUES ('available', -999999999999), ('reserved', 999999999999)) AS p (account, fen)`,
    ),
  ).rejects.toThrow('no_overdraft');
});
