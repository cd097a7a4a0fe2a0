import type { CivilDate, Instant } from '../time.ts';

/** A movement on the fund's account as the bank has it; amounts in fen, more than zero. */
export interface StatementLine {
  readonly line: number;
  readonly orderNo: string;
  /** `transfer`: paid to the applicant; `return`: came back. */
  readonly kind: 'transfer' | 'return';
  readonly amountFen: number;
  readonly at: Instant;
}

/** A line that can't be read: it is set aside, not the statement. */
export interface BadLine {
  readonly line: number;
  readonly bad: true;
}

/** A bank's statement of one day, in fen. */
export interface BankStatement {
  readonly date: CivilDate;
  readonly openingFen: number;
  readonly closingFen: number;
  readonly lines: readonly (StatementLine | BadLine)[];
}

export const isBad = (line: StatementLine | BadLine): line is BadLine => 'bad' in line;

/** What the lines add up to; null where one could not be read, and then nothing is proven. */
export function movedFen(lines: BankStatement['lines']): number | null {
  let total = 0;
  for (const line of lines) {
    if (isBad(line)) return null;
    total += line.kind === 'transfer' ? -line.amountFen : line.amountFen;
  }
  return total;
}
