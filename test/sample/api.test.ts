import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { drawSamples } from '../../store/sample.ts';
import {
  addBudget,
  approved,
  askToPass,
  batchOf,
  type Filed,
  prepare,
  publish,
  release,
  staff,
  zhao,
} from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read } from '../api/desk.ts';

/** The monthly sample over the API (N3.4c): drawn once, signs shown, examined by people who had no part. */

let desk: Desk;
const paid: Filed[] = [];
const account = { kind: 'bank-card', number: '6222024200000000010', bank: '中国工商银行' } as const;

beforeAll(async () => {
  desk = await openDesk(73);
  await addBudget(desk);
  const numbers = ['1707000000400001', '1707000000400002', '1707000000400111', '1707000000400333'];
  for (const [n, number] of numbers.entries())
    paid.push(await approved(desk, { certificate: { number }, ...(n < 2 ? {} : { account }) }));
  const roundId = await publish(desk);
  await desk.setNow('2017-09-12T09:00:00+08:00');
  for (const { caseNo } of paid) await askToPass(desk, caseNo, roundId);
  read(await release(desk, await prepare(desk)), 200, batchOf);
  for (const { caseNo } of paid) {
    const word = {
      outcome: 'paid',
      code: '00',
      amountFen: fen(195_000),
      at: parseInstant('2017-09-12T11:00:00+08:00'),
    };
    await reportOrder(desk.services.store, `${caseNo}-1` as OrderNo, { ...word, outcome: 'paid' }, 'query');
  }
  await desk.setNow('2017-10-09T09:00:00+08:00');
  await drawSamples(desk.services.store, civilDate('2017-10-09'), policy201767, () => undefined);
}, 120_000);
afterAll(() => desk.close());

const list = z.object({ items: z.array(z.looseObject({ sampleId: z.string(), seed: z.string() })) });
const items = z.object({
  items: z.array(
    z.looseObject({
      caseNo: z.string(),
      byLot: z.boolean(),
      signs: z.array(z.looseObject({ sign: z.string(), others: z.array(z.string()) })),
    }),
  ),
});
const other = () => desk.as(staff('lin', 'hrss'));
const caseNo = (n: number): string => paid[n]?.caseNo ?? '';

test('drawn once for the unit and month; the seed is told', async () => {
  await drawSamples(desk.services.store, civilDate('2017-10-09'), policy201767, () => undefined);
  const all = read(await other().get('/v1/samples'), 200, list).items;
  expect(all).toMatchObject([{ sampleId: '220102-2017-09', month: '2017-09-01', paid: 4, items: 4, examined: 0 }]);
  expect(all[0]?.seed).toMatch(/^[0-9a-f]{32}$/);
  expect((await desk.as(staff('x', 'hrss', '220103')).get('/v1/samples/220102-2017-09')).status).toBe(404);
});

test('signs: one account in two cases, numbers in a row; no personal data in the tables', async () => {
  const seen = read(await other().get('/v1/samples/220102-2017-09'), 200, items).items;
  const signs = (n: number) =>
    seen.find((one) => one.caseNo === caseNo(n))?.signs.map(({ sign, others }) => [sign, ...others]);
  expect([signs(0), signs(1)]).toEqual([
    [['consecutive-certificates', caseNo(1)]],
    [['consecutive-certificates', caseNo(0)]],
  ]);
  expect([signs(2), signs(3)]).toEqual([[['shared-account', caseNo(3)]], [['shared-account', caseNo(2)]]]);
  // Three by lot, the fourth by its sign.
  expect(seen.filter((one) => one.byLot)).toHaveLength(3);
  const [raw] = await desk.sql<{ text: string }>(
    `SELECT string_agg(m::text, ' ') || (SELECT string_agg(i::text, ' ') FROM sample_item i) AS text FROM case_mark m`,
  );
  expect(raw?.text).not.toContain(account.number);
});

const toExamine = async () =>
  read(
    await other().get('/v1/tasks?kind=examine-sample'),
    200,
    z.object({ items: z.array(z.looseObject({ caseNo: z.string(), ref: z.string() })) }),
  ).items.map((one) => `${one.ref} ${one.caseNo}`);

test('what is to be examined is in the inbox of HRSS', async () => {
  expect((await toExamine()).sort()).toEqual([0, 1, 2, 3].map((n) => `220102-2017-09 ${caseNo(n)}`).sort());
});

test('examined by somebody who had no part, once; what is doubtful goes on as a report', async () => {
  const url = '/v1/samples/220102-2017-09/results';
  const reportId = z.object({ reportId: z.string().nullable() });
  const inOrder = { caseNo: caseNo(0), result: 'in-order', reason: '材料齐全，电话核实无误。' };
  // zhao ordered the notice, and had no part in the case itself; qian and sun paid it and are no HRSS.
  expect(problemOf(await desk.as(staff('wang', 'hrss')).post(url, inOrder)).slug).toBe('had-part');
  expect(problemOf(await desk.as(staff('sun', 'hrss')).post(url, inOrder)).slug).toBe('had-part');
  read(await other().post(url, inOrder), 201, reportId);
  expect(problemOf(await other().post(url, inOrder)).slug).toBe('already-examined');
  const doubtful = { caseNo: caseNo(2), result: 'doubtful', reason: '两人共用一个账户。' };
  const { reportId: id } = read(await desk.as(zhao).post(url, doubtful), 201, reportId);
  const report = read(await other().get(`/v1/reports/${id ?? ''}`), 200, z.looseObject({ text: z.string() }));
  expect(report).toMatchObject({ caseNo: caseNo(2), state: 'open' });
  expect(report.text).toContain('两人共用一个账户。');
  expect((await other().post(url, { ...inOrder, caseNo: '220102-2017-9999999' })).status).toBe(404);
  expect(await toExamine()).toHaveLength(2);
  await expect(desk.sql('DELETE FROM sample_result')).rejects.toThrow(/append-only/);
  expect(desk.log.filter((line) => line.includes('"failed"'))).toEqual([]);
});
