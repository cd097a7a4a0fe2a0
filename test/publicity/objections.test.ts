import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { recordAppraisal } from '../../store/appraisal.ts';
import type { ObjectionId } from '../../domain/ids.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import {
  afterWindow,
  askToPass,
  decideOn,
  objectTo,
  openOffice,
  payable,
  prepare,
  published,
  release,
  staff,
  wang,
  zhao,
} from '../api/cases.ts';
import { type Desk, problemOf, read, wrongFields } from '../api/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openOffice(63);
}, 120_000);
afterAll(() => desk.close());
beforeEach(() => desk.setNow('2017-09-04T09:00:00+08:00'));

const receipt = z.object({ receiptNo: z.string().regex(/^[0-9a-f]{32}$/) });
const objectionView = z.looseObject({
  text: z.string(),
  contact: z.string().nullable(),
  appraisal: z.looseObject({ opinion: z.string() }).nullable(),
  files: z.array(z.object({ n: z.number(), mediaType: z.string(), bytes: z.number() })),
});
const caseView = z.looseObject({
  state: z.string(),
  holds: z.array(z.looseObject({ kind: z.string(), ref: z.string() })),
  deadlines: z.array(z.looseObject({ kind: z.string(), startedOn: z.string(), dueOn: z.string() })),
  objections: z.array(z.looseObject({ objectionId: z.string(), state: z.string() })),
});
const anyone = () => desk.withHeader(null);
const caseOf = async (caseNo: string) => read(await desk.as(wang).get(`/v1/cases/${caseNo}`), 200, caseView);
const heard = { on: '2017-09-06' };
const appraisal = { body: '吉林省职业技能鉴定中心', opinion: '证书编号与鉴定档案不符。' };
const decide = (objectionId: string, body: object, kind?: string) => decideOn(desk, objectionId, body, kind);

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A form as browsers send it. */
async function formOf(fields: Readonly<Record<string, string>>, files: readonly Buffer[]) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const file of files) form.append('files', new Blob([new Uint8Array(file)]), '图片.png');
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  return { body: Buffer.from(await request.arrayBuffer()), headers };
}

test('anybody, with files: a receipt that tells state and outcome only; HRSS alone reads words, contact and files', async () => {
  const { caseNo, roundId } = await published(desk);
  const { body, headers } = await formOf({ entryId: '1', text: '证书是假的。', contact: '13900001111' }, [png, png]);
  const path = `/public/v1/notices/${roundId}/objections`;
  const { receiptNo } = read(await anyone().post(path, body, { headers }), 201, receipt);
  const found = await anyone().get(`/public/v1/receipts/${receiptNo}`);
  expect(found.body).toEqual({ kind: 'objection', state: 'open', outcome: null, receivedAt: expect.any(String) });

  const { state, objections, holds } = await caseOf(caseNo);
  expect([state, holds.map(({ kind }) => kind)]).toEqual(['objection-hold', ['objection']]);
  const id = objections[0]?.objectionId ?? '';
  const shown = read(await desk.as(zhao).get(`/v1/objections/${id}`), 200, objectionView);
  expect(shown).toMatchObject({ text: '证书是假的。', contact: '13900001111', appraisal: null });
  expect(shown.files).toEqual([1, 2].map((n) => ({ n, mediaType: 'image/png', bytes: png.length })));
  const file = await desk.app.inject({
    method: 'GET',
    url: `/v1/objections/${id}/files/2`,
    headers: { authorization: `Bearer ${await desk.token(zhao)}` },
  });
  expect(file.rawPayload.equals(png)).toBe(true);
  expect((await desk.as(wang).get(`/v1/objections/${id}`)).status).toBe(403);
  expect((await desk.as(staff('far', 'hrss', '220200')).get(`/v1/objections/${id}`)).status).toBe(404);
  const [kept] = await desk.sql<{ sealed: Buffer }>('SELECT sealed FROM objection_file WHERE objection_id = $1', [id]);
  expect(kept?.sealed.includes(png.subarray(0, 16))).toBe(false);

  const text = await formOf({ entryId: '1', text: ' ' }, [Buffer.from('no picture')]);
  expect(wrongFields(await anyone().post(path, text.body, { headers: text.headers }))).toEqual(['files', 'text']);
  const nothing = await anyone().post(path, { text: 'x' });
  expect([wrongFields(nothing), nothing.text]).toEqual([['entryId'], expect.stringContaining('必填。')]);
});

test('a report with files on nobody known: HRSS reads them, and they go on with the case that it finds', async () => {
  const { caseNo, roundId } = await published(desk);
  const about = { noticeId: roundId, name: '钱二', employer: '某厂', text: '冒领。', contact: '13900002222' };
  const { body, headers } = await formOf(about, [png, png]);
  read(await anyone().post('/public/v1/reports', body, { headers }), 201, receipt);
  const [loose] = await desk.sql<{ id: string }>('SELECT report_id AS id FROM unmatched_report');
  const id = loose?.id ?? '';
  const files = [1, 2].map((n) => ({ n, mediaType: 'image/png', bytes: png.length }));
  const shown = read(await desk.as(zhao).get(`/v1/reports/${id}`), 200, objectionView);
  expect(shown).toMatchObject({ ...about, caseNo: null, files });
  const [kept] = await desk.sql<{ sealed: Buffer }>('SELECT sealed FROM report_file WHERE report_id = $1', [id]);
  expect(kept?.sealed.includes(png.subarray(0, 16))).toBe(false);
  const fileOf = async (who = zhao) => {
    const headers = { authorization: `Bearer ${await desk.token(who)}` };
    return desk.app.inject({ method: 'GET', url: `/v1/reports/${id}/files/2`, headers });
  };
  expect((await fileOf()).rawPayload.equals(png)).toBe(true);
  expect((await fileOf(wang)).statusCode).toBe(403);
  expect((await fileOf(staff('far', 'hrss', '220200'))).statusCode).toBe(404);

  read(await desk.as(zhao).post(`/v1/reports/${id}/match`, { caseNo }), 200, z.looseObject({}));
  expect(await desk.sql('SELECT FROM report_file')).toEqual([]);
  expect(read(await desk.as(zhao).get(`/v1/reports/${id}`), 200, objectionView)).toMatchObject({ caseNo, files });
  expect((await fileOf()).rawPayload.equals(png)).toBe(true);

  const wrong = await formOf({ entryId: '1', text: '冒领。' }, [Buffer.from('no picture')]);
  const answer = await anyone().post('/public/v1/reports', wrong.body, { headers: wrong.headers });
  expect(wrongFields(answer)).toEqual(['files', 'noticeId']);
});

test('upheld needs the hearing, and the appraisal body where the certificate is doubted; its answer is at hand', async () => {
  const { caseNo, roundId } = await published(desk);
  const { receiptNo } = read(await objectTo(desk, roundId), 201, receipt);
  const id = (await caseOf(caseNo)).objections[0]?.objectionId ?? '';
  const { store } = desk.services;
  const step = { workflowId: `case-${caseNo}`, key: 'run:appraisal', knownSeq: 0 };
  const answer = {
    body: appraisal.body,
    opinion: 'not-genuine',
    answeredAt: parseInstant('2017-09-05T09:00:00+08:00'),
  } as const;
  await recordAppraisal(store, step, caseNo, id as ObjectionId, answer);
  const shown = read(await desk.as(zhao).get(`/v1/objections/${id}`), 200, objectionView);
  expect(shown.appraisal).toEqual(answer);

  expect(wrongFields(await decide(id, { finding: 'upheld' }))).toEqual(['heard']);
  expect(wrongFields(await decide(id, { finding: 'upheld', grounds: 'certificate', heard }))).toEqual(['appraisal']);
  const finding = { finding: 'upheld', grounds: 'certificate', heard, appraisal, intentional: true };
  const stale = problemOf(await decide(id, { ...finding, expectedSeq: 1 }));
  expect(stale).toMatchObject({ slug: 'case-changed', status: 409, changedAt: expect.any(String) });
  expect((await decide(id, finding)).body).toMatchObject({ state: 'cancelled' });
  const told = (await anyone().get(`/public/v1/receipts/${receiptNo}`)).body;
  expect(told).toMatchObject({ state: 'upheld', outcome: 'upheld' });
  expect(await desk.sql('SELECT status FROM entitlement WHERE case_no = $1', [caseNo])).toEqual([{ status: 'barred' }]);
});

test('several on one entry: each is decided by itself; one upheld ends the case, the other still has its end', async () => {
  const { caseNo, roundId } = await published(desk);
  for (let n = 0; n < 3; n++) read(await objectTo(desk, roundId), 201, receipt);
  const ids = (await caseOf(caseNo)).objections.map(({ objectionId }) => objectionId);
  const [first = '', second = '', third = ''] = ids;
  expect((await decide(first, { finding: 'dismissed' })).body).toMatchObject({ state: 'objection-hold' });
  await desk.setNow(afterWindow);
  expect(await askToPass(desk, caseNo, roundId)).toBe('held');
  expect((await decide(second, { finding: 'upheld', heard })).body).toMatchObject({ state: 'cancelled' });
  expect((await decide(third, { finding: 'dismissed' })).body).toMatchObject({ state: 'cancelled' });
  expect(await desk.sql(`SELECT FROM objection WHERE case_no = $1 AND state = 'open'`, [caseNo])).toEqual([]);
});

test('at 23:59:59 it holds; at 24:00 it is gone, pointing to reports; a dismissal then starts the 7 working days', async () => {
  const { caseNo, roundId } = await published(desk);
  await desk.setNow('2017-09-11T23:59:58+08:00');
  read(await objectTo(desk, roundId), 201, receipt);
  await desk.setNow('2017-09-12T00:00:00+08:00');
  const late = problemOf(await objectTo(desk, roundId));
  expect(late).toMatchObject({ slug: 'window-over', status: 410, reports: '/public/v1/reports' });
  expect(await askToPass(desk, caseNo, roundId)).toBe('held');
  await desk.setNow('2017-09-20T10:00:00+08:00');
  const id = (await caseOf(caseNo)).objections[0]?.objectionId ?? '';
  read(await decide(id, { finding: 'dismissed' }), 200, z.looseObject({}));
  expect(await askToPass(desk, caseNo, roundId)).toBeUndefined();
  const { state, deadlines } = await caseOf(caseNo);
  expect(state).toBe('payable');
  expect(deadlines).toContainEqual(
    expect.objectContaining({ kind: 'payout', startedOn: '2017-09-20', dueOn: '2017-09-29' }),
  );
});

test('upheld one second before the release: no money moves (N3.4a)', async () => {
  const { caseNo, roundId } = await payable(desk);
  const batch = await prepare(desk);
  const before = await desk.sql('SELECT account, amount_fen FROM fund_balance ORDER BY 1, 2');
  await desk.setNow('2017-09-13T09:59:57+08:00');
  const report = await anyone().post('/public/v1/reports', { noticeId: roundId, entryId: '1', text: '冒领。' });
  read(report, 201, receipt);
  expect(problemOf(await release(desk, batch)).slug).toBe('batch-changed');
  const id = (await caseOf(caseNo)).objections[0]?.objectionId ?? '';
  await desk.setNow('2017-09-13T09:59:59+08:00');
  expect((await decide(id, { finding: 'upheld', heard }, 'reports')).body).toMatchObject({ state: 'cancelled' });
  await desk.setNow('2017-09-13T10:00:00+08:00');
  expect(problemOf(await release(desk, batch))['status']).toBe(409);
  expect(await desk.sql('SELECT FROM payment_order WHERE case_no = $1', [caseNo])).toEqual([]);
  const after = await desk.sql('SELECT account, amount_fen FROM fund_balance ORDER BY 1, 2');
  expect(after).not.toEqual(before); // what was reserved is available again
  expect(
    await desk.sql(
      `SELECT FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
    WHERE e.stream = $1 AND account IN ('obligated', 'spent')`,
      [`case-${caseNo}`],
    ),
  ).toEqual([]);
});

test('a window that was lengthened: the case passes no sooner than its round, and objections are taken until then', async () => {
  const { caseNo, roundId } = await published(desk);
  const moved = { roundId, window: '2017-09-13T00:00:00+08:00' };
  // The round knows it already, the case does not yet.
  await desk.sql(
    `UPDATE round SET state = jsonb_set(state, '{window,dueAt}', to_jsonb($2::text)) WHERE round_id = $1`,
    [moved.roundId, moved.window],
  );
  await desk.setNow(afterWindow);
  expect(await askToPass(desk, caseNo, roundId)).toBe('window-running');
  read(await objectTo(desk, roundId), 201, receipt);
});

test('too many from one address: 429, and those who only look are still let in', async () => {
  const { roundId } = await published(desk);
  const answers: number[] = [];
  for (let n = 0; n < 40; n++)
    answers.push(
      (await anyone().post(`/public/v1/notices/${roundId}/objections`, { entryId: '999', text: 'x' })).status,
    );
  expect(answers.at(-1)).toBe(429);
  expect(problemOf(await objectTo(desk, roundId)).slug).toBe('too-many-requests');
  expect((await anyone().get(`/public/v1/notices/${roundId}`)).status).toBe(200);
});
