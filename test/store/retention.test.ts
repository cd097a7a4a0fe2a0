import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { applicationForm } from '../../api/application-form.ts';
import { applicationBody } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import type { CaseNo, DocumentId } from '../../domain/ids.ts';
import { keptUntil, retentionOn, retentionSchedules } from '../../domain/policy/retention.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { readApplications } from '../../store/application.ts';
import { commandCase } from '../../store/case.ts';
import { viewCase } from '../../store/case-view.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { readDocument, storeDocument } from '../../store/document.ts';
import { fileApplication } from '../../store/filing.ts';
import { receiveObjection, decideObjection } from '../../store/objection.ts';
import { holdRetention, shredDue } from '../../store/retention.ts';
import { addBudget, beginLife, claim, decide, done, endWindow, type Life, pay, publish, staff } from './life.ts';

/** Terms, and what is destroyed when they are over: the data, never the books, the history or the entitlement. */

const process = { kind: 'process', name: 'business-day' } as const;
const hrss = staff('hr', 'hrss');
let life: Life;
let person: Person;
let paid: CaseNo;
let withdrawn: CaseNo;
let open: CaseNo;
let scan: DocumentId;

beforeAll(async () => {
  life = await beginLife(61);
  await life.setNow('2017-09-04T10:00:00+08:00');
  await addBudget(life, 2017);
  paid = await decide(life, 'approve');
  person = life.person();
  scan = await upload();
  withdrawn = done(await file()).caseNo;
  await withdraw(withdrawn);
  const roundId = await publish(life);
  open = await decide(life, 'approve');
  await life.setNow('2017-09-12T00:01:00+08:00');
  await endWindow(life, roundId);
  await life.setNow('2017-09-12T10:00:00+08:00');
  await pay(life, '2017-09-12T11:00:00+08:00', [paid]);
}, 120_000);
afterAll(() => life.close());

const file = () => {
  const form = applicationForm.parse(applicationBody(person, { insuredAt: '220102', documents: [scan] }));
  return fileApplication(life.store, claim('file'), { actor: { kind: 'applicant' }, uploader: 'me' }, form);
};
const withdraw = async (caseNo: CaseNo): Promise<void> => {
  done(
    await commandCase(life.store, claim('withdraw'), { kind: 'applicant' }, { caseNo, command: { type: 'withdraw' } }),
  );
};
async function upload(): Promise<DocumentId> {
  const content = Buffer.from('a scan');
  const mine = { uploader: 'me', kind: null, mediaType: 'image/png', content } as const;
  return done(await storeDocument(life.store, claim('upload'), mine)).documentId;
}
const housekeeping = async (day: string): Promise<number> => {
  await life.setNow(`${day}T03:00:00+08:00`);
  return shredDue(life.store, process, civilDate(day), () => undefined);
};
const hasData = async (caseNo: CaseNo): Promise<boolean> =>
  (await readApplications(life.store.db, life.store, [caseNo])).has(caseNo);
const again = async (caseNo: CaseNo) => {
  const [onRecord] = await readOnRecord(life.store, [caseNo]);
  if (!onRecord) throw new Error('not on record');
  return decideAgain(onRecord, await readRules(life.store.db));
};

test('terms are dated data, counted from the new year after the end', () => {
  const schedule = retentionOn(civilDate('2026-11-24'));
  expect(schedule.years).toEqual({ payment: 30, decision: 10, ended: 10 });
  expect(schedule.draftDays).toBe(90);
  const end = parseInstant('2017-12-31T23:59:59+08:00');
  expect(keptUntil(schedule, 'payment', end)).toBe('2048-01-01');
  expect(keptUntil(schedule, 'ended', end)).toBe('2028-01-01');
  const [first] = retentionSchedules;
  if (!first) throw new Error('no schedule');
  const later = { ...first, id: 'later', inForceFrom: civilDate('2030-01-01') };
  expect(retentionOn(civilDate('2029-12-31'), [first, later]).id).toBe(first.id);
  expect(retentionOn(civilDate('2030-01-01'), [first, later]).id).toBe('later');
});

test('nothing goes a day too early', async () => {
  expect(await housekeeping('2027-12-31')).toBe(0);
  expect(await hasData(withdrawn)).toBe(true);
});

test('what HRSS keeps, and what somebody has an open report on, is kept', async () => {
  const keep = (isHeld: boolean) =>
    holdRetention(life.store, claim('hold'), hrss, { caseNo: withdrawn, isHeld, reason: '行政诉讼未结' });
  done(await keep(true));
  expect(await keep(true)).toMatchObject({ refused: { code: 'already-kept' } });
  expect(await housekeeping('2028-01-04')).toBe(0);
  done(await keep(false));
  await life.setNow('2028-01-04T10:00:00+08:00');
  const complaint = { text: '有疑问', contact: null };
  const reported = await receiveObjection(life.store, claim('report'), { caseNo: paid, kind: 'report', complaint });
  expect(reported).toHaveProperty('done');
});

test('the database lets no key go without that decision', async () => {
  const remove = (caseNo: CaseNo) => life.store.db.query('DELETE FROM case_key WHERE case_no = $1', [caseNo]);
  await expect(remove(withdrawn)).rejects.toThrow(/is not shredded by a decision/);
  expect(await hasData(withdrawn)).toBe(true);
});

test('when its term is over the data can not be read any more, papers included; the rest stays', async () => {
  expect(await housekeeping('2028-01-05')).toBe(1);
  expect([await hasData(withdrawn), await hasData(open), await hasData(paid)]).toEqual([false, true, true]);
  await expect(readDocument(life.store, scan)).rejects.toThrow();
  const view = await viewCase(life.store, withdrawn);
  expect([view.application, view.state.stage, view.state.shreddedAt]).toEqual([
    null,
    'withdrawn',
    expect.stringMatching(/^2028-01-05T03:00:/),
  ]);
  const { rows } = await life.store.db.query<{ person: Buffer }>(
    'SELECT person_key AS person FROM cases WHERE case_no = $1',
    [withdrawn],
  );
  expect(rows[0]?.person).toHaveLength(0);
  expect(await housekeeping('2028-01-06')).toBe(0);
});

test('an auditor reads that it was lawful; a key that is gone without a decision is a difference', async () => {
  expect(await again(withdrawn)).toMatchObject({ differences: [] });
  await life.setNow('2028-02-01T10:00:00+08:00');
  await life.asOwner('CREATE TABLE kept_key AS SELECT * FROM case_key');
  await life.asOwner('DELETE FROM case_key WHERE case_no = $1', [paid]);
  const { differences } = await again(paid);
  expect(differences).toEqual([
    expect.objectContaining({ what: 'its key is gone, and no decision says that it may be' }),
  ]);
  await life.asOwner('INSERT INTO case_key SELECT * FROM kept_key WHERE case_no = $1', [paid]);
});

test('a paid case is kept for 30 years, with an open report or recovery longer; its entitlement for good', async () => {
  expect(await housekeeping('2047-12-31')).toBe(0);
  expect(await housekeeping('2048-01-02')).toBe(0);
  const { rows } = await life.store.db.query<{ id: never }>('SELECT objection_id AS id FROM objection');
  const [report] = rows;
  if (!report) throw new Error('no report');
  const decision = { objectionId: report.id, finding: 'upheld', intentional: false, text: {} } as const;
  done(await decideObjection(life.store, claim('decision'), hrss, decision));
  // The report changed the case: its term runs anew from the next new year. Now the money is claimed back.
  expect(await housekeeping('2078-12-31')).toBe(0);
  expect(await housekeeping('2079-01-03')).toBe(0);
  const setStage = (stage: string) =>
    life.asOwner(
      `UPDATE recovery SET state = state || jsonb_build_object('stage', $2::text, 'receivedFen', state -> 'amountFen')
       WHERE case_no = $1`,
      [paid, stage],
    );
  for (const open of ['demanded', 'enforcing']) {
    await setStage(open);
    expect([open, await housekeeping('2079-01-04')]).toEqual([open, 0]);
  }
  await setStage('closed');
  expect(await housekeeping('2079-01-05')).toBe(1);
  expect(await hasData(paid)).toBe(false);
  expect(await again(paid)).toMatchObject({
    differences: [],
    remarks: [expect.stringContaining('lawfully shredded')],
  });
  const entitlements = await life.store.db.query<{ status: string; length: number }>(
    'SELECT status, length(person_key) AS length FROM entitlement WHERE case_no = $1',
    [paid],
  );
  expect(entitlements.rows).toEqual([{ status: 'used', length: 32 }]);
});
