import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { fen } from '../../domain/money.ts';
import type { Actor } from '../../domain/actor.ts';
import type { CaseNo, OrgCode, Sub } from '../../domain/ids.ts';
import type { CaseEvent } from '../../domain/case/events.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { dateOf } from '../../domain/time.ts';
import { startDeadline } from '../../domain/policy/deadline-days.ts';
import { lockCase, readCase } from '../../store/case.ts';
import { recordCases } from '../../store/case-record.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { addBudget, inReview, li, staff, wang } from '../api/cases.ts';
import { overHttp } from '../api/http.ts';
import { type Desk, openDesk, ORG, problemOf, read, wrongFields } from '../api/desk.ts';

let desk: Desk;
let http: Awaited<ReturnType<typeof overHttp>>;
beforeAll(async () => {
  desk = await openDesk(63);
  http = await overHttp(desk);
}, 120_000);
afterAll(() => desk.close());

const both = { sub: 'both', roles: ['handler', 'reviewer'], org: ORG } as const;
const result = z.object({
  done: z.number(),
  refused: z.number(),
  items: z.array(
    z.looseObject({
      caseNo: z.string(),
      done: z.boolean(),
      state: z.string().nullable(),
      problem: z.looseObject({ type: z.string(), title: z.string() }).nullable(),
    }),
  ),
  next: z.string().nullable(),
});
const inbox = z.object({ items: z.array(z.looseObject({ caseNo: z.string() })), next: z.string().nullable() });
const bulk = async (who: Parameters<Desk['as']>[0], what: 'handling' | 'review', body: object) =>
  read(await http(who).post(`/v1/cases/bulk-${what}`, body), 200, result);

/** Many more cases like one that is in review: its rows once more under other numbers, without a file of their own. */
async function copies(of: CaseNo, n: number): Promise<readonly CaseNo[]> {
  const rows = await desk.sql<{ case_no: CaseNo }>(
    `INSERT INTO cases (case_no, seq, last_hash, last_at, last_actor, state, person_key)
     SELECT new.no, seq, last_hash, last_at, last_actor, state || jsonb_build_object('caseNo', new.no),
            sha256(new.no::bytea)
     FROM cases, (SELECT '220102-2017-8' || lpad(i::text, 6, '0') AS no FROM generate_series(1, $2) AS i) AS new
     WHERE case_no = $1 RETURNING case_no`,
    [of, n],
  );
  await desk.sql(
    `INSERT INTO event (stream, seq, at, type, actor, body, sealed, previous_hash, hash)
     SELECT 'case-' || c.case_no, e.seq, e.at, e.type, e.actor, e.body, NULL, e.previous_hash, e.hash
     FROM event e, cases c WHERE e.stream = 'case-' || $1 AND c.case_no LIKE '220102-2017-8%'`,
    [of],
  );
  await desk.sql(
    `INSERT INTO open_deadline (case_no, kind, due_at, overdue)
     SELECT c.case_no, d.kind, d.due_at, d.overdue FROM open_deadline d, cases c
     WHERE d.case_no = $1 AND c.case_no LIKE '220102-2017-8%'`,
    [of],
  );
  const { vault } = desk.services.store;
  const wrapped = rows.map(({ case_no }) => vault.newCaseKey(case_no).wrapped);
  await desk.sql('INSERT INTO case_key (case_no, wrapped) SELECT * FROM unnest($1::text[], $2::bytea[])', [
    ...[rows.map(({ case_no }) => case_no), wrapped],
  ]);
  return rows.map(({ case_no }) => case_no).sort();
}

test('500 cases approved in bulk with 3 that cannot be: 497 done, 3 explained', async () => {
  await addBudget(desk);
  const { caseNo: first } = await inReview(desk);
  const many = await copies(first, 497);
  const { caseNo: failed } = await inReview(desk, { months: 12 });
  const { caseNo: own } = await inReview(desk);
  read(await desk.as(both).post(`/v1/cases/${own}/handling`, { decision: 'approve' }), 200, z.object({}));
  await desk.sql(`DELETE FROM open_deadline WHERE case_no = $1`, [first]);

  // The first signature on all that wait for it, whatever pages they are on: the failed check is explained.
  const handled = await bulk(wang, 'handling', { filter: { org: ORG }, decision: 'approve' });
  expect(handled).toMatchObject({ done: 498, refused: 1, next: null });
  expect(handled.items.find(({ done }) => !done)).toMatchObject({
    ...{ caseNo: failed, state: 'review' },
    problem: { type: 'urn:problem:check-failed', checks: ['contribution-months'] },
  });

  // The second on 500 that were gathered from the pages of the inbox: one handled by the reviewer herself, and two more,
  // one not handled and one of nobody.
  const waiting: string[] = [];
  for (let cursor = '', pages = 1; ; pages += 1) {
    const page = read(await http(both).get(`/v1/tasks?kind=review&limit=200${cursor}`), 200, inbox);
    waiting.push(...page.items.map(({ caseNo }) => caseNo));
    if (page.next === null) {
      expect(pages).toBe(3);
      break;
    }
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  expect(waiting.filter((caseNo) => caseNo !== first).sort()).toEqual([...many, own].sort());
  const five = [...waiting.filter((caseNo) => caseNo !== first), failed, '220102-2017-9999999'];
  expect(five).toHaveLength(500);
  const began = performance.now();
  const reviewed = await bulk(both, 'review', { caseNos: five, decision: 'approve' });
  const tookMs = performance.now() - began;
  expect(reviewed).toMatchObject({ done: 497, refused: 3 });
  const explained = reviewed.items.filter(({ done }) => !done).map(({ caseNo, problem }) => [caseNo, problem?.type]);
  expect(explained.sort()).toEqual(
    [
      [failed, 'urn:problem:not-handled-yet'],
      [own, 'urn:problem:four-eyes'],
      ['220102-2017-9999999', 'urn:problem:not-found'],
    ].sort(),
  );
  expect(tookMs).toBeLessThan(10_000); // the API's own limit
  const [counted] = await desk.sql<{ approved: number; reserved: number }>(
    `SELECT count(*)::int AS approved, (sum(amount_fen) FILTER (WHERE NOT held))::float AS reserved
     FROM cases WHERE stage = 'approved'`,
  );
  expect(counted).toEqual({ approved: 497, reserved: 497 * 195_000 });
  const [fund] = await desk.sql<{ fen: number }>(
    `SELECT amount_fen::float AS fen FROM fund_balance WHERE fund = '220100' AND budget_year = 2017 AND account = 'reserved'`,
  );
  expect(fund?.fen).toBe(497 * 195_000);
  // Each decision can be made again, the fund as it stood at its turn.
  const rules = await readRules(desk.services.store.db);
  for (const onRecord of await readOnRecord(desk.services.store, many.slice(0, 1)))
    expect(decideAgain(onRecord, rules).differences.filter(({ what }) => what.startsWith('review'))).toEqual([]);
}, 120_000);

test('too little money holds the later ones, in order, and stops no approval', async () => {
  const one = (await inReview(desk)).caseNo;
  const two = (await inReview(desk)).caseNo;
  await desk.sql(`UPDATE fund_balance SET amount_fen = 200000 WHERE fund = '220100' AND budget_year = 2017
    AND account = 'available'`);
  await bulk(wang, 'handling', { caseNos: [one, two], decision: 'approve' });
  expect(await bulk(li, 'review', { caseNos: [two, one], decision: 'approve' })).toMatchObject({ done: 2 });
  const held = await desk.sql<{ held: boolean }>('SELECT held FROM cases WHERE case_no = ANY ($1) ORDER BY case_no', [
    [one, two],
  ]);
  expect(held.map((row) => row.held)).toEqual([false, true]);
});

test('many refused: reasons are mandatory and sealed with each; the reviewer confirms those of one outcome by filter', async () => {
  const cases = [];
  for (let n = 0; n < 3; n++) cases.push((await inReview(desk, { months: 12 })).caseNo);
  const bare = await desk.as(wang).post('/v1/cases/bulk-handling', { caseNos: cases, decision: 'refuse' });
  expect(wrongFields(bare)).toEqual(['reasons']);
  const neither = await desk.as(wang).post('/v1/cases/bulk-handling', { decision: 'approve' });
  expect(wrongFields(neither)).toEqual(['caseNos']);
  const wrong = await desk.as(wang).post('/v1/cases/bulk-handling', { caseNos: ['x'], decision: 'refuse', foo: 1 });
  expect(wrongFields(wrong)).toEqual(['caseNos.0', 'foo', 'reasons']); // everything at once
  const { items } = read(
    await desk.as(wang).get('/v1/refusal-reasons'),
    200,
    z.object({ items: z.array(z.object({ clause: z.string(), text: z.string() }).loose()) }),
  );
  const [reason] = items.filter(({ clause }) => clause === 'N1.1');
  const reasons = [{ clause: 'N1.1', text: reason?.text ?? '' }];
  const key = randomUUID();
  const ask = { caseNos: cases, decision: 'refuse', reasons };
  const once = await desk.as(wang).post('/v1/cases/bulk-handling', ask, { key });
  expect(read(once, 200, result)).toMatchObject({ done: 3, refused: 0 });
  expect((await desk.as(wang).post('/v1/cases/bulk-handling', ask, { key })).body).toEqual(once.body);

  const approved = (await inReview(desk)).caseNo;
  await bulk(wang, 'handling', { caseNos: [approved], decision: 'approve' });
  const reviewed = await bulk(li, 'review', { filter: {}, decision: 'refuse' });
  expect(reviewed.items.map(({ caseNo }) => caseNo).sort()).toEqual([...cases].sort());
  expect(reviewed).toMatchObject({ done: 3, refused: 0 });
  const view = await desk.as(wang).get(`/v1/cases/${cases[2] ?? ''}/timeline`);
  expect(JSON.stringify(view.body)).toContain('累计缴纳失业保险费不足36个月');
  const far = await bulk(staff('far', 'handler', '220200'), 'handling', { caseNos: [approved], decision: 'approve' });
  expect(far.items).toMatchObject([{ caseNo: approved, done: false, problem: { type: 'urn:problem:not-found' } }]);
  const [trace] = await desk.sql(
    `SELECT body FROM access_log WHERE body ->> 'route' LIKE '%bulk-%' ORDER BY at DESC LIMIT 1`,
  );
  expect(trace).toMatchObject({ body: { kind: 'refusal', reason: 'not-found', caseNo: null } });
  const returned = await desk.as(li).post('/v1/cases/bulk-review', { filter: {}, decision: 'return' });
  expect(wrongFields(returned)).toEqual(['note']);
});

test('two reviewers decide at the same moment, over HTTP: one wins, the other is told who and when', async () => {
  const yang = staff('yang', 'reviewer');
  for (let round = 0; round < 5; round += 1) {
    const { caseNo } = await inReview(desk);
    read(await http(wang).post(`/v1/cases/${caseNo}/handling`, { decision: 'approve' }), 200, z.object({}));
    const ask = (who: typeof li, decision: string) =>
      http(who).post(`/v1/cases/${caseNo}/review`, { decision, ...(decision === 'return' ? { note: '再看。' } : {}) });
    const both = await Promise.all([ask(li, 'approve'), ask(yang, round % 2 === 0 ? 'approve' : 'return')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = both[0].status === 200 ? 'li' : 'yang';
    const loser = both.find(({ status }) => status === 409);
    expect(loser && problemOf(loser)).toMatchObject({
      changedBy: { kind: 'staff', sub: winner, role: 'reviewer' },
      changedAt: expect.stringMatching(/^2017-09-0/),
    });
    const { state } = await readCase(desk.services.store.db, caseNo);
    const [signed] = await desk.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM event WHERE stream = $1 AND type IN ('approved', 'returned')`,
      [`case-${caseNo}`],
    );
    expect(signed?.n).toBe(1);
    expect(state.signatures.reviewer).toBe(state.stage === 'approved' ? winner : null);
  }
});

describe('four eyes, said twice (N3.1g)', () => {
  test('the decider refuses handler = reviewer; with its rule taken out, the database does', async () => {
    const { store } = desk.services;
    const { caseNo } = await inReview(desk);
    read(await desk.as(both).post(`/v1/cases/${caseNo}/handling`, { decision: 'approve' }), 200, z.object({}));
    const refused = await desk.as(both).post(`/v1/cases/${caseNo}/review`, { decision: 'approve' });
    expect(problemOf(refused)).toMatchObject({ status: 409, slug: 'four-eyes' });

    // What a decider without the rule would record.
    const by = 'both' as Sub;
    const actor: Actor = { kind: 'staff', sub: by, role: 'reviewer', org: ORG as OrgCode };
    const now = parseInstant('2017-09-04T12:00:00+08:00');
    const notice = startDeadline('refusal-notice', dateOf(now), 5, await store.rules.calendar(store.db, now));
    const outcomes: readonly CaseEvent[] = [
      { type: 'approved', by, amountFen: fen(195_000), shortage: true, reserved: false, budgetYear: 2017 },
      { type: 'refused', by, clauses: ['N1.1'], notice, reconsiderUntil: now },
    ];
    for (const event of outcomes) {
      const write = store.db.transaction(async (tx) => {
        const row = await lockCase(tx, caseNo);
        const policy = await store.rules.policy(tx, row.state.policyVersion);
        const facts = { now, policy, calendar: await store.rules.calendar(tx, now) };
        const command = { type: 'review', by, outcome: event.type === 'approved' ? 'approve' : 'refuse' } as const;
        const decision = { row, command, facts, events: [{ event }] };
        await recordCases(tx, store, [decision], { actor, commandId: null, ownRun: false });
      });
      await expect(write).rejects.toThrow(/four_eyes/);
    }
    expect((await readCase(store.db, caseNo)).state).toMatchObject({ stage: 'review', handling: { by: 'both' } });
  });
});
