import { type Account, type Move, postingsOf } from '../domain/fund/postings.ts';
import type { OrgCode, Sub } from '../domain/ids.ts';
import { type Fen, fen } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable, Transaction } from './database.ts';

/** A move with its fund and the event that caused it. */
export interface CaseMove extends Move {
  readonly fund: OrgCode;
  readonly at: Instant;
  readonly reason: string;
  readonly stream: string | null;
  readonly seq: number | null;
  /** Who entered it, where no event of a case did. */
  readonly by?: Sub;
}

/**
 * Books moves in double entry (N5.1). The database refuses an entry that does not balance and an account below zero.
 */
export async function bookMoves(tx: Transaction, moves: readonly CaseMove[]): Promise<void> {
  if (moves.length === 0) return;
  const entries = await tx.query<{ id: number }>(
    `INSERT INTO ledger_entry (fund, budget_year, at, reason, stream, seq, booked_by)
     SELECT * FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::text[])
     RETURNING id`,
    [
      moves.map((move) => move.fund),
      moves.map((move) => move.budgetYear),
      moves.map((move) => move.at),
      moves.map((move) => move.reason),
      moves.map((move) => move.stream),
      moves.map((move) => move.seq),
      moves.map((move) => move.by ?? null),
    ],
  );
  const postings = moves.flatMap((move, index) =>
    postingsOf(move).map((posting) => ({ ...posting, entryId: entries.rows[index]?.id })),
  );
  await tx.query(
    `INSERT INTO ledger_posting (entry_id, account, amount_fen)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])`,
    [
      postings.map((posting) => posting.entryId),
      postings.map((posting) => posting.account),
      postings.map((posting) => posting.amountFen),
    ],
  );
}

/** What can still be reserved, read under lock, so that two approvals can't both take the last yuan (N5.2). */
export async function lockAvailable(tx: Transaction, fund: OrgCode, budgetYear: number): Promise<Fen> {
  const { rows } = await tx.query<{ amount_fen: number }>(
    `SELECT amount_fen FROM fund_balance WHERE fund = $1 AND budget_year = $2 AND account = 'available' FOR UPDATE`,
    [fund, budgetYear],
  );
  return fen(rows[0]?.amount_fen ?? 0);
}

/** Adds to a fund's budget of a year, in fen. */
export async function addBudget(
  tx: Transaction,
  budget: {
    fund: OrgCode;
    budgetYear: number;
    amountFen: Fen;
    at: Instant;
    reason: 'budget' | 'seeded-budget';
    by?: Sub;
  },
): Promise<void> {
  await bookMoves(tx, [{ ...budget, from: 'budget', to: 'available', stream: null, seq: null }]);
}

export interface FundBalance {
  readonly budgetYear: number;
  /** Fen by account; `budgetFen` is what the year brought. */
  readonly budgetFen: Fen;
  readonly availableFen: Fen;
  readonly reservedFen: Fen;
  readonly obligatedFen: Fen;
  readonly spentFen: Fen;
  /** Sent back by the bank, waiting for a new account. */
  readonly returnedFen: Fen;
  readonly recoveredFen: Fen;
  /** What came from other years and funds, less what went to them. */
  readonly transferredFen: Fen;
}

/** Balances of a fund by budget year, latest first. */
export async function fundBalances(db: Queryable, fund: OrgCode): Promise<readonly FundBalance[]> {
  const { rows } = await db.query<{ budget_year: number; balances: Partial<Record<Account, number>> }>(
    `SELECT budget_year, json_object_agg(account, amount_fen) AS balances FROM fund_balance
     WHERE fund = $1 GROUP BY budget_year ORDER BY budget_year DESC`,
    [fund],
  );
  return rows.map(({ budget_year, balances }) => ({
    budgetYear: budget_year,
    budgetFen: fen(-(balances.budget ?? 0)),
    availableFen: fen(balances.available ?? 0),
    reservedFen: fen(balances.reserved ?? 0),
    obligatedFen: fen(balances.obligated ?? 0),
    spentFen: fen(balances.spent ?? 0),
    returnedFen: fen(balances.returned ?? 0),
    recoveredFen: fen(balances.recovered ?? 0),
    transferredFen: fen(0 - (balances.transferred ?? 0)),
  }));
}
