// npm test -- --testMatch '<rootDir>/test/workflows/record-histories.ts'
// Records the histories that replay.test.ts replays into test/histories/. Run it by hand when the procedure has changed
// on purpose (`patched()`), and keep the old files: runs that began before are replayed by today's code too. The names,
// numbers and dates in them are made up, and workflows carry no personal data.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { BatchId, EntryId, IntakeBatchId } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { reconciliationId } from '../../domain/payment/reconciliation.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { startDeadline } from '../../domain/policy/deadline-days.ts';
import { noticesKnownOn, workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import {
  askReconsideration,
  caseNo,
  failed,
  file,
  fileFromElsewhere,
  goodFile,
  handle,
  inspect,
  list,
  org,
  paid,
  publish,
  reconsider,
  release,
  remindApplicant,
  roundId,
  sub,
  supplement,
} from '../case/story.ts';
import { extension2020 } from '../clocks/spring-2020.ts';
import { close, demand, order, receive } from '../recovery/story.ts';
import { matching } from './bank-day.ts';
import {
  caseTests,
  decided,
  filedOn,
  office,
  open,
  passedByRound,
  published,
  publishedAndAwake,
  refusedOnAnOldNotFound,
  reviewed,
  stage,
  theCase,
  types,
} from './case-office.ts';

caseTests();

const folder = fileURLToPath(new URL('../histories/', import.meta.url));

/** Writes one run's history; a file that is there already is kept. */
async function keep(name: string, workflowId: string, runId?: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) return;
  const json: unknown = JSON.parse(historyToJSON(await office.handle(workflowId, runId).fetchHistory()));
  expect(json).toMatchObject({ events: expect.anything() });
  writeFileSync(path, `${JSON.stringify({ workflowId, history: json }, null, 1)}\n`);
}

test('case-paid', async () => {
  await published();
  await passedByRound();
  await office.at('2017-09-26T09:00:00+08:00');
  await office.world.command(caseNo, release);
  await office.at('2017-09-26T11:00:30+08:00');
  await office.world.command(caseNo, paid);
  await office.at('2017-10-17T00:00:05+08:00');
  await office.result(theCase());
  await keep('case-paid', theCase().name);
});

test('case-overdue: the review is late, an objection is dismissed after the window, the payment failed; still open', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  await office.at('2017-09-12T08:00:00+08:00');
  await reviewed('approve', '2017-09-12T09:00:00+08:00', '2017-09-12T14:00:00+08:00');
  await office.at('2017-09-15T09:00:00+08:00');
  await office.world.command(caseNo, list);
  await office.at('2017-09-18T10:00:00+08:00');
  await office.world.command(caseNo, publish('2017-09-18T10:00:00+08:00'));
  const objectionId = await office.world.object(caseNo, 'objection');
  await office.at('2017-09-27T10:00:00+08:00');
  await office.world.command(caseNo, decided(objectionId, 'dismissed'));
  await office.until(() => stage() === 'payable', 'passing');
  await office.world.command(caseNo, release);
  await office.world.command(caseNo, failed);
  await office.at('2017-10-14T00:00:05+08:00');
  await keep('case-overdue', theCase().name);
});

test('case-refused-carried: told on the second day, because the phone company was down', async () => {
  await filedOn('2017-09-04T10:00:00+08:00');
  office.faults.downUntil.set('sendTelling', parseInstant('2017-09-06T10:00:00+08:00'));
  await reviewed('refuse', '2017-09-05T09:00:00+08:00', '2017-09-05T14:00:00+08:00');
  await office.at('2017-11-05T00:00:05+08:00');
  await office.result(theCase());
  await keep('case-refused-carried', theCase().name);
});

test('case-withdrawn: while a register was being asked again', async () => {
  await open('2017-09-04T10:00:00+08:00');
  office.faults.downUntil.set('national', parseInstant('2017-12-31T00:00:00+08:00'));
  await office.world.command(caseNo, file);
  await office.at('2017-09-05T10:30:00+08:00');
  await office.world.command(caseNo, { type: 'withdraw' });
  await office.result(theCase());
  await keep('case-withdrawn', theCase().name);
});

test('case-cancelled-untold: an objection was upheld; no carrier reached the applicant', async () => {
  await published();
  await office.at('2017-09-25T10:00:00+08:00');
  const objectionId = await office.world.object(caseNo, 'objection');
  await office.at('2017-09-27T10:00:00+08:00');
  office.faults.undelivered.add('sendTelling');
  await office.world.command(caseNo, decided(objectionId, 'upheld'));
  await office.result(theCase());
  await keep('case-cancelled-untold', theCase().name);
});

test('case-lapsed: a supplement was asked for and answered, a registration was asked for and never came', async () => {
  await open('2017-09-04T10:00:00+08:00');
  office.world.story = { file: fileFromElsewhere };
  await office.world.command(caseNo, file);
  await office.at('2017-09-06T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, handle('wang', 'supplement', { clauses: ['N2.2'] }));
  await office.at('2017-09-08T09:00:00+08:00');
  await office.world.command(caseNo, supplement);
  await office.at('2017-09-11T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the second look-ups');
  await office.world.command(caseNo, handle('wang', 'registration'));
  await office.at('2017-10-20T00:00:05+08:00');
  await office.result(theCase());
  await keep('case-lapsed', theCase().name);
});

test('case-reconsidered: registered, refused, and overturned by HRSS; still open', async () => {
  await open('2017-09-04T10:00:00+08:00');
  office.world.story = { file: fileFromElsewhere };
  await office.world.command(caseNo, file);
  await office.at('2017-09-06T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, handle('wang', 'registration'));
  await office.at('2017-09-07T09:00:00+08:00');
  office.world.story = {};
  await office.world.command(caseNo, inspect('registered'));
  await office.at('2017-09-08T08:00:00+08:00');
  await reviewed('refuse', '2017-09-08T09:00:00+08:00', '2017-09-08T14:00:00+08:00');
  await office.at('2017-09-20T10:00:00+08:00');
  await office.world.command(caseNo, askReconsideration);
  await office.at('2017-09-21T10:00:00+08:00');
  await office.world.command(caseNo, reconsider('hr', 'overturn'));
  await office.at('2017-09-22T10:00:00+08:00');
  await keep('case-reconsidered', theCase().name);
});

test('case-asked-again: "not found" of the day before is asked again before a refusal, and found; still open', async () => {
  await refusedOnAnOldNotFound();
  await office.until(() => types().filter((type) => type === 'checked').length === 2, 'the second answer');
  await office.at('2017-09-06T09:00:00+08:00');
  await keep('case-asked-again', theCase().name);
});

test('case-looked-again: a register no longer agrees on the last day of the window; dismissed, passed and paid', async () => {
  await publishedAndAwake();
  const { provincial } = goodFile;
  if (provincial.answer !== 'found') throw new Error('the good file is found everywhere');
  office.world.story = { file: { ...goodFile, provincial: { ...provincial, status: 'revoked' } } };
  await office.at('2017-09-25T10:00:00+08:00');
  await office.until(() => theCase().state.objections.length === 2, 'the report');
  office.world.story = {};
  await office.at('2017-09-27T10:00:00+08:00');
  const report = theCase().state.objections.at(-1);
  if (!report) throw new Error('a report was expected');
  await office.world.command(caseNo, decided(report.objectionId, 'dismissed'));
  await office.until(() => stage() === 'payable', 'passing');
  await office.world.command(caseNo, release);
  await office.world.command(caseNo, paid);
  await office.at('2017-10-28T00:00:05+08:00');
  await office.result(theCase());
  await keep('case-looked-again', theCase().name);
});

test('case-reminded: asked for a supplement, reminded before its end, lapsed', async () => {
  await filedOn('2017-09-19T10:00:00+08:00');
  await office.at('2017-09-20T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, handle('wang', 'supplement', { clauses: ['N2.2'] }));
  await office.at('2017-10-09T00:00:10+08:00');
  await office.world.command(caseNo, remindApplicant('supplement', '2017-10-11T00:00:00+08:00'));
  await office.at('2017-10-12T00:00:05+08:00');
  await office.result(theCase());
  await keep('case-reminded', theCase().name);
});

/** A round of one approved case, whose publication HRSS orders at that instant. */
async function ordered(at: string): Promise<void> {
  await filedOn('2017-09-05T09:00:00+08:00');
  await reviewed('approve', '2017-09-05T10:00:00+08:00', '2017-09-05T10:01:00+08:00');
  await office.at('2017-09-15T09:00:00+08:00');
  await office.world.commandRound(roundId, { type: 'cut-off', roundId, org });
  await office.at(at);
  await office.world.commandRound(roundId, { type: 'order-publication', by: sub('hr') });
}

test('round-told: published late', async () => {
  await ordered('2017-09-20T10:00:00+08:00');
  await office.at('2017-09-28T10:00:00+08:00');
  await office.result(office.world.round(roundId));
  await keep('round-told', `round-${roundId}`);
});

test('round-asking: the registers asked again about its entries on the last day, which moves; told', async () => {
  await ordered('2017-09-18T10:00:00+08:00');
  await office.until(() => stage() === 'publicity', 'publishing');
  office.world.sights.set(civilDate('2017-09-25'), 'away');
  await office.at('2017-09-27T10:00:00+08:00');
  await office.result(office.world.round(roundId));
  await keep('round-asking', `round-${roundId}`);
  await office.world.command(caseNo, release);
  await office.world.command(caseNo, paid);
  await office.at('2017-10-28T00:00:05+08:00');
  await office.result(theCase());
  await keep('case-passed-by-round', theCase().name);
});

test('round-watched: away on a day of the window, an entry struck', async () => {
  await ordered('2017-09-18T10:00:00+08:00');
  await office.until(() => stage() === 'publicity', 'publishing');
  office.world.sights.set(civilDate('2017-09-20'), 'away');
  await office.at('2017-09-21T10:00:00+08:00');
  await office.world.commandRound(roundId, { type: 'strike', entryId: '2' as EntryId, by: sub('hr') });
  await office.at('2017-09-28T10:00:00+08:00');
  await office.result(office.world.round(roundId));
  await keep('round-watched', `round-${roundId}`);
});

test('intake-handed-over: its rows filed again after an answer was lost', async () => {
  const batchId = '220102-2017-09-04-1' as IntakeBatchId;
  await open('2017-09-04T09:00:00+08:00');
  office.faults.loseAnswer.add('fileRows');
  await office.world.receiveIntake({ type: 'received', batchId, org, from: 'employer', rows: 3, wrong: 1 });
  await office.at('2017-09-05T09:00:00+08:00');
  const accept = { type: 'accept', by: sub('hr'), receivedOn: civilDate('2017-09-05') } as const;
  await office.world.decideIntake(batchId, accept, false);
  await office.result(office.world.intake(batchId));
  await keep('intake-handed-over', `intake-${batchId}`);
});

test('calendar-applied: a notice lengthens a review', async () => {
  await open('2020-01-20T10:00:00+08:00');
  office.world.calendar = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-20')));
  await office.world.command(caseNo, file);
  office.world.calendar = workingCalendar(noticesKnownOn(calendarNotices, civilDate('2020-01-27')));
  await office.putInForce(extension2020());
  await keep('calendar-applied', 'calendar-2020-2');
});

test('batch-settled', async () => {
  const batchId = '220102-2017-09-26-1' as BatchId;
  await open('2017-09-26T09:00:00+08:00');
  const order = { caseNo, status: 'released' as 'released' | 'paid' };
  office.world.orders.set(batchId, [order]);
  const list = { orders: 1, totalFen: fen(195_000), listHash: 'list' };
  const expires = startDeadline('batch-release', civilDate('2017-09-26'), 2, workingCalendar(calendarNotices));
  await office.world.prepareBatch({ type: 'prepared', batchId, org, fund: org, by: sub('fin1'), expires, ...list });
  await office.world.decideBatch(batchId, { type: 'release', by: sub('fin2'), present: list, ...list }, false);
  await office.at('2017-09-26T10:00:00+08:00');
  order.status = 'paid';
  await office.at('2017-09-26T11:00:00+08:00');
  await office.result(office.world.batch(batchId));
  await keep('batch-settled', `batch-${batchId}`);
});

test('reconciliation-late: the statement is missing at noon, comes in the evening, and the day is run again', async () => {
  const id = reconciliationId(org, civilDate('2017-09-26'));
  await open('2017-09-27T09:30:00+08:00');
  await office.world.openBankDay(org, civilDate('2017-09-26'));
  await office.at('2017-09-27T18:00:00+08:00');
  office.world.statements.set(id, matching);
  await office.at('2017-09-27T20:00:00+08:00');
  await office.result(office.world.bankDay(id));
  await keep('reconciliation-late', `reconciliation-${id}`);
  await office.world.openBankDay(org, civilDate('2017-09-26'));
  await office.result(office.world.bankDay(id));
  await keep('reconciliation-again', `reconciliation-${id}`);
});

test('case-waiting: payable for so long that the registers are asked again', async () => {
  await published();
  await passedByRound();
  await office.at('2017-10-20T09:00:00+08:00');
  await office.world.command(caseNo, release);
  await office.world.command(caseNo, failed);
  await office.at('2017-12-01T09:00:00+08:00');
  await office.world.command(caseNo, { type: 'withdraw' });
  await office.result(theCase());
  await keep('case-waiting', theCase().name);
});

test('recovery-closed: demanded late, a reminder told, paid in two parts', async () => {
  await open('2017-11-01T10:00:00+08:00');
  await office.world.commandRecovery(caseNo, order);
  await office.at('2017-11-10T10:00:00+08:00');
  await office.world.commandRecovery(caseNo, demand(['2017-11-13', 100_000], ['2017-12-13', 95_000]));
  await office.at('2017-11-15T10:00:00+08:00');
  await office.until(() => office.world.recovery(caseNo).state.untold.length === 0, 'the reminder');
  await office.world.commandRecovery(caseNo, receive(100_000, '2017-11-15'));
  await office.at('2017-12-01T10:00:00+08:00');
  await office.world.commandRecovery(caseNo, receive(95_000, '2017-12-01'));
  await office.world.commandRecovery(caseNo, close);
  await office.result(office.world.recovery(caseNo));
  await keep('recovery-closed', `recovery-${caseNo}`);
});

test('business-day-over-a-weekend: asked again each midnight', async () => {
  await open('2017-09-15T08:00:00+08:00');
  const first = await office.startBusinessDay();
  await office.at('2017-09-18T08:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 2, 'Monday');
  const { runId } = await office.handle('business-day').describe();
  expect(runId).not.toBe(first);
  await keep('business-day-over-a-weekend', 'business-day', runId);
});

test('business-day', async () => {
  await open('2017-09-13T08:00:00+08:00');
  const first = await office.startBusinessDay();
  await office.at('2017-09-14T08:00:00+08:00');
  await office.until(() => office.world.openedDays.length === 2, 'opening');
  await keep('business-day-first', 'business-day', first);
  await keep('business-day-open', 'business-day');
});
