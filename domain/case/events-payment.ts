import type { Deadline } from '../policy/deadlines.ts';
import type { BatchId, ObjectionId, OrderNo, Sub } from '../ids.ts';
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
  | {
      readonly type: 'payment-failed';
      readonly orderNo: OrderNo;
      readonly code: string;
      /** Reports that came while the order was out and hold the money from now on (N3.4a). */
      readonly holds?: readonly ObjectionId[];
    }
  /** The bank sent a paid transfer back: the money is the fund's again, the entitlement stays (N3.3, N4.3). */
  | {
      readonly type: 'payment-returned';
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly code: string;
      readonly returnedAt: Instant;
      /** The year in which it was booked as spent. */
      readonly budgetYear: number;
      readonly holds?: readonly ObjectionId[];
    }
  /** Nothing was paid in the end, and a finding stands that came while the order was out (N3.4a). */
  | { readonly type: 'payment-cancelled'; readonly objectionId: ObjectionId }
  /** A new account after a failure or return; `payout` takes the place of the deadline that was stopped (N3.3). */
  | { readonly type: 'account-corrected'; readonly endedOrder: OrderNo; readonly payout: Deadline | null }
  /** Working days have gone by and the account is not put right: the applicant is told again, and a handler sees to it. */
  | { readonly type: 'account-reminded'; readonly endedOrder: OrderNo }
  /** Year end: what is reserved or on its way moves into the next budget year (N5.1). */
  | {
      readonly type: 'reservation-carried';
      readonly fromYear: number;
      readonly toYear: number;
      readonly amountFen: Fen;
    };
