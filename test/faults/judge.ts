import type pg from 'pg';
import { payloadKeys } from '../../config/keys.ts';
import { verifyAudit } from '../../store/audit-verify.ts';
import type { RecoveryState } from '../../domain/recovery/recovery.ts';
import { openStore } from '../../store/store.ts';
import { type BankOrder, readBankLog } from './bank-log.ts';
import { type ClaimInPlay, FUND, isDue } from './cases.ts';
import { days } from './days.ts';
import { type Desk, tooMuchFen } from './desk.ts';
import { addedFen } from './fund-desk.ts';
import type { Scene } from './scene.ts';

interface Order {
  readonly order_no: string;
  readonly case_no: string;
  readonly status: string;
  readonly amount_fen: number;
}

interface Books {
  readonly orders: readonly Order[];
  /** Sums in fen by year and account, of a case and of its recovery. */
  readonly sums: readonly { case_no: string; year: number; account: string; amount_fen: number }[];
  readonly entries: readonly { case_no: string; reason: string; n: number }[];
  readonly cases: readonly { case_no: string; stage: string; recovery: RecoveryState | null }[];
}

/**
 * Holds what the bank really did, by its own fsynced log, against orders, cases and ledger: whoever is due has exactly one
 * transfer that stayed and one entry that spent it, of the approved amount to the account that was named; nobody else has
 * any; nothing was paid while an earlier order might live. What is open stands in the new year once that was closed; what
 * came in or was added counts once. The ledger balances, the audit chain is whole.
 * @param budget how often finance was told that it added to the budget, and what the province was told that it granted
 * @returns what is wrong, in words; empty: nothing
 */
export async function judge(
  scene: Scene,
  claims: readonly ClaimInPlay[],
  budget: Desk['budget'],
): Promise<readonly string[]> {
  const { system } = scene;
  const bank = readBankLog(system.dataDir);
  const wrong: string[] = [];
  await scene.asOwner(async (owner) => {
    const books = await readBooks(owner);
    for (const claim of claims) wrong.push(...ofCase(claim, bank, books));
    const known = new Set(books.orders.map((order) => order.order_no));
    for (const { orderNo } of bank.values())
      if (!known.has(orderNo)) wrong.push(`the bank has order ${orderNo}, which nobody released`);
    wrong.push(...(await ofLedger(owner, budget)), ...(await ofDifferences(owner)));
  });
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

async function readBooks(owner: pg.Client): Promise<Books> {
  const rows = async <R extends pg.QueryResultRow>(sql: string) => (await owner.query<R>(sql)).rows;
  const ofStream = `substring(stream FROM '^(?:case|recovery)-(.*)$')`;
  return {
    orders: await rows(
      'SELECT order_no, case_no, status, amount_fen FROM payment_order ORDER BY length(order_no), order_no',
    ),
    sums: await rows(
      `SELECT ${ofStream} AS case_no, budget_year AS year, account, sum(amount_fen)::bigint AS amount_fen
       FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id WHERE stream IS NOT NULL GROUP BY 1, 2, 3`,
    ),
    entries: await rows(
      `SELECT ${ofStream} AS case_no, reason, count(*)::int AS n FROM ledger_entry WHERE stream IS NOT NULL GROUP BY 1, 2`,
    ),
    cases: await rows(
      'SELECT case_no, cases.stage, recovery.state AS recovery FROM cases LEFT JOIN recovery USING (case_no)',
    ),
  };
}

function ofCase(claim: ClaimInPlay, bank: ReadonlyMap<string, BankOrder>, books: Books): readonly string[] {
  const { caseNo, amountFen, accounts, fate } = claim;
  const wrong: string[] = [];
  const say = (what: string): void => {
    wrong.push(`${caseNo} (${fate}): ${what}`);
  };
  const orders = books.orders.filter((one) => one.case_no === caseNo);
  const transfers = [...bank.values()].filter(({ orderNo }) => orderNo.startsWith(`${caseNo}-`));
  const count = (outcome: string): number =>
    transfers.flatMap(({ conclusions }) => conclusions).filter((one) => one.outcome === outcome).length;
  const stayed = count('paid') - count('returned');
  const due = isDue(claim);
  if (stayed !== (due ? 1 : 0)) say(`${stayed} transfers that stayed instead of ${due ? 1 : 0}`);
  if (fate === 'never' && orders.length > 0) say('an order although it is held');

  for (const [n, order] of orders.entries()) {
    const done = bank.get(order.order_no);
    const said = done?.conclusions.map(({ outcome }) => outcome).join(', ') ?? 'nothing';
    const told = { paid: 'paid', returned: 'paid, returned', failed: 'failed' }[order.status];
    if (said !== told) say(`${order.order_no} is ${order.status}, the bank's log has ${said}`);
    if (order.amount_fen !== amountFen || (done && done.amountFen !== amountFen))
      say(`${order.order_no}: another amount than was approved`);
    if (done && done.account !== accounts[n]) say(`${order.order_no}: another account than was named`);
    const before = n === 0 ? undefined : bank.get(orders[n - 1]?.order_no ?? '');
    const end = before?.conclusions.at(-1);
    if (done && n > 0 && (!end || end.outcome === 'paid' || end.atMs > done.acceptedMs))
      say(`${order.order_no} was out while the order before it lived`);
  }

  const entries = (reason: string): number =>
    books.entries.find((one) => one.case_no === caseNo && one.reason === reason)?.n ?? 0;
  for (const [reason, outcome] of [
    ['paid', 'paid'],
    ['payment-returned', 'returned'],
    ['payment-failed', 'failed'],
  ] as const)
    if (entries(reason) !== count(outcome))
      say(`${entries(reason)} entries ${reason}, the bank's log has ${count(outcome)} times ${outcome}`);
  const recovered = fate === 'recover' && due ? amountFen : 0;
  const sums: Readonly<Record<string, number>> = {
    spent: due ? amountFen - recovered : 0,
    recovered,
    obligated: 0,
    returned: 0,
    reserved: fate === 'closed' || fate === 'never' ? amountFen : 0,
    transferred: 0,
  };
  const booked = books.sums.filter((one) => one.case_no === caseNo);
  for (const [account, fen] of Object.entries(sums)) {
    const years = booked.filter((one) => one.account === account);
    const is = years.reduce((sum, one) => sum + one.amount_fen, 0);
    if (is !== fen) say(`${account} ${is} fen in the ledger instead of ${fen}`);
    for (const { year, amount_fen } of years)
      if (amount_fen < 0 && account !== 'transferred') say(`${account} of ${year} is ${amount_fen} fen`);
  }
  const left = booked.find((one) => one.account === 'reserved' && one.year === days.oldYear)?.amount_fen ?? 0;
  if (left > 0 && books.entries.some(({ reason }) => reason === 'reservation-carried'))
    say(`${left} fen are left in the year that is over`);
  const row = books.cases.find((one) => one.case_no === caseNo);
  if (due !== (row?.stage === 'paid') || (fate === 'upheld' && row?.stage !== 'cancelled'))
    say(`is ${row?.stage ?? 'gone'}`);
  const { stage = 'not there', receivedFen, givenBackFen } = row?.recovery ?? {};
  if (recovered > 0 && (stage !== 'closed' || receivedFen !== amountFen + tooMuchFen || givenBackFen !== tooMuchFen))
    say(`its recovery is ${stage}, received ${receivedFen ?? 0} fen, gave back ${givenBackFen ?? 0}`);
  return wrong;
}

async function ofLedger(owner: pg.Client, budget: Desk['budget']): Promise<readonly string[]> {
  const wrong: string[] = [];
  const brought = await owner.query<{ reason: string; fen: number }>(
    `SELECT reason, sum(amount_fen)::bigint AS fen FROM ledger_entry JOIN ledger_posting ON entry_id = id
     WHERE reason IN ('budget', 'adjustment-granted') AND account = 'available' AND fund = $1 GROUP BY reason`,
    [FUND],
  );
  for (const [reason, fen] of [
    ['budget', budget.added * addedFen],
    ['adjustment-granted', budget.grantedFen],
  ] as const) {
    const booked = brought.rows.find((row) => row.reason === reason)?.fen ?? 0;
    if (booked !== fen) wrong.push(`ledger: ${booked} fen booked as ${reason} instead of ${fen}`);
  }
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
  return wrong;
}

/** The suite's own probe re-uses a nonce; no other difference with the bank may be left. */
async function ofDifferences(owner: pg.Client): Promise<readonly string[]> {
  const { rows } = await owner.query<{ kind: string; ref: string }>(
    `SELECT kind, ref FROM bank_difference WHERE closed_at IS NULL AND kind <> 'nonce-reused' ORDER BY kind, ref`,
  );
  return rows.map(({ kind, ref }) => `difference with the bank: ${kind} ${ref}`);
}
