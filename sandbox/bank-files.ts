import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { bankFileFormats, type FormatName, FORMATS } from './bank-file-formats.ts';
import type { Statement } from './bank-statement.ts';
import type { Order, Transfer } from './bank-transfers.ts';
import type { Schedule } from './schedule.ts';

const POLL_MS = 300;

/** What the bank does behind its counter for files. */
export interface BackOffice {
  /** Accepts an order, or knows it already; undefined where the number is known with other content. */
  readonly take: (order: Order) => Promise<Transfer | undefined>;
  readonly find: (orderNo: string) => Transfer | undefined;
  readonly statement: (date: string, payer: string) => Statement;
  /** Dates with movements of a payer's account that are over by now, the oldest first. */
  readonly daysOver: (payer: string) => readonly string[];
  readonly isDown: () => boolean;
}

/**
 * The bank's front end for files: takes lists from `<format>/out`, answers in `<format>/in`, and leaves there the statement
 * of each day that is over. Everything follows from the files and the bank's log, so a restart takes up what is left.
 */
export class BankFiles {
  readonly #folder: string;
  readonly #office: BackOffice;
  readonly #schedule: Schedule;
  readonly #log: FastifyBaseLogger;
  /** Lists taken and not answered to the end, by format and name. */
  readonly #open = new Map<
    string,
    { readonly format: FormatName; readonly name: string; readonly orders: readonly Order[] }
  >();
  readonly #payers: Readonly<Record<FormatName, Set<string>>> = { daifa: new Set(), iso20022: new Set() };
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(folder: string, office: BackOffice, schedule: Schedule, log: FastifyBaseLogger) {
    this.#folder = folder;
    this.#office = office;
    this.#schedule = schedule;
    this.#log = log;
  }

  async start(): Promise<void> {
    for (const format of FORMATS) {
      for (const kind of ['out', 'in', 'taken', 'rejected']) await mkdir(this.#path(format, kind), { recursive: true });
      for (const name of await readdir(this.#path(format, 'taken')))
        this.#keep(format, name, bankFileFormats[format].list(await readFile(this.#path(format, 'taken', name))));
    }
    this.#next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #next(): void {
    this.#schedule.after(POLL_MS, () => {
      if (this.#closed) return;
      this.#running = this.#poll()
        .catch((error: unknown) => {
          this.#log.error({ err: error }, 'bank files: not done, tried again');
        })
        .finally(() => {
          this.#next();
        });
    });
  }

  async #poll(): Promise<void> {
    if (this.#office.isDown()) return;
    for (const format of FORMATS) {
      for (const name of await readdir(this.#path(format, 'out')))
        if (!name.startsWith('.')) await this.#take(format, name);
      for (const payer of this.#payers[format]) await this.#leaveStatements(format, payer);
    }
    for (const [key, { format, name, orders }] of this.#open) {
      const transfers = orders.flatMap(({ orderNo }) => this.#office.find(orderNo) ?? []);
      if (transfers.some(({ conclusions }) => conclusions.length === 0)) continue;
      const told = transfers.filter(({ hit }) => hit?.mode !== 'lose-callback');
      await this.#put(format, `answer-${name}-2-done`, bankFileFormats[format].answer(told));
      this.#open.delete(key);
    }
  }

  async #take(format: FormatName, name: string): Promise<void> {
    const path = this.#path(format, 'out', name);
    let orders: readonly Order[];
    try {
      orders = bankFileFormats[format].list(await readFile(path));
    } catch {
      await rename(path, this.#path(format, 'rejected', name));
      return;
    }
    const taken: Transfer[] = [];
    for (const order of orders) {
      const transfer = await this.#office.take(order);
      if (transfer) taken.push(transfer);
    }
    await this.#put(format, `answer-${name}-1-taken`, bankFileFormats[format].answer(taken));
    await rename(path, this.#path(format, 'taken', name));
    this.#keep(format, name, orders);
  }

  #keep(format: FormatName, name: string, orders: readonly Order[]): void {
    this.#open.set(`${format} ${name}`, { format, name, orders });
    for (const { payer } of orders) if (payer !== undefined) this.#payers[format].add(payer);
  }

  async #leaveStatements(format: FormatName, payer: string): Promise<void> {
    const { extension, statement } = bankFileFormats[format];
    for (const date of this.#office.daysOver(payer)) {
      const name = `statement-${payer}-${date}.${extension}`;
      if (await exists(this.#path(format, 'in', name))) continue;
      await this.#putAs(format, name, statement(this.#office.statement(date, payer), payer));
    }
  }

  #put(format: FormatName, name: string, bytes: Buffer): Promise<void> {
    return this.#putAs(format, `${name}.${bankFileFormats[format].extension}`, bytes);
  }

  async #putAs(format: FormatName, name: string, bytes: Buffer): Promise<void> {
    const hidden = this.#path(format, 'in', `.${name}.part`);
    await writeFile(hidden, bytes);
    await rename(hidden, this.#path(format, 'in', name));
  }

  #path(format: FormatName, ...parts: readonly string[]): string {
    return join(this.#folder, format, ...parts);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
