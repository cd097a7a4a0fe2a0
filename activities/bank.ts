import { z } from 'zod';
import { fen } from '../domain/money.ts';
import { parseInstant } from '../domain/policy/dates.ts';
import type { BankReport } from '../domain/payment/order.ts';
import type { OrderToPay } from '../store/order.ts';
import { call, type Partner, parsed } from './partner.ts';

const transfer = z.object({
  status: z.enum(['accepted', 'paid', 'failed', 'returned']),
  code: z.string().optional(),
  amountFen: z.number().int().transform(fen).optional(),
  at: z.string().transform(parseInstant).optional(),
});

/**
 * Sends an order under its number, which is the bank's idempotency key: sent again it is the same order.
 * @throws when the bank did not clearly take it; the order is then unknown
 */
export async function sendOrder(partner: Partner, order: OrderToPay): Promise<BankReport> {
  const { orderNo, amountFen, payee } = order;
  const json = { orderNo, account: payee.account, holder: payee.holder, bank: payee.bank, amountFen };
  const { text } = await call(partner, 'POST', '/bank/v1/transfers', { json }, [200, 202]);
  return reportFrom(parsed(partner, transfer, text));
}

/** What the bank knows of an order; null: it has never heard of it, or not yet. */
export async function askOrder(partner: Partner, orderNo: string): Promise<BankReport | null> {
  const { status, text } = await call(partner, 'GET', `/bank/v1/transfers/${orderNo}`, null, [200, 404]);
  return status === 404 ? null : reportFrom(parsed(partner, transfer, text));
}

function reportFrom({ status, code, amountFen, at }: z.infer<typeof transfer>): BankReport {
  if (status === 'accepted' || code === undefined || amountFen === undefined || at === undefined)
    return { outcome: 'accepted' };
  return { outcome: status, code, amountFen, at };
}
