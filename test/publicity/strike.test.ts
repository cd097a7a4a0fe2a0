import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { drainOutbox, type Telling } from '../../store/outbox.ts';
import {
  afterWindow,
  approved,
  askToPass,
  decide,
  decideOn,
  type Filed,
  objectTo,
  openOffice,
  publish,
  staff,
  wang,
  zhao,
} from '../api/cases.ts';
import { type Desk, problemOf, read, REGION } from '../api/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(62);
}, 120_000);
afterAll(() => desk.close());
beforeEach(() => desk.setNow('2017-09-04T09:00:00+08:00'));

const state = z.object({ state: z.string() });
const caseView = z.looseObject({
  state: z.string(),
  seq: z.number(),
  amountFen: z.number().nullable(),
  deadlines: z.array(z.looseObject({ kind: z.string(), dueOn: z.string(), status: z.string() })),
});
const viewOf = async (filed: Filed) => read(await desk.as(wang).get(`/v1/cases/${filed.caseNo}`), 200, caseView);
const strike = (roundId: string, entryId: string, backTo: 'review' | 'approved', who = zhao) =>
  desk.as(who).post(`/v1/publicity-rounds/${roundId}/entries/${entryId}/strike`, { reason: '单位名称有误。', backTo });
const notice = z.looseObject({
  endsAt: z.string(),
  entries: z.object({ items: z.array(z.looseObject({ entryId: z.string(), name: z.string() })) }),
});
const noticeOf = async (roundId: string) =>
  read(await desk.withHeader(null).get(`/public/v1/notices/${roundId}`), 200, notice);
const reserved = async () => {
  const rows = await desk.sql<{ n: string }>(
    `SELECT coalesce(sum(amount_fen), 0) AS n FROM fund_balance WHERE fund = $1 AND account = 'reserved'`,
    [REGION],
  );
  return Number(rows[0]?.n);
};

test('struck back to review: gone from the notice without a reason, money given back, a new clock; the others stand', async () => {
  const one = await approved(desk);
  const two = await approved(desk);
  const before = await reserved();
  const roundId = await publish(desk);
  const { endsAt } = await noticeOf(roundId);
  await desk.setNow('2017-09-06T10:00:00+08:00');
  expect(read(await strike(roundId, '1', 'review'), 200, state).state).toBe('review');

  const shown = await noticeOf(roundId);
  expect(shown.entries.items.map(({ entryId }) => entryId)).toEqual(['2']);
  expect(shown.endsAt).toBe(endsAt);
  expect(JSON.stringify(shown)).not.toContain('单位名称有误');
  expect(await reserved()).toBe(before - 195_000);
  expect((await viewOf(one)).deadlines).toContainEqual(
    expect.objectContaining({ kind: 'review', dueOn: '2017-09-13', status: 'running' }),
  );
  expect(problemOf(await strike(roundId, '1', 'review')).slug).toBe('not-in-this-state');
  expect((await strike(roundId, '9', 'review')).status).toBe(404);
  expect((await strike(roundId, '2', 'review', wang)).status).toBe(403);
  expect((await strike(roundId, '2', 'review', staff('far', 'hrss', '220200'))).status).toBe(404);

  // Two people again, then the next round, for a full window of its own.
  await decide(desk, one.caseNo);
  const next = await publish(desk);
  expect((await noticeOf(next)).endsAt).toBe('2017-09-14T00:00:00+08:00');
  await desk.setNow(afterWindow);
  expect([await askToPass(desk, two.caseNo, roundId), await askToPass(desk, one.caseNo, next)]).toEqual([
    undefined,
    'window-running',
  ]);
});

test('an objection sent again after its entry was struck has the receipt that it had; another one finds no entry', async () => {
  await approved(desk);
  const roundId = await publish(desk);
  const url = `/public/v1/notices/${roundId}/objections`;
  const said = { entryId: '1', text: '此人未在该单位工作。' };
  const key = randomUUID();
  const first = await desk.withHeader(null).post(url, said, { key });
  expect(first.status).toBe(201);
  read(await strike(roundId, '1', 'review'), 200, state);
  const again = await desk.withHeader(null).post(url, said, { key });
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect((await desk.withHeader(null).post(url, said)).status).toBe(404);
});

test('struck back to approved: amount and reservation stay, the next round takes it', async () => {
  const one = await approved(desk);
  const before = await reserved();
  const roundId = await publish(desk);
  const asked = { reason: '单位名称有误。', backTo: 'approved' };
  const { seq } = await viewOf(one);
  const url = `/v1/publicity-rounds/${roundId}/entries/1/strike`;
  const stale = await desk.as(zhao).post(url, { ...asked, expectedSeq: seq - 1 });
  expect(problemOf(stale)).toMatchObject({ slug: 'case-changed', status: 409, seq });
  expect(read(await desk.as(zhao).post(url, { ...asked, expectedSeq: seq }), 200, state).state).toBe('approved');
  expect((await viewOf(one)).amountFen).toBe(195_000);
  expect(await reserved()).toBe(before);
  const next = await publish(desk);
  expect((await noticeOf(next)).entries.items).toHaveLength(1);
});

test('struck while an objection is open: it stays open, holds later, and has its end', async () => {
  const one = await approved(desk);
  const roundId = await publish(desk);
  read(await objectTo(desk, roundId), 201, z.object({ receiptNo: z.string() }));
  read(await strike(roundId, '1', 'review'), 200, state);
  const [objection] = await desk.sql<{ id: string }>('SELECT objection_id AS id FROM objection WHERE case_no = $1', [
    one.caseNo,
  ]);
  const decided = await decideOn(desk, objection?.id ?? '', { finding: 'upheld', heard: { on: '2017-09-05' } });
  expect(read(decided, 200, state).state).toBe('cancelled');
});

/** What the pump would tell the round's run now; the outbox is empty afterwards. */
async function toldRound(roundId: string): Promise<readonly Telling[]> {
  const told: Telling[] = [];
  for (let more = true; more;)
    more =
      (
        await drainOutbox(desk.services.store, (telling) => {
          told.push(telling);
          return Promise.resolve();
        })
      ).told > 0;
  return told.filter(({ stream }) => stream === `round-${roundId}`);
}

test('withdrawn or cancelled in the window: the round’s run is asked to look at the site at once (N3.2)', async () => {
  const one = await approved(desk);
  const two = await approved(desk);
  const roundId = await publish(desk);
  await toldRound(roundId);
  read(await one.applicant.post(`/v1/cases/${one.caseNo}/withdrawal`, {}), 200, state);
  expect(await toldRound(roundId)).toMatchObject([{ kind: 'round', events: [], asksForLook: true }]);

  read(await objectTo(desk, roundId, '2'), 201, z.object({ receiptNo: z.string() }));
  expect(await toldRound(roundId)).toEqual([]); // a hold changes nothing on the page
  const [objection] = await desk.sql<{ id: string }>('SELECT objection_id AS id FROM objection WHERE case_no = $1', [
    two.caseNo,
  ]);
  read(await decideOn(desk, objection?.id ?? '', { finding: 'upheld', heard: { on: '2017-09-04' } }), 200, state);
  expect(await toldRound(roundId)).toMatchObject([{ kind: 'round', events: [], asksForLook: true }]);
});
