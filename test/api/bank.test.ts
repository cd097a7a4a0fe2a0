import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { BatchId, OrderNo } from '../../domain/ids.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { unsettledOrders } from '../../store/order.ts';
import {
  type Client,
  bankKey,
  beginning,
  type Desk,
  openDesk,
  problemOf,
  read,
  REGION,
  type Reply,
  send,
} from './desk.ts';
import { addBudget, paying, payable, prepare, qian, release, staff, sun } from './cases.ts';

/** The bank's callbacks as issue 7 asks: repeats change nothing, what is refused is recorded and seen by finance. */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(71);
  await addBudget(desk);
}, 120_000);
beforeEach(() => desk.setNow(beginning));
afterAll(() => desk.close());

interface Signed {
  readonly body: string;
  readonly headers: Record<string, string>;
}

function sign(word: object | string, { nonce = randomUUID(), at = Date.now(), key = bankKey } = {}): Signed {
  const body = typeof word === 'string' ? word : JSON.stringify(word);
  const signature = createHmac('sha256', key.secret)
    .update(`${String(at)}.${nonce}.${body}`)
    .digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-key-id': key.id,
    'x-timestamp': String(at),
    'x-nonce': nonce,
    'x-signature': signature,
  };
  return { body, headers };
}

const post = ({ body, headers }: Signed): Promise<Reply> =>
  send(desk.app, { method: 'POST', url: '/bank/v1/callbacks', headers, payload: body });

const word = (orderNo: string, outcome: string, amountFen = 195_000, at = '2017-09-12T11:00:00+08:00') => ({
  ...{ orderNo, outcome, code: outcome === 'paid' ? '00' : 'account-closed', amountFen, at },
});

/** Everything about money that a callback may change. */
async function money(): Promise<object> {
  const rows = await Promise.all([
    desk.sql('SELECT order_no, status, credited_at FROM payment_order ORDER BY 1'),
    desk.sql('SELECT * FROM fund_balance ORDER BY 1, 2, 3'),
    desk.sql('SELECT count(*)::int FROM event'),
    desk.sql('SELECT case_no, status FROM entitlement ORDER BY 1'),
  ]);
  return rows;
}

const alarm = z.object({ kind: z.string(), ref: z.string(), times: z.number(), label: z.string() });
async function alarms(open = true): Promise<z.infer<typeof alarm>[]> {
  const finance = desk.as(staff('gao', 'finance', '220000'));
  const reply = await finance.get(`/v1/bank-differences?open=${String(open)}&limit=100`);
  return read(reply, 200, z.object({ items: z.array(alarm) })).items;
}
const kinds = async () => (await alarms()).map(({ kind }) => kind);

describe('callbacks of the bank', () => {
  test('the first one moves the order; the very bytes again, and the same result freshly signed, do nothing', async () => {
    const { orderNo } = await paying(desk);
    const first = sign(word(orderNo, 'paid'));
    const answered = await post(first);
    expect([answered.status, answered.body]).toEqual([200, { effect: 'moved' }]);
    const after = await money();
    const again = await post(first);
    expect([again.status, again.text]).toEqual([answered.status, answered.text]);
    const fresh = await post(sign(word(orderNo, 'paid')));
    expect([fresh.status, fresh.body]).toEqual([200, { effect: 'agreed' }]);
    expect(await money()).toEqual(after);
    expect(await kinds()).toEqual([]);
  });

  test('a hundred copies at once: one effect, all answered alike', async () => {
    const { orderNo, caseNo } = await paying(desk);
    const copy = sign(word(orderNo, 'paid'));
    const replies = await Promise.all(Array.from({ length: 100 }, () => post(copy)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['200 {"effect":"moved"}']),
    );
    const events = await desk.sql("SELECT 1 FROM event WHERE stream = 'case-' || $1 AND type = 'paid'", [caseNo]);
    const spent = await desk.sql("SELECT 1 FROM ledger_entry WHERE stream = 'case-' || $1 AND reason = 'paid'", [
      caseNo,
    ]);
    expect([events.length, spent.length]).toEqual([1, 1]);
  });

  test.each([
    ['a known nonce with other bytes', 409, 'nonce-reused', 'nonce-reused'],
    ['signed six minutes ago', 401, 'signature-invalid', 'outside-window'],
    ['signed six minutes ahead', 401, 'signature-invalid', 'outside-window'],
    ['signed with an unknown key', 401, 'signature-invalid', 'forged'],
    ['signed with another secret', 401, 'signature-invalid', 'forged'],
    ['bytes changed after signing', 401, 'signature-invalid', 'forged'],
    ['another amount', 409, 'difference-recorded', 'amount-differs'],
    ['an order that was never released', 422, 'unknown-order', 'unknown-order'],
    ['failed after paid', 409, 'difference-recorded', 'outcome-differs'],
  ])('%s: refused, recorded, seen by finance, and nothing changed', async (what, status, slug, kind) => {
    const { orderNo } = await paying(desk);
    const nonce = randomUUID();
    expect((await post(sign(word(orderNo, 'paid'), { nonce }))).status).toBe(200);
    const before = await money();
    const seen = await alarms();
    const good = sign(word(orderNo, 'paid'));
    const bad: Readonly<Record<string, Signed>> = {
      'a known nonce with other bytes': sign(word(orderNo, 'returned'), { nonce }),
      'signed six minutes ago': sign(word(orderNo, 'returned'), { at: Date.now() - 360_000 }),
      'signed six minutes ahead': sign(word(orderNo, 'returned'), { at: Date.now() + 360_000 }),
      'signed with an unknown key': sign(word(orderNo, 'returned'), { key: { ...bankKey, id: 'nobody' } }),
      'signed with another secret': sign(word(orderNo, 'returned'), { key: { ...bankKey, secret: 'x'.repeat(32) } }),
      'bytes changed after signing': { ...good, body: JSON.stringify(word(orderNo, 'returned')) },
      'another amount': sign(word(orderNo, 'returned', 195_001)),
      'an order that was never released': sign(word(`${orderNo.slice(0, -1)}7`, 'paid')),
      'failed after paid': sign(word(orderNo, 'failed')),
    };
    const sent = bad[what];
    if (!sent) throw new Error(what);
    const reply = await post(sent);
    expect([reply.status, problemOf(reply).slug]).toEqual([status, slug]);
    expect(await money()).toEqual(before);
    const found = (await alarms()).filter(
      (one) => !seen.some((other) => other.ref === one.ref && other.kind === one.kind && other.times === one.times),
    );
    expect(found.map((one) => one.kind)).toEqual([kind]);
    // Who works on it reads in the task what it is, on which order, and what to do.
    const about = what === 'an order that was never released' ? `${orderNo.slice(0, -1)}7` : orderNo;
    const tasks = await desk.as(sun).get('/v1/tasks?kind=bank-difference&limit=200');
    expect(read(tasks, 200, z.object({ items: z.array(z.looseObject({})) })).items).toContainEqual(
      expect.objectContaining({
        ...{ kind: 'bank-difference', org: '220102', allowed: ['closure'] },
        difference: expect.objectContaining({
          ...{ kind, orderNo: about, ref: found[0]?.ref },
          ...{ label: expect.stringMatching(/\p{Script=Han}/u), next: expect.stringMatching(/银行/u) },
        }),
      }),
    );
    const repeat = await post(sent);
    expect([repeat.status, repeat.text]).toEqual([reply.status, reply.text]);
    expect(await money()).toEqual(before);
  });

  test('what can’t be read is refused with what is wrong with it', async () => {
    const reply = await post(sign({ orderNo: '1', outcome: 'perhaps', code: '', amountFen: 1, at: 'now' }));
    expect([reply.status, problemOf(reply).slug]).toEqual([422, 'invalid']);
    expect(problemOf(await post(sign('{"half'))).slug).toBe('not-json');
    expect(await kinds()).toContain('unreadable-callback');
  });

  test('a callback before the submission was answered: the same end', async () => {
    const { batchId, ...list } = await payable(desk).then(() => prepare(desk));
    read(await release(desk, { batchId, ...list }), 200, z.object({}));
    const orders = await desk.sql<{ order_no: string }>('SELECT order_no FROM payment_order WHERE batch_id = $1', [
      batchId,
    ]);
    for (const { order_no } of orders) expect((await post(sign(word(order_no, 'paid')))).status).toBe(200);
    const { store } = desk.services;
    for (const { order_no } of orders)
      expect(await reportOrder(store, order_no as OrderNo, { outcome: 'accepted' }, 'submission')).toEqual({
        effect: 'agreed',
      });
  });

  test('finance closes a difference once, with a note that stays sealed', async () => {
    const [one] = await desk.sql<{ id: number }>(
      `SELECT id FROM bank_difference WHERE kind = 'amount-differs' LIMIT 1`,
    );
    const path = `/v1/bank-differences/${String(one?.id)}/closure`;
    const finance = desk.as(staff('gao', 'finance', REGION));
    read(await finance.post(path, { note: '银行已更正。' }), 200, z.object({}));
    expect(problemOf(await finance.post(path, { note: '再次。' })).slug).toBe('difference-closed');
    const [kept] = await desk.sql<{ note: Buffer }>('SELECT note FROM bank_difference WHERE id = $1', [one?.id]);
    expect(kept?.note.toString()).not.toContain('更正');
  });
});

describe('money that comes back (N3.3)', () => {
  test('failed → account corrected by the applicant → a new order to the new account; the old one on record', async () => {
    const { orderNo, caseNo, applicant, application, person } = await paying(desk);
    await post(sign(word(orderNo, 'failed')));
    const view = z.object({
      state: z.string(),
      allowed: z.array(z.string()),
      payment: z.object({ status: z.string() }),
    });
    expect(read(await applicant.get(`/v1/cases/${caseNo}`), 200, view)).toMatchObject({
      state: 'account-hold',
      allowed: expect.arrayContaining(['account']) as unknown,
      payment: { status: 'failed' },
    });
    const account = { ...application.account, kind: 'social-security-card', number: 'A12345678' };
    const path = `/v1/cases/${caseNo}/account`;
    const foreign = await applicant.post(path, { account: { ...account, holder: '王某某' } });
    expect([foreign.status, problemOf(foreign).slug]).toEqual([422, 'invalid']);
    expect(read(await applicant.post(path, { account }), 200, z.object({ state: z.string() })).state).toBe('payable');
    expect(problemOf(await applicant.post(path, { account })).slug).toBe('no-account-to-correct');
    // What people see is the account in force; a supervisor only its last four.
    const shown = z.object({ application: z.object({ account: z.object({ number: z.string() }) }) });
    const numberFor = async (who: Client) =>
      read(await who.get(`/v1/cases/${caseNo}`), 200, shown).application.account.number;
    expect([await numberFor(applicant), await numberFor(desk.as(staff('zhou', 'supervisor')))]).toEqual([
      'A12345678',
      '*****5678',
    ]);

    const batch = await prepare(desk);
    read(await release(desk, batch), 200, z.object({}));
    const orders = await desk.sql('SELECT order_no, status FROM payment_order WHERE case_no = $1 ORDER BY 1', [caseNo]);
    expect(orders).toEqual([
      { order_no: `${caseNo}-1`, status: 'failed' },
      { order_no: `${caseNo}-2`, status: 'released' },
    ]);
    const out = await unsettledOrders(desk.services.store, batch.batchId as BatchId, '', 100);
    expect(out.find((one) => one.caseNo === caseNo)?.payee).toEqual({
      ...{ account: 'A12345678', bank: account.bank, holder: person.name },
    });
    expect((await post(sign(word(`${caseNo}-2`, 'paid')))).status).toBe(200);
  });

  test('returned days later: reversal entries, entitlement kept; paid again by a new order, and counted once', async () => {
    const { orderNo, caseNo, application } = await paying(desk);
    await post(sign(word(orderNo, 'paid')));
    expect((await post(sign(word(orderNo, 'returned', 195_000, '2017-09-14T09:00:00+08:00')))).status).toBe(200);
    const status = await desk.sql('SELECT status FROM entitlement WHERE case_no = $1', [caseNo]);
    expect(status).toEqual([{ status: 'held' }]);
    const booked = await desk.sql(
      `SELECT reason, account, amount_fen FROM ledger_entry e JOIN ledger_posting ON entry_id = id
       WHERE stream = 'case-' || $1 AND reason LIKE 'pa%' ORDER BY id, amount_fen`,
      [caseNo],
    );
    expect(booked).toEqual([
      { reason: 'paid', account: 'obligated', amount_fen: -195_000 },
      { reason: 'paid', account: 'spent', amount_fen: 195_000 },
      { reason: 'payment-returned', account: 'spent', amount_fen: -195_000 },
      { reason: 'payment-returned', account: 'returned', amount_fen: 195_000 },
    ]);
    const handler = desk.as(staff('wang', 'handler'));
    const flat = { ...application.account, expectedSeq: undefined };
    read(await handler.post(`/v1/cases/${caseNo}/account`, flat), 200, z.object({}));
    read(await release(desk, await prepare(desk)), 200, z.object({}));
    expect((await post(sign(word(`${caseNo}-2`, 'paid', 195_000, '2017-09-15T09:00:00+08:00')))).status).toBe(200);
    const figures = await desk.as(qian).get('/v1/statistics/annex-4?org=220102&from=2017-09-15&to=2017-09-15');
    expect(figures.text).toContain('0.195');
    expect(figures.text).not.toContain('0.39');
  });

  test('returned before it was reported paid books both; a late `paid` agrees', async () => {
    const { orderNo, caseNo } = await paying(desk);
    expect((await post(sign(word(orderNo, 'returned')))).status).toBe(200);
    expect((await post(sign(word(orderNo, 'paid')))).body).toEqual({ effect: 'agreed' });
    const types = await desk.sql<{ type: string }>(
      `SELECT type FROM event WHERE stream = 'case-' || $1 ORDER BY seq DESC LIMIT 2`,
      [caseNo],
    );
    expect(types.map(({ type }) => type)).toEqual(['payment-returned', 'paid']);
  });
});
