import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readTimeline } from '../../dev/calls.ts';
import { eventually } from '../../dev/client.ts';
import { control, madeTransfers } from '../../dev/sandbox-client.ts';
import { approve, openOffice, payAfter, publish, type Office } from './office.ts';

let office: Office;

beforeAll(async () => {
  office = await openOffice(202, 5);
}, 90_000);
afterAll(async () => {
  await office.system.stop();
}, 60_000);

test('a case in its publicity window survives kill -9 of every part, and is paid once', async () => {
  const { cast, clock, file, system, untilState } = office;
  const { caseNo } = await file({ certificate: { occupation: '电工', level: 3 } });
  await approve(office, caseNo);
  const { endsAt } = await publish(office);
  await untilState(caseNo, 'publicity');

  for (const part of ['worker', 'api', 'postgres', 'temporal'] as const) {
    const before = system.pids()[part];
    system.kill(part, 'SIGKILL');
    await eventually(
      `${part} runs again`,
      () => {
        const now = system.pids()[part];
        return now !== undefined && now !== before ? now : undefined;
      },
      30_000,
    );
    // Answered by whatever of the system is up, or by what comes up within the caller's patience.
    expect((await untilState(caseNo, 'publicity')).amountFen).toBe(200_000);
  }
  expect(clock.now() < endsAt).toBe(true);

  // The bank says it three times.
  await control(system.sandboxUrl, '/faults/bank', { mode: 'duplicate-callback', count: 1 });
  await payAfter(office, endsAt, [caseNo]);
  expect(await madeTransfers(system.sandboxUrl)).toEqual([
    expect.objectContaining({ orderNo: `${caseNo}-1`, amountFen: 200_000 }),
  ]);
  const events = (await readTimeline(cast.supervisor, caseNo)).map((item) => item.event);
  expect(events.filter((event) => event === 'passed' || event === 'released' || event === 'paid')).toEqual([
    ...['passed', 'released', 'paid'],
  ]);
}, 90_000);
