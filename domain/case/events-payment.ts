import type { Deadline } from '../policy/deadlines.ts';
import type { BatchId, OrderNo, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Instant } from '../time.ts';

/** The fund and the bank (N3.3, N5). */
export type PaymentEvent =
  | { readonly type: 'fund-reserved'; readonly amountFen: Fen; readonly budgetYear: number }
  | {
      readonly type: 'released';
      readonly batchId: BatchId;
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly by: Sub;
    }
  | {
      readonly type: 'paid';
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly creditedAt: Instant;
      readonly returnPeriod: Deadline;
    }
  | { readonly type: 'payment-failed'; readonly orderNo: OrderNo; readonly code: string };
