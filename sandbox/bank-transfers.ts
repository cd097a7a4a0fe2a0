import { z } from 'zod';
import { Journal } from './journal.ts';
import { TRANSFER_MODES } from './faults.ts';
import { someText } from './premises.ts';

export const orderSchema = z.object({
  orderNo: someText,
  account: someText,
  holder: someText,
  bank: someText,
  amountFen: z.int().positive(),
  /** Whose account at the bank pays; the bank keeps one for each payer that it is told of. */
  payer: someText.optional(),
  /** By files: no callback, the answer is a file. */
  via: z.enum(['daifa', 'iso20022']).optional(),
});
export type Order = z.infer<typeof orderSchema>;

const hitSchema = z.object({ mode: z.enum(TRANSFER_MODES), delayMs: z.int().nonnegative() });
export type TransferHit = z.infer<typeof hitSchema>;

export type Outcome = 'paid' | 'failed' | 'returned';

const accepted = orderSchema.extend({
  type: z.literal('accepted'),
  at: z.string(),
  acceptedMs: z.number(),
  hit: hitSchema.nullable(),
});
const concluded = z.object({
  type: z.literal('concluded'),
  orderNo: someText,
  outcome: z.enum(['paid', 'failed', 'returned']),
  code: z.string(),
  at: z.string(),
  concludedMs: z.number(),
});
const acknowledged = z.object({
  type: z.literal('acknowledged'),
  orderNo: someText,
  outcome: z.enum(['paid', 'failed', 'returned']),
});
const recordSchema = z.discriminatedUnion('type', [accepted, concluded, acknowledged]);
type LogRecord = z.infer<typeof recordSchema>;
type Concluded = z.infer<typeof concluded>;

/** What the bank found for an order, and whether the caller has acknowledged hearing it. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly code: string;
  /** Business instant. */
  readonly at: string;
  readonly concludedMs: number;
  acknowledged: boolean;
}

/** An order that the bank accepted, with its conclusions in the order they were reached: paid or failed, then perhaps returned. */
export interface Transfer {
  readonly order: Order;
  readonly acceptedAt: string;
  readonly acceptedMs: number;
  readonly hit: TransferHit | null;
  readonly conclusions: Conclusion[];
}

/** A movement of money on the account that the bank keeps for the payer. */
export interface Movement {
  readonly orderNo: string;
  readonly kind: 'transfer' | 'return';
  readonly amountFen: number;
  readonly at: string;
}

/**
 * The bank's own log. Every change is on disk (fsync) before it can be seen here, so nothing is answered, called back or
 * booked that a kill could undo.
 */
export class TransferLog {
  readonly #transfers = new Map<string, Transfer>();
  readonly #movements: Movement[] = [];
  readonly #accepting = new Map<string, Promise<Transfer>>();
  #journal: Journal<LogRecord> | undefined;

  static async open(path: string): Promise<TransferLog> {
    const log = new TransferLog();
    log.#journal = await Journal.open<LogRecord>(path, recordSchema, (record) => {
      log.#apply(record);
    });
    return log;
  }

  find(orderNo: string): Transfer | undefined {
    return this.#transfers.get(orderNo);
  }

  /** The transfer of that number, also while its acceptance is still being written. */
  known(orderNo: string): Promise<Transfer> | Transfer | undefined {
    return this.#transfers.get(orderNo) ?? this.#accepting.get(orderNo);
  }

  all(): IterableIterator<Transfer> {
    return this.#transfers.values();
  }

  /** Movements in the order they were made, over all days. */
  movements(): readonly Movement[] {
    return this.#movements;
  }

  /** Accepts a number that is not {@link known}. */
  accept(order: Order, at: string, hit: TransferHit | null): Promise<Transfer> {
    const accepting = this.#record({ type: 'accepted', ...order, at, acceptedMs: Date.now(), hit })
      .then(() => this.#must(order.orderNo))
      .finally(() => this.#accepting.delete(order.orderNo));
    this.#accepting.set(order.orderNo, accepting);
    return accepting;
  }

  async conclude(orderNo: string, outcome: Outcome, code: string, at: string): Promise<Conclusion> {
    const record: Concluded = { type: 'concluded', orderNo, outcome, code, at, concludedMs: Date.now() };
    await this.#record(record);
    const conclusion = this.#must(orderNo).conclusions.find((one) => one.outcome === outcome);
    if (!conclusion) throw new Error(`order ${orderNo} has no conclusion ${outcome} although it was recorded`);
    return conclusion;
  }

  acknowledge(orderNo: string, outcome: Outcome): Promise<void> {
    return this.#record({ type: 'acknowledged', orderNo, outcome });
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  async #record(record: LogRecord): Promise<void> {
    if (!this.#journal) throw new Error('the transfer log is not open');
    await this.#journal.append(record);
    this.#apply(record);
  }

  #apply(record: LogRecord): void {
    if (record.type === 'accepted') {
      const { orderNo, account, holder, bank, amountFen, payer, via, at, acceptedMs, hit } = record;
      const files = { ...(payer === undefined ? {} : { payer }), ...(via === undefined ? {} : { via }) };
      const order: Order = { orderNo, account, holder, bank, amountFen, ...files };
      this.#transfers.set(orderNo, { order, acceptedAt: at, acceptedMs, hit, conclusions: [] });
      return;
    }
    const { order, conclusions } = this.#must(record.orderNo);
    if (record.type === 'acknowledged') {
      const conclusion = conclusions.find((one) => one.outcome === record.outcome);
      if (conclusion) conclusion.acknowledged = true;
      return;
    }
    const { outcome, code, at, concludedMs } = record;
    conclusions.push({ outcome, code, at, concludedMs, acknowledged: false });
    if (outcome === 'failed') return;
    const { orderNo, amountFen } = order;
    this.#movements.push({ orderNo, kind: outcome === 'paid' ? 'transfer' : 'return', amountFen, at });
  }

  #must(orderNo: string): Transfer {
    const transfer = this.#transfers.get(orderNo);
    if (!transfer) throw new Error(`the transfer log concludes order ${orderNo}, which it never accepted`);
    return transfer;
  }
}
