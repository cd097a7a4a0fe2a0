import pg from 'pg';
import { payloadKeys } from '../../config/keys.ts';
import { madeTransfers } from '../../dev/sandbox-client.ts';
import type { System } from '../../dev/system.ts';
import { verifyAudit } from '../../store/audit-verify.ts';
import { openStore } from '../../store/store.ts';
import type { Claim } from './cases.ts';

interface Found {
  readonly orders: readonly { order_no: string; case_no: string; status: string; amount_fen: number }[];
  readonly spent: readonly { case_no: string; amount_fen: number }[];
  readonly stages: readonly { case_no: string; stage: string }[];
}

/**
 * Holds what the bank really did, by its own log, against the cases: each that is to be paid has exactly one transfer and
 * one spent entry of the same amount to the same payee, no other has any, the ledger balances, the audit chain is whole.
 * @returns what is wrong, in words; empty: nothing
 */
export async function judge(system: System, claims: readonly Claim[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const made = await madeTransfers(system.sandboxUrl);
  const owner = new pg.Client({ connectionString: system.databaseUrl });
  await owner.connect();
  try {
    const found = await read(owner);
    const due = claims.filter(({ fate }) => fate === 'pay' || fate === 'later');
    for (const claim of claims) wrong.push(...ofCase(claim, due.includes(claim), made, found));
    if (made.length !== due.length) wrong.push(`the bank made ${made.length} transfers, due were ${due.length}`);
    wrong.push(...(await ofLedger(owner)));
  } finally {
    await owner.end();
  }
  const store = await openStore(
    { url: system.databaseUrl, max: 2 },
    payloadKeys.parse(system.env['PAYLOAD_KEYS'] ?? ''),
  );
  try {
    await verifyAudit(store, ({ place, what }) => wrong.push(`audit: ${place} ${what}`));
  } finally {
    await store.db.end();
  }
  return wrong;
}

async function read(owner: pg.Client): Promise<Found> {
  const rows = async <R extends pg.QueryResultRow>(sql: string) => (await owner.query<R>(sql)).rows;
  return {
    orders: await rows('SELECT order_no, case_no, status, amount_fen FROM payment_order'),
    spent: await rows(
      `SELECT substring(stream FROM 6) AS case_no, amount_fen FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
       WHERE account = 'spent' AND stream LIKE 'case-%'`,
    ),
    stages: await rows('SELECT case_no, stage FROM cases'),
  };
}

function ofCase(
  { caseNo, amountFen, account, fate }: Claim,
  isDue: boolean,
  made: Awaited<ReturnType<typeof madeTransfers>>,
  { orders, spent, stages }: Found,
): readonly string[] {
  const transfers = made.filter(({ orderNo }) => orderNo.startsWith(`${caseNo}-`));
  const entries = spent.filter((one) => one.case_no === caseNo);
  const stage = stages.find((one) => one.case_no === caseNo)?.stage;
  const told = `${caseNo} (${fate})`;
  if (!isDue) {
    const isOut = stage === 'paid' || stage === 'paying';
    const nothing = transfers.length === 0 && entries.length === 0 && !isOut;
    return nothing
      ? []
      : [`${told}: ${transfers.length} transfers, ${entries.length} spent entries, ${stage ?? 'gone'}`];
  }
  const wrong: string[] = [];
  const [transfer] = transfers;
  if (transfers.length !== 1) wrong.push(`${told}: ${transfers.length} transfers instead of 1`);
  if (transfer && (transfer.amountFen !== amountFen || transfer.account !== account))
    wrong.push(`${told}: another amount or payee than was approved`);
  if (entries.length !== 1 || entries[0]?.amount_fen !== amountFen)
    wrong.push(`${told}: spent entries ${entries.map((one) => one.amount_fen).join(', ') || 'none'}, due ${amountFen}`);
  if (stage !== 'paid') wrong.push(`${told}: is ${stage ?? 'gone'} instead of paid`);
  const own = orders.filter((one) => one.case_no === caseNo);
  if (own.length !== 1 || own[0]?.status !== 'paid')
    wrong.push(`${told}: orders ${own.map((one) => `${one.order_no} ${one.status}`).join(', ') || 'none'}`);
  return wrong;
}

async function ofLedger(owner: pg.Client): Promise<readonly string[]> {
  const wrong: string[] = [];
  const unbalanced = await owner.query('SELECT entry_id FROM ledger_posting GROUP BY 1 HAVING sum(amount_fen) <> 0');
  if (unbalanced.rows.length > 0) wrong.push(`ledger: ${unbalanced.rows.length} entries do not balance`);
  const differing = await owner.query(
    `SELECT FROM fund_balance b FULL JOIN (
       SELECT fund, budget_year, account, sum(amount_fen) AS amount_fen
       FROM ledger_posting JOIN ledger_entry ON id = entry_id GROUP BY 1, 2, 3) p USING (fund, budget_year, account)
     WHERE b.amount_fen IS DISTINCT FROM p.amount_fen`,
  );
  if (differing.rows.length > 0)
    wrong.push(`ledger: ${differing.rows.length} balances are not the sum of their postings`);
  const open = await owner.query<{ obligated: string }>(
    `SELECT coalesce(sum(amount_fen), 0) AS obligated FROM fund_balance WHERE account = 'obligated'`,
  );
  if (Number(open.rows[0]?.obligated) !== 0) wrong.push(`ledger: ${open.rows[0]?.obligated ?? ''} fen still obligated`);
  return wrong;
}
