import type { OrgCode } from '../../domain/ids.ts';
import type { Fen } from '../../domain/money.ts';
import type { BankReport } from '../../domain/payment/order.ts';
import type { BankStatement } from '../../domain/payment/statement.ts';
import type { CivilDate } from '../../domain/time.ts';
import type { OrderToPay } from '../../store/order.ts';

/**
 * A bank as the payment batch and the reconciliation know it. A new bank is a file that makes one of these, and a line in
 * `index.ts`; which bank a fund pays through is data (`store/fund-bank.ts`).
 */
export interface Bank {
  /** Orders that are handed over in one go. */
  readonly atOnce: number;
  /** How long the bank may take to know an order that it accepted, real time; only afterwards is "not found" an answer. */
  readonly safePeriodMs: number;
  /**
   * Sends orders under their numbers, which are the bank's idempotency keys: sent again it is the same order. An order
   * that is not in the answer was not clearly taken: it stays unknown.
   */
  send(orders: readonly OrderToPay[]): Promise<ReadonlyMap<string, BankReport>>;
  /** What the bank knows; null: it has never heard of it, or not yet; absent: it did not answer. */
  ask(orders: readonly OrderToPay[]): Promise<ReadonlyMap<string, BankReport | null>>;
  /** The statement of a fund's account on one day; null: there is none yet. @throws when the bank can't be asked */
  statement(fund: OrgCode, date: CivilDate): Promise<BankStatement | null>;
}

/** `195050` → `1950.50`: yuan as files have them, exact. */
export function yuanText(amount: Fen): string {
  const text = String(amount).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** `1950.5` → 195050; undefined for what is no amount of whole fen. */
export function fenOf(text: string): number | undefined {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', rest = ''] = match;
  return Number(`${sign}${whole}${rest.padEnd(2, '0')}`);
}
