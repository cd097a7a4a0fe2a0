import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import { fen } from '../../domain/money.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import type { BankReport } from '../../domain/payment/order.ts';
import type { BadLine, StatementLine } from '../../domain/payment/statement.ts';
import type { OrderToPay } from '../../store/order.ts';
import { call, type Partner, parsed } from '../partner.ts';
import type { Bank } from './port.ts';

const instant = z.string().transform(parseInstant);
const transfer = z.object({
  status: z.enum(['accepted', 'paid', 'failed', 'returned']),
  code: z.string().optional(),
  amountFen: z.number().int().transform(fen).optional(),
  at: instant.optional(),
});
const statement = z.object({
  date: z.string().transform(civilDate),
  openingFen: z.number().int(),
  closingFen: z.number().int(),
  lines: z.array(z.unknown()),
});
const statementLine = z.object({
  orderNo: z.string().min(1).max(64),
  kind: z.enum(['transfer', 'return']),
  amountFen: z.number().int().positive(),
  at: instant,
});

const inParallel = 16;

/** A bank with an HTTP API that calls back by itself; asked only where no callback came. */
export function apiBank(url: string): Bank {
  const partner: Partner = { name: '银行', url };
  return {
    atOnce: 32,
    safePeriodMs: 60_000,
    send: (orders) => each(orders, (order) => sendOrder(partner, order)),
    ask: (orders) => each(orders, ({ orderNo }) => askOrder(partner, orderNo)),
    async statement(fund, date) {
      const { status, text } = await call(
        partner,
        'GET',
        `/bank/v1/statements/${date}?payer=${fund}`,
        null,
        [200, 404],
      );
      if (status === 404) return null;
      const { lines, ...head } = parsed(partner, statement, text);
      if (head.date !== date) throw ApplicationFailure.retryable('银行 answered another day', 'PartnerAnswerBroken');
      return { ...head, lines: lines.map((line, index) => lineFrom(line, index + 1)) };
    },
  };
}

/** The partner's failure on one order is no failure of the others: that one is not in the answer. */
async function each<T>(
  orders: readonly OrderToPay[],
  ask: (order: OrderToPay) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const answers = new Map<string, T>();
  for (let first = 0; first < orders.length; first += inParallel) {
    await Promise.all(
      orders.slice(first, first + inParallel).map(async (order) => {
        try {
          answers.set(order.orderNo, await ask(order));
        } catch {
          // Silent, broken or refusing: the order may have been taken all the same.
        }
      }),
    );
  }
  return answers;
}

async function sendOrder(partner: Partner, order: OrderToPay): Promise<BankReport> {
  const { orderNo, amountFen, payee, fund } = order;
  const json = { orderNo, account: payee.account, holder: payee.holder, bank: payee.bank, amountFen, payer: fund };
  const { text } = await call(partner, 'POST', '/bank/v1/transfers', { json }, [200, 202]);
  return reportFrom(parsed(partner, transfer, text));
}

async function askOrder(partner: Partner, orderNo: string): Promise<BankReport | null> {
  const { status, text } = await call(partner, 'GET', `/bank/v1/transfers/${orderNo}`, null, [200, 404]);
  return status === 404 ? null : reportFrom(parsed(partner, transfer, text));
}

function reportFrom({ status, code, amountFen, at }: z.infer<typeof transfer>): BankReport {
  if (status === 'accepted' || code === undefined || amountFen === undefined || at === undefined)
    return { outcome: 'accepted' };
  return { outcome: status, code, amountFen, at };
}

function lineFrom(line: unknown, number: number): StatementLine | BadLine {
  const read = statementLine.safeParse(line);
  return read.success ? { line: number, ...read.data } : { line: number, bad: true };
}
