import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { z } from 'zod';
import { preparePayments, readFund, readTimeline, releasePayments } from '../../dev/calls.ts';
import { ORG } from '../../dev/cast.ts';
import { type Caller, eventually, signIn } from '../../dev/client.ts';
import { control, madeTransfers } from '../../dev/sandbox-client.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { approve, openOffice, publish, type Filed, type Office } from './office.ts';

/** Payment by files, through Temporal and the sandbox bank's own counter for files (N3.3). */

const anything = z.unknown();
const statementMs = 90_000;

let office: Office;
let treasurer: Caller;

beforeAll(async () => {
  office = await openOffice(107, 3);
  treasurer = await signIn(office.system, { sub: 'he', roles: ['finance'], org: '220100' });
}, 90_000);
afterAll(async () => {
  await office.system.stop();
}, 60_000);

const folder = (...path: readonly string[]): string => join(office.system.dataDir, 'bank-files', ...path);
const payThrough = (bank: 'iso20022' | 'daifa') => treasurer.post('/v1/funds/220100/bank', { bank }, anything);
const ordersPaid = async () => (await madeTransfers(office.system.sandboxUrl)).map(({ orderNo }) => orderNo).sort();

async function release(): Promise<void> {
  const { cast } = office;
  await releasePayments(cast.accountant, await preparePayments(cast.cashier, ORG));
}

/** The account of somebody else: the applicant gives a new one. */
async function correct({ applicant, caseNo, application }: Filed, number: string): Promise<void> {
  await office.untilState(caseNo, 'account-hold', statementMs);
  await applicant.post(`/v1/cases/${caseNo}/account`, { ...application.account, number }, anything);
  await office.untilState(caseNo, 'payable');
}

const bankWords = async (caseNo: string): Promise<readonly string[]> =>
  (await readTimeline(office.cast.supervisor, caseNo))
    .map(({ event }) => event)
    .filter((event) => ['released', 'paid', 'payment-failed', 'payment-returned', 'account-corrected'].includes(event));

test('a list goes out, answers and statements come in: paid, not answered for, failed, returned, and by another bank', async () => {
  const { system, cast, untilState } = office;
  await payThrough('iso20022');
  const silent = await office.file();
  const unlucky = await office.file();
  const plain = await office.file();
  for (const { caseNo } of [silent, unlucky, plain]) await approve(office, caseNo);
  const { endsAt } = await publish(office);
  await office.clock.until(parseInstant(endsAt));
  for (const { caseNo } of [silent, unlucky, plain]) await untilState(caseNo, 'payable');

  // The bank pays the first order and never answers for it; the second one's account is closed.
  await control(system.sandboxUrl, '/faults/bank', { mode: 'lose-callback', count: 1 });
  const { number, holder } = unlucky.application.account;
  await control(system.sandboxUrl, `/accounts/${number}`, { holder, status: 'closed' });
  await release();
  await untilState(plain.caseNo, 'paid');
  await untilState(unlucky.caseNo, 'account-hold');

  // The same list and the same answer once more: nobody is paid twice, nothing happens twice.
  const [list = ''] = await readdir(folder('iso20022', 'taken'));
  expect(await readFile(folder('iso20022', 'taken', list), 'utf8')).toContain(
    'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09',
  );
  const answer = (await readdir(folder('iso20022', 'in'))).find((name) => name.includes('done')) ?? '';
  await copyFile(folder('iso20022', 'taken', list), folder('iso20022', 'out', `again-${list}`));
  await copyFile(folder('iso20022', 'in', answer), folder('iso20022', 'in', `answer-again-${answer}`));

  // What was not answered for stays unknown under its number, until the day's statement says that it was paid.
  await untilState(silent.caseNo, 'paid', statementMs);
  expect(await ordersPaid()).toEqual([`${silent.caseNo}-1`, `${plain.caseNo}-1`].sort());

  await control(system.sandboxUrl, '/faults/bank', { mode: 'late-return', count: 1, delayMs: 0 });
  await correct(unlucky, '6222021001112223331');
  await release();
  // Paid by the answer file, sent back by the statement.
  await eventually(
    'the money came back',
    async () => (await bankWords(unlucky.caseNo)).includes('payment-returned') || undefined,
    statementMs,
  );
  await payThrough('daifa');
  await correct(unlucky, '6222021001112224446');
  await release();
  await untilState(unlucky.caseNo, 'paid');
  const [csv = ''] = await readdir(folder('daifa', 'taken'));
  expect(iconv.decode(await readFile(folder('daifa', 'taken', csv)), 'gb18030')).toContain(`"${unlucky.caseNo}-3"`);

  expect(await bankWords(unlucky.caseNo)).toEqual([
    ...['released', 'payment-failed', 'account-corrected'],
    ...['released', 'paid', 'payment-returned', 'account-corrected'],
    ...['released', 'paid'],
  ]);
  expect(await bankWords(silent.caseNo)).toEqual(['released', 'paid']);
  expect(await ordersPaid()).toEqual(
    [`${silent.caseNo}-1`, `${plain.caseNo}-1`, `${unlucky.caseNo}-2`, `${unlucky.caseNo}-3`].sort(),
  );
  const { years } = await readFund(cast.cashier, ORG);
  expect(years.find((year) => year.budgetYear === 2017)).toMatchObject({
    ...{ spentFen: 3 * 195_000, obligatedFen: 0, reservedFen: 0 },
  });
}, 240_000);
