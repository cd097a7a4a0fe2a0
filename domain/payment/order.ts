import type { CaseNo, OrderNo } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Instant } from '../time.ts';

/**
 * Where an order stands. `unknown`: it may or may not be with the bank, so it is asked after and never minted anew.
 * Live until failed or returned.
 */
export const orderStatuses = ['released', 'accepted', 'unknown', 'failed', 'paid', 'returned'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export interface PaymentOrder {
  readonly orderNo: OrderNo;
  readonly caseNo: CaseNo;
  readonly amountFen: Fen;
  readonly status: OrderStatus;
}

/** From which side the bank's word came. */
export type ReportSource = 'submission' | 'query' | 'callback' | 'statement';

/** The bank's word on an order. `at` is the bank's own instant. */
export type BankReport =
  | { readonly outcome: 'accepted' }
  | {
      readonly outcome: 'paid' | 'failed' | 'returned';
      readonly code: string;
      readonly amountFen: Fen;
      readonly at: Instant;
    };

/** Moves the order, agrees with what is known, or differs and goes to a person; the first word counts. */
export type OrderDecision =
  | { readonly effect: 'moved'; readonly to: OrderStatus }
  | { readonly effect: 'agreed' }
  | { readonly effect: 'difference'; readonly why: 'amount-differs' | 'outcome-differs' };

/** The order number in what came from outside or names a line of a statement; null: none that is written like one. */
export const orderNoIn = (text: string): OrderNo | null =>
  (/(?<!\d)\d{6}-\d{4}-\d{7}-\d{1,4}(?!\d)/.exec(text)?.[0] as OrderNo | undefined) ?? null;

/** The order's number: the bank's idempotency key. `ended`: the case's orders that failed or came back. */
export const orderNumber = (caseNo: CaseNo, ended: number): OrderNo => `${caseNo}-${ended + 1}` as OrderNo;

/**
 * What the bank's word does to an order (design.md, Money): submitted → unknown → failed | paid → returned. `returned`
 * before `paid` books both, and a `paid` that comes after it agrees; any other move is a difference.
 */
export function decideReport(order: PaymentOrder, report: BankReport): OrderDecision {
  const { status } = order;
  if (report.outcome === 'accepted') {
    const waiting = status === 'released' || status === 'unknown';
    return waiting ? { effect: 'moved', to: 'accepted' } : { effect: 'agreed' };
  }
  if (report.amountFen !== order.amountFen) return { effect: 'difference', why: 'amount-differs' };
  if (report.outcome === status) return { effect: 'agreed' };
  const isOpen = status === 'released' || status === 'accepted' || status === 'unknown';
  if (isOpen || (status === 'paid' && report.outcome === 'returned')) return { effect: 'moved', to: report.outcome };
  if (status === 'returned' && report.outcome === 'paid') return { effect: 'agreed' };
  return { effect: 'difference', why: 'outcome-differs' };
}
