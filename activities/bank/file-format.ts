import type { BankReport } from '../../domain/payment/order.ts';
import type { BankStatement } from '../../domain/payment/statement.ts';
import type { CivilDate, Instant } from '../../domain/time.ts';
import type { OrderToPay } from '../../store/order.ts';

/** The list that goes to the bank, and what it is called. */
export interface ListHead {
  /** Letters, digits and hyphens, 35 at most; the same orders have the same. */
  readonly messageId: string;
  readonly at: Instant;
  readonly on: CivilDate;
  /** The fund's code, which the bank knows as the account's, and its name. */
  readonly payer: { readonly code: string; readonly name: string };
}

/** What of an answer file could be read; lines that could not are set aside by their number. */
export interface Answers {
  readonly reports: ReadonlyMap<string, BankReport>;
  readonly badLines: readonly number[];
}

/** How one kind of bank writes its files. */
export interface FileFormat {
  readonly name: 'daifa' | 'iso20022';
  readonly extension: 'csv' | 'xml';
  /** The list as bytes. @throws Error when it would not keep the format's rules */
  list(head: ListHead, orders: readonly OrderToPay[]): Buffer;
  /** @throws BadFile */
  answers(bytes: Buffer): Answers;
  /** @throws BadFile */
  statement(bytes: Buffer, date: CivilDate): BankStatement;
}
