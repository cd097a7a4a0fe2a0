import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrgCode } from '../../domain/ids.ts';
import type { BankReport } from '../../domain/payment/order.ts';
import { orgUnit } from '../../domain/reference/org-units.ts';
import { dateOf, type Instant } from '../../domain/time.ts';
import type { OrderToPay } from '../../store/order.ts';
import type { FileFormat } from './file-format.ts';
import type { Bank } from './port.ts';
import { BadFile } from './xml.ts';

export interface FileBankOptions {
  /** Where files go (`out/`) and come from (`in/`): what the bank's own front end looks after. */
  readonly folder: string;
  readonly now: () => Promise<Instant>;
  /** Hears of files and lines that could not be read; they are set aside. */
  readonly bad: (file: string, lines: readonly number[]) => Promise<void>;
}

/**
 * A bank that works by files. A list is in `out/` whole or not at all; answers are read once and known by order. The bank
 * knows an order by its number, so a list that goes out again pays nobody twice.
 */
export function fileBank(format: FileFormat, { folder, now, bad }: FileBankOptions): Bank {
  const out = join(folder, format.name, 'out');
  const incoming = join(folder, format.name, 'in');
  const seen = new Set<string>();
  const known = new Map<string, BankReport>();

  async function readAnswers(): Promise<void> {
    await mkdir(incoming, { recursive: true });
    const names = (await readdir(incoming)).filter((name) => name.startsWith('answer-') && !seen.has(name)).sort();
    for (const name of names) {
      seen.add(name);
      try {
        const { reports, badLines } = format.answers(await readFile(join(incoming, name)));
        for (const [orderNo, report] of reports)
          if (report.outcome !== 'accepted' || !known.has(orderNo)) known.set(orderNo, report);
        if (badLines.length > 0) await bad(name, badLines);
      } catch (error) {
        if (!(error instanceof BadFile)) {
          seen.delete(name); // unreadable now: it is tried again
          throw error;
        }
        await bad(name, []);
      }
    }
  }

  return {
    atOnce: 2_000,
    safePeriodMs: 600_000,

    async send(orders) {
      const at = await now();
      for (const [fund, own] of byFund(orders)) {
        const messageId = `${own[0]?.batchId.slice(0, 22) ?? ''}-${digest(own).slice(0, 10)}`;
        const payer = { code: fund, name: `${orgUnit(fund).name}失业保险基金` };
        const bytes = format.list({ messageId, at, on: dateOf(at), payer }, own);
        await putWhole(out, `${messageId}.${format.extension}`, bytes);
      }
      return new Map(); // the file lies there; what the bank makes of it, its answers say
    },

    async ask(orders) {
      await readAnswers();
      return new Map(orders.map(({ orderNo }) => [orderNo, known.get(orderNo) ?? null]));
    },

    async statement(fund, date) {
      const name = `statement-${fund}-${date}.${format.extension}`;
      try {
        return format.statement(await readFile(join(incoming, name)), date);
      } catch (error) {
        if (error instanceof BadFile) {
          await bad(name, []);
          return null;
        }
        if (Reflect.get(Object(error), 'code') === 'ENOENT') return null;
        throw error;
      }
    },
  };
}

function byFund(orders: readonly OrderToPay[]): ReadonlyMap<OrgCode, readonly OrderToPay[]> {
  const funds = new Map<OrgCode, OrderToPay[]>();
  for (const order of orders) funds.set(order.fund, [...(funds.get(order.fund) ?? []), order]);
  return funds;
}

const digest = (orders: readonly OrderToPay[]): string =>
  createHash('sha256')
    .update(orders.map(({ orderNo }) => orderNo).join('\n'))
    .digest('hex');

/** On disk under another name first, then there at once: nobody reads half a list. */
async function putWhole(folder: string, name: string, bytes: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  const hidden = join(folder, `.${name}.part`);
  const file = await open(hidden, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(hidden, join(folder, name));
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
}
