import type { Movement } from './bank-transfers.ts';
import { dateOf } from './clock.ts';

/** What the account holds before the first movement: ten billion yuan, in fen. */
const FIRST_BALANCE_FEN = 1_000_000_000_000;

/** The account statement of one business date; amounts are positive, the kind says which way they went. */
export interface Statement {
  readonly date: string;
  readonly openingFen: number;
  readonly closingFen: number;
  readonly lines: readonly (Movement & { readonly line: number })[];
}

/** The statement of a civil date (of business time) from all movements so far; a date still running may grow. */
export function statementOf(date: string, movements: readonly Movement[]): Statement {
  const lines: (Movement & { line: number })[] = [];
  let openingFen = FIRST_BALANCE_FEN;
  let closingFen = FIRST_BALANCE_FEN;
  for (const movement of movements) {
    const day = dateOf(movement.at);
    if (day > date) continue;
    const changeFen = movement.kind === 'transfer' ? -movement.amountFen : movement.amountFen;
    closingFen += changeFen;
    if (day === date) lines.push({ line: lines.length + 1, ...movement });
    else openingFen += changeFen;
  }
  return { date, openingFen, closingFen, lines };
}
