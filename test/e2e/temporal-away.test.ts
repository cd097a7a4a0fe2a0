import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ORG } from '../../dev/cast.ts';
import { cutOffRound, handle, publishRound, readCase, readTimeline, review } from '../../dev/calls.ts';
import { eventually } from '../../dev/client.ts';
import { openOffice, payAfter, readEnd, type Office } from './office.ts';

/** How long Temporal stands still; longer than a command may take. */
const awayMs = 12_000;
/** What a command takes at most while it does, on a busy machine. */
const promptMs = 3_000;

let office: Office;

beforeAll(async () => {
  office = await openOffice(303, 3);
}, 90_000);
afterAll(async () => {
  office.system.kill('temporal', 'SIGCONT');
  await office.system.stop();
}, 60_000);

test('while Temporal stands still every command is answered; afterwards every case goes on', async () => {
  const { cast, file, system, untilState } = office;
  const [approved, refused] = [await file(), await file({}, { months: 12 })];
  for (const { caseNo } of [approved, refused]) await untilState(caseNo, 'review');
  const took: [what: string, ms: number][] = [];
  const promptly = async <T>(what: string, command: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const answer = await command();
    took.push([what, performance.now() - began]);
    return answer;
  };

  system.kill('temporal', 'SIGSTOP');
  const stopped = performance.now();
  const filed = [await promptly('filing', () => file()), await promptly('filing', () => file())];
  const decide = (caseNo: string, decision: 'approve' | 'refuse') =>
    handle(cast.wang, caseNo, {
      decision,
      ...(decision === 'refuse' ? { reasons: [{ clause: 'N1.1', text: '累计缴费不足36个月。' }] } : {}),
    });
  await promptly('handling', () => decide(approved.caseNo, 'approve'));
  await promptly('handling', () => decide(refused.caseNo, 'refuse'));
  await promptly('review', () => review(cast.li, approved.caseNo, 'approve'));
  await promptly('review', () => review(cast.li, refused.caseNo, 'refuse'));
  const { roundId, entries } = await promptly('cut-off', () => cutOffRound(cast.wang, ORG));
  await promptly('publication', () => publishRound(cast.hrss, roundId));
  expect(entries).toBe(1);
  for (const { caseNo } of filed)
    expect((await promptly('reading', () => readCase(cast.li, caseNo))).state).toBe('filed');
  expect(took.filter(([, ms]) => ms > promptMs)).toEqual([]);
  await sleep(Math.max(0, awayMs - (performance.now() - stopped)));
  expect((await readCase(cast.supervisor, approved.caseNo)).state).toBe('listed');
  system.kill('temporal', 'SIGCONT');

  for (const { caseNo } of filed) await untilState(caseNo, 'review', 45_000);
  await untilState(approved.caseNo, 'publicity');
  const told = await eventually(
    'the applicant was told',
    async () => {
      const timeline = await readTimeline(refused.applicant, refused.caseNo);
      return timeline.some((item) => item.event === 'applicant-told') ? timeline : undefined;
    },
    30_000,
  );
  // N3.1e: the reasons are the applicant's to read, who signed is not.
  const refusal = told.find((item) => item.event === 'refused');
  expect(refusal).toMatchObject({ reason: 'N1.1 累计缴费不足36个月。', actor: { kind: 'staff' } });
  expect(refusal?.actor.sub).toBeUndefined();
  await payAfter(office, await readEnd(office, roundId), [approved.caseNo]);
}, 90_000);
