import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { fen } from '../../domain/money.ts';
import type { CaseNo, OrderNo } from '../../domain/ids.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { remindOfAccounts } from '../../store/deadline-sweep.ts';
import { submitForRun } from '../../store/run.ts';
import { openOffice, paying, wang } from '../api/cases.ts';
import { type Desk, ORG, read } from '../api/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(66);
}, 120_000);
afterAll(() => desk.close());

const inbox = async () =>
  read(
    await desk.as(wang).get(`/v1/tasks?org=${ORG}&kind=correct-account`),
    200,
    z.object({
      items: z.array(z.looseObject({ caseNo: z.string(), ref: z.string(), dueAt: z.string(), overdue: z.boolean() })),
    }),
  ).items;
const openAbout = (caseNo: CaseNo) =>
  desk.sql<{ about: string }>(
    `SELECT one ->> 'about' AS about FROM cases, jsonb_array_elements(state #> '{tellings,open}') AS one
     WHERE case_no = $1`,
    [caseNo],
  );
const sweep = async (day: string) => {
  await desk.setNow(`${day}T00:00:30+08:00`);
  return remindOfAccounts(desk.services.store, { kind: 'process', name: 'business-day' }, () => undefined);
};

test('a wrong account that nobody corrects: told again after ten working days, and a handler’s task until it is', async () => {
  const { caseNo, orderNo, applicant, application } = await paying(desk);
  const { store } = desk.services;
  const word = {
    outcome: 'failed',
    code: 'AC04',
    amountFen: fen(195_000),
    at: parseInstant('2017-09-12T10:00:00+08:00'),
  } as const;
  await desk.setNow('2017-09-12T10:00:00+08:00'); // a Tuesday: the tenth working day after is Tuesday the 26th
  await reportOrder(store, orderNo as OrderNo, word, 'query');
  expect(await sweep('2017-09-26')).toBe(0); // the first notice is still under way
  const step = { workflowId: `case-${caseNo}`, key: 'run:told', knownSeq: 0 };
  const delivery = { carrier: 'sms', messageId: 'm', deliveredAt: word.at, proof: 'p' } as const;
  await submitForRun(store, step, caseNo, { type: 'record-delivery', n: 1, delivery });

  expect(await sweep('2017-09-25')).toBe(0);
  expect(await inbox()).toEqual([]);
  expect(await sweep('2017-09-26')).toBe(1);
  expect(await sweep('2017-09-26')).toBe(0);
  expect(await openAbout(caseNo)).toEqual([{ about: 'account-reminder' }]);
  expect(await inbox()).toMatchObject([{ caseNo, ref: orderNo, overdue: true, allowed: ['account'] }]);

  const { account } = { account: { ...application.account, number: 'SBK2201020009', kind: 'social-security-card' } };
  read(
    await applicant.post(`/v1/cases/${caseNo}/account`, { account }),
    200,
    z.object({ state: z.literal('payable') }),
  );
  expect(await openAbout(caseNo)).toEqual([]);
  expect(await inbox()).toEqual([]);
  const [onRecord] = await readOnRecord(store, [caseNo]);
  if (!onRecord) throw new Error(`${caseNo} is not on record`);
  expect(decideAgain(onRecord, await readRules(store.db)).differences).toEqual([]);
});

test('a database of before gains the policy value that the program has, and stays append-only', async () => {
  const migration = readFileSync(new URL('../../migrations/026.do.account-reminders.sql', import.meta.url), 'utf8');
  const before = `ALTER TABLE policy_version DISABLE TRIGGER policy_version_is_append_only;
    UPDATE policy_version SET body = body - 'accountReminders' WHERE version = '2017-67';
    ALTER TABLE policy_version ENABLE TRIGGER policy_version_is_append_only;`;
  await desk.sql(before);
  await desk.sql(migration);
  const [row] = await desk.sql<{ body: object }>(`SELECT body FROM policy_version WHERE version = '2017-67'`);
  expect(row?.body).toEqual(policy201767);
  await expect(desk.sql(`UPDATE policy_version SET version = 'x'`)).rejects.toThrow();
});
