import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { CaseNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import {
  decideAgain,
  type DecidedAgain,
  readOnRecord,
  readRules,
  type RulesOnRecord,
} from '../../store/decide-again.ts';
import { addBudget, beginLife, decide, dismiss, endWindow, type Life, objectTo, pay, publish } from './life.ts';

let life: Life;
let rules: RulesOnRecord;
/** Paid after an objection; failed at the bank; refused; still in review of its round. */
let paid: CaseNo;
let failed: CaseNo;
let refused: CaseNo;

beforeAll(async () => {
  life = await beginLife(41);
  await life.setNow('2017-09-04T10:00:00+08:00');
  failed = await decide(life, 'approve'); // nobody has given the fund any money yet
  await addBudget(life, 2017);
  paid = await decide(life, 'approve');
  refused = await decide(life, 'refuse');
  await life.setNow('2017-09-18T10:00:00+08:00');
  const roundId = await publish(life);
  const objectionId = await objectTo(life, paid);
  await life.setNow('2017-09-20T10:00:00+08:00');
  await dismiss(life, objectionId);
  await life.setNow('2017-09-26T00:01:00+08:00');
  await endWindow(life, roundId);
  await life.setNow('2017-09-26T10:00:00+08:00');
  await pay(life, '2017-09-26T11:00:00+08:00', [paid]);
  rules = await readRules(life.store.db);
  for (const table of kept) await life.asOwner(`CREATE TABLE ${table}_kept AS SELECT * FROM ${table}`);
}, 120_000);
afterAll(() => life.close());

const kept = ['event', 'decision', 'evidence', 'case_key', 'cases'] as const;

afterEach(async () => {
  for (const table of kept.filter((name) => name !== 'cases')) {
    await life.asOwner(`DELETE FROM ${table}`);
    await life.asOwner(`INSERT INTO ${table} SELECT * FROM ${table}_kept`);
  }
  await life.asOwner(
    `UPDATE cases SET state = k.state, seq = k.seq, last_hash = k.last_hash FROM cases_kept k WHERE k.case_no = cases.case_no`,
  );
});

async function again(caseNo: CaseNo, by: RulesOnRecord = rules): Promise<DecidedAgain> {
  const [onRecord] = await readOnRecord(life.store, [caseNo]);
  if (!onRecord) throw new Error(`${caseNo} is not there`);
  return decideAgain(onRecord, by);
}

const differences = async (caseNo: CaseNo) =>
  (await again(caseNo)).differences.map(({ seq, what }) => `${seq} ${what}`);
const change = (seq: number, from: string, to: string) =>
  life.asOwner(`UPDATE event SET body = replace(body::text, $3, $4)::json WHERE stream = $1 AND seq = $2`, [
    ...[`case-${paid}`, seq, from, to],
  ]);

test('whole lives are decided again the same: paid after an objection, failed at the bank, refused', async () => {
  for (const caseNo of [paid, failed, refused])
    expect(await again(caseNo)).toMatchObject({ differences: [], remarks: [] });
  expect((await again(paid)).decisions).toBe(15);
  expect((await again(failed)).decisions).toBe(14); // money was found for it when the batch was prepared
});

test('an unknown case is not there', async () => {
  expect(await readOnRecord(life.store, ['220102-2017-9999999' as CaseNo])).toEqual([]);
});

test('an amount that was altered is found: in its decision, and in the row', async () => {
  await change(7, '195000', '995000');
  expect(await differences(paid)).toEqual([
    '7 review: as recorded amountFen is 995000, decided again it is 195000',
    '15 release: as recorded amountFen is 195000, decided again it is 995000',
    '16 in the row award.amountFen is 195000, by its events it is 995000',
  ]);
});

test('an outcome that was turned round is found', async () => {
  await change(6, '"approve"', '"refuse"');
  expect(await differences(paid)).toEqual([
    '6 handle: as recorded outcome is "refuse", decided again it is "approve"',
    '7 review: decided again it is refused: differs-from-handling',
  ]);
});

test('a check that was altered is found: the evidence says otherwise', async () => {
  await change(5, '"passed":true', '"passed":false');
  expect((await differences(paid))[0]).toBe(
    '5 answer-look-up: as recorded checks.0.passed is false, decided again it is true',
  );
});

test('a time that was altered is found', async () => {
  await life.asOwner(`UPDATE event SET at = at - interval '1 day' WHERE stream = $1 AND seq = 11`, [`case-${paid}`]);
  const [first] = await differences(paid);
  expect(first).toMatch(/^11 decide-objection: decided at 2017-09-20T10:00:0.*, recorded at 2017-09-19T10:00:0/);
});

test('events without a decision, and a decision without its event, are found', async () => {
  await life.asOwner(`DELETE FROM decision WHERE stream = $1 AND after_seq = 5`, [`case-${paid}`]);
  expect(await differences(paid)).toEqual(['6 event 6 rests on no decision']);
  await life.asOwner(`DELETE FROM event WHERE stream = $1 AND seq = 16`, [`case-${paid}`]);
  expect(await differences(paid)).toContain('15 the row is at 16, its last event is 15');
});

test('facts that were altered are found: with money in the fund it would have been reserved', async () => {
  await life.asOwner(
    `UPDATE decision SET facts = jsonb_set(facts::jsonb, '{fund,availableFen}', '9000000')::json
     WHERE stream = $1 AND after_seq = 6`,
    [`case-${failed}`],
  );
  expect(await differences(failed)).toEqual(['7 review: as recorded reserved is false, decided again it is true']);
});

test('a row that was altered is found', async () => {
  await life.asOwner(`UPDATE cases SET state = jsonb_set(state, '{order,amountFen}', '1') WHERE case_no = $1`, [paid]);
  expect(await differences(paid)).toEqual(['16 in the row order.amountFen is 1, by its events it is 195000']);
  await life.asOwner(`UPDATE cases SET last_hash = sha256('x') WHERE case_no = $1`, [refused]);
  expect(await differences(refused)).toEqual(["7 the row's hash is not its last event's"]);
});

test('evidence that is gone is found; so is a key that no decision let go', async () => {
  await life.asOwner(`DELETE FROM evidence WHERE case_no = $1 AND source = 'national'`, [paid]);
  expect(await differences(paid)).toEqual([
    '4 answer-look-up: its evidence is not complete',
    '13 look-again: its evidence is not complete',
    '14 look-again: its evidence is not complete',
  ]);
  await life.asOwner('DELETE FROM case_key WHERE case_no = $1', [refused]);
  expect(await differences(refused)).toEqual(['4 its key is gone, and no decision says that it may be']);
});

test('another policy decides differently, and a version that is gone is said', async () => {
  const dearer = { ...policy201767, shortage: { ...policy201767.shortage, standards: { 4: fen(200_000) } } };
  const { differences: found } = await again(paid, { ...rules, policy: () => dearer });
  expect(found.map(({ what }) => what)).toEqual([
    'review: as recorded amountFen is 195000, decided again it is 200000',
  ]);
  const { differences: gone } = await again(refused, { ...rules, policy: () => undefined });
  expect(gone[0]?.what).toBe('file: there is no policy version 2017-67');
  const { differences: calendarGone } = await again(refused, { ...rules, calendar: () => undefined });
  expect(calendarGone[0]?.what).toMatch(/^file: there is no calendar version /);
});
