import type { PoolClient } from 'pg';
import { timed } from './figures.ts';
import type { Bench } from './system.ts';

/** As the worker books: each result a transaction of its own, so many at once. */
const atOnce = 8;
const page = 32;

/** Tables that a payout writes, without triggers and without what other tables say of them. */
const tables = [
  'event',
  'decision',
  'outbox',
  'cases',
  'open_deadline',
  'entitlement',
  'payment_order',
  'bank_report',
  'bank_nonce',
  'ledger_entry',
  'ledger_posting',
  'fund_balance',
];

interface Paid {
  readonly order_no: string;
  readonly case_no: string;
  readonly nonce: string;
}

/**
 * Writes again, row by row and in as many transactions, what release, submission, callback and result wrote for paid
 * orders, into tables of the same shape and indexes. The rows are read where they were written, so they are the very same.
 */
export async function writeBarePayout(
  { database }: Bench,
  count: number,
): Promise<{ readonly ms: number; readonly perSecond: number }> {
  const copies = tables
    .map((table) => `CREATE TABLE bare.${table} (LIKE ${table} INCLUDING DEFAULTS INCLUDING INDEXES);`)
    .join('\n');
  await database.query(`
    CREATE SCHEMA bare;
    ${copies}
    INSERT INTO bare.cases SELECT * FROM cases;
    INSERT INTO bare.entitlement SELECT * FROM entitlement;
    INSERT INTO bare.open_deadline (case_no, kind, due_at, overdue) SELECT case_no, 'payout', last_at, false FROM cases;
    INSERT INTO bare.fund_balance SELECT * FROM fund_balance;
    ANALYZE bare.cases`);
  const { rows: orders } = await database.query<Paid>(
    `SELECT order_no, case_no, (row_number() OVER (ORDER BY order_no))::text AS nonce
     FROM payment_order ORDER BY order_no LIMIT $1`,
    [count],
  );
  const began = performance.now();
  await inTransaction(database, (client) => release(client, orders));
  for (let first = 0; first < orders.length; first += page) {
    const sent = orders.slice(first, first + page);
    await database.query(
      `UPDATE bare.payment_order SET status = 'unknown', asked_at = clock_timestamp() WHERE order_no = ANY ($1)`,
      [sent.map((order) => order.order_no)],
    );
    await inTransaction(database, (client) => accepted(client, sent));
    await timed(sent, atOnce, (order) => inTransaction(database, (client) => paid(client, order)));
  }
  const ms = performance.now() - began;
  return { ms, perSecond: (orders.length * 1_000) / ms };
}

async function release(client: PoolClient, orders: readonly Paid[]): Promise<void> {
  const caseNos = [orders.map((order) => order.case_no)];
  await client.query('SELECT FROM bare.cases WHERE case_no = ANY ($1) ORDER BY case_no FOR UPDATE', caseNos);
  for (const sql of [
    writtenAt('event', `type = 'released'`),
    `INSERT INTO bare.decision SELECT d.* FROM decision d JOIN event e ON e.stream = d.stream AND e.seq = d.after_seq + 1
       WHERE e.stream = ANY (SELECT 'case-' || unnest($1::text[])) AND e.type = 'released'`,
    `INSERT INTO bare.outbox OVERRIDING SYSTEM VALUE SELECT row_number() OVER (), stream, seq, false FROM event
       WHERE stream = ANY (SELECT 'case-' || unnest($1::text[])) AND type = 'released'`,
    updateCases,
    `INSERT INTO bare.payment_order SELECT (jsonb_populate_record(o, '{"status": "released"}')).* FROM payment_order o
       WHERE case_no = ANY ($1)`,
    ...booked('released'),
  ])
    await client.query(sql, caseNos);
}

async function accepted(client: PoolClient, orders: readonly Paid[]): Promise<void> {
  const orderNos = [orders.map((order) => order.order_no)];
  await client.query(
    'SELECT order_no, status FROM bare.payment_order WHERE order_no = ANY ($1) ORDER BY 1 FOR UPDATE',
    orderNos,
  );
  await client.query(
    `INSERT INTO bare.bank_report SELECT * FROM bank_report
     WHERE order_no = ANY ($1) AND source = 'submission' AND outcome = 'accepted'`,
    orderNos,
  );
  await client.query(
    `UPDATE bare.payment_order SET status = 'accepted', asked_at = clock_timestamp() WHERE order_no = ANY ($1)`,
    orderNos,
  );
}

async function paid(client: PoolClient, { order_no, case_no, nonce }: Paid): Promise<void> {
  await client.query('INSERT INTO bare.bank_nonce (nonce, digest, at, effect) VALUES ($1, $2, now(), NULL)', [
    nonce,
    Buffer.alloc(32),
  ]);
  await lock(client, order_no, case_no);
  await client.query(
    `INSERT INTO bare.bank_report SELECT * FROM bank_report WHERE order_no = $1 AND effect = 'moved' AND outcome = 'paid'`,
    [order_no],
  );
  await client.query(
    `UPDATE bare.payment_order b SET status = 'paid', asked_at = o.asked_at, code = o.code, credited_at = o.credited_at
     FROM payment_order o WHERE b.order_no = $1 AND o.order_no = $1`,
    [order_no],
  );
  for (const sql of [
    writtenAt('event', `type = 'paid'`),
    `INSERT INTO bare.decision SELECT d.* FROM decision d JOIN event e ON e.stream = d.stream AND e.seq = d.after_seq + 1
       WHERE e.stream = ANY (SELECT 'case-' || unnest($1::text[])) AND e.type = 'paid'`,
    `INSERT INTO bare.outbox OVERRIDING SYSTEM VALUE
       SELECT 1000000 + right(stream, 7)::int, stream, seq, true FROM event
       WHERE stream = ANY (SELECT 'case-' || unnest($1::text[])) AND type = 'paid'`,
    updateCases,
    'DELETE FROM bare.open_deadline WHERE case_no = ANY ($1)',
    'INSERT INTO bare.open_deadline SELECT * FROM open_deadline WHERE case_no = ANY ($1)',
    `UPDATE bare.entitlement SET status = 'used' WHERE case_no = ANY ($1)`,
    ...booked('paid'),
  ])
    await client.query(sql, [[case_no]]);
  await client.query(`UPDATE bare.bank_nonce SET effect = 'moved' WHERE nonce = $1`, [nonce]);
}

async function lock(client: PoolClient, orderNo: string, caseNo: string): Promise<void> {
  await client.query('SELECT state FROM bare.cases WHERE case_no = $1 FOR UPDATE', [caseNo]);
  await client.query('SELECT status FROM bare.payment_order WHERE order_no = $1 FOR UPDATE', [orderNo]);
}

const writtenAt = (table: string, where: string): string =>
  `INSERT INTO bare.${table} SELECT * FROM ${table} WHERE stream = ANY (SELECT 'case-' || unnest($1::text[])) AND ${where}`;

const updateCases = `UPDATE bare.cases b SET seq = c.seq, last_hash = c.last_hash, last_at = c.last_at,
       last_actor = c.last_actor, state = c.state, stage = c.stage, amount_fen = c.amount_fen
     FROM cases c WHERE c.case_no = b.case_no AND b.case_no = ANY ($1)`;

/** The entry with its two postings and the balances that they keep. */
const booked = (reason: string): readonly string[] => [
  writtenAt('ledger_entry', `reason = '${reason}'`),
  `INSERT INTO bare.ledger_posting SELECT p.* FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
     WHERE e.stream = ANY (SELECT 'case-' || unnest($1::text[])) AND e.reason = '${reason}'`,
  `UPDATE bare.fund_balance b SET amount_fen = b.amount_fen + moved.fen
     FROM (SELECT e.fund, e.budget_year, p.account, sum(p.amount_fen) AS fen
           FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
           WHERE e.stream = ANY (SELECT 'case-' || unnest($1::text[])) AND e.reason = '${reason}' GROUP BY 1, 2, 3) AS moved
     WHERE b.fund = moved.fund AND b.budget_year = moved.budget_year AND b.account = moved.account`,
];

async function inTransaction(database: Bench['database'], work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await database.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
