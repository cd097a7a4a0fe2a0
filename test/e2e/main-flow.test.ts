import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ORG } from '../../dev/cast.ts';
import { object, readFund, readNotice, readTimeline } from '../../dev/calls.ts';
import { madeTransfers } from '../../dev/sandbox-client.ts';
import { npmRun } from './npm-run.ts';
import { approve, openOffice, payAfter, publish, type Office } from './office.ts';

let office: Office;

beforeAll(async () => {
  office = await openOffice(101, 2);
}, 90_000);
afterAll(async () => {
  await office.system.stop();
}, 60_000);

test('from filing to the money, and what is left of it: one transfer, the fund spent', async () => {
  const { cast, file, system } = office;
  const { caseNo, application } = await file({ certificate: { occupation: '焊工', level: 4 } });
  await approve(office, caseNo);
  const { noticeId, endsAt } = await publish(office);
  await office.untilState(caseNo, 'publicity');
  const shown = await readNotice(cast.passerBy, noticeId);
  const { name } = application.applicant;
  expect(shown.entries.items).toEqual([expect.objectContaining({ entryId: '1', name, amountFen: 195_000 })]);
  const { totalFen } = await payAfter(office, endsAt, [caseNo]);
  expect(totalFen).toBe(195_000);

  // N3.2: the window is over, the entries are gone, and who objects now is shown the way to reports.
  expect((await readNotice(cast.passerBy, noticeId)).entries.items).toEqual([]);
  const late = object(cast.passerBy, noticeId, { entryId: '1', text: '我有异议。' });
  await expect(late).rejects.toMatchObject({ status: 410, slug: 'window-over' });

  const transfers = await madeTransfers(system.sandboxUrl);
  expect(transfers).toEqual([
    expect.objectContaining({ orderNo: `${caseNo}-1`, account: application.account.number, amountFen: 195_000 }),
  ]);
  const { fund, years } = await readFund(cast.cashier, ORG);
  expect(fund).toBe('220100');
  expect(years.find((year) => year.budgetYear === 2017)).toMatchObject({
    ...{ spentFen: 195_000, obligatedFen: 0, reservedFen: 0 },
    availableFen: 100_000_000_000 - 195_000,
  });
  const timeline = await readTimeline(cast.supervisor, caseNo);
  expect(timeline.map((item) => item.seq)).toEqual(timeline.map((_, index) => index + 1));
  const events = timeline.map((item) => item.event);
  expect(events.filter((event) => event === 'looked-again')).toHaveLength(2); // before the payment order (N3.1c)
  expect(events.filter((event) => event !== 'looked-again')).toEqual([
    ...['filed', 'looked-up', 'looked-up', 'looked-up', 'checked', 'handled', 'approved'],
    ...['listed', 'published', 'passed', 'released', 'paid'],
  ]);
}, 90_000);

test('afterwards replay and drift find no difference', async () => {
  const lastLine = async (command: string) => {
    const { ended, output } = await npmRun(command, office.system.dataDir);
    return `${ended}: ${output.trimEnd().split('\n').at(-1) ?? ''}`;
  };
  const found = await Promise.all([lastLine('replay -- --all'), lastLine('drift')]);
  // The case, its round and its batch, and a reconciliation of each bank day.
  expect(found).toEqual(['0: 1 cases, 0 differ', expect.stringMatching(/^0: ([3-9]|\d{2,}) streams, 0 differences$/)]);
}, 60_000);
