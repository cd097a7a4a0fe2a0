import type { CaseEvent } from '../case/events.ts';
import type { CaseState } from '../case/state.ts';
import { type Fen, fen } from '../money.ts';

/**
 * Accounts of a fund's budget year (N5): what the year brought (`budget`, the source, negative) is available, reserved at
 * approval, obligated at release, spent when the bank credited it.
 */
export type Account = 'budget' | 'available' | 'reserved' | 'obligated' | 'spent';

/** A move of money between two accounts of one fund and year; as an entry it sums to zero by construction. */
export interface Move {
  readonly budgetYear: number;
  readonly from: Account;
  readonly to: Account;
  /** More than zero. */
  readonly amountFen: Fen;
}

/** What a case's event does to the ledger; null for most events. */
export function moveOf(before: CaseState | null, event: CaseEvent): Move | null {
  switch (event.type) {
    case 'approved':
      if (!event.reserved) return null;
      return { budgetYear: event.budgetYear, from: 'available', to: 'reserved', amountFen: event.amountFen };
    case 'fund-reserved':
      return { budgetYear: event.budgetYear, from: 'available', to: 'reserved', amountFen: event.amountFen };
    case 'released':
      return onReservation(before, 'reserved', 'obligated');
    case 'paid':
      return onReservation(before, 'obligated', 'spent');
    case 'payment-failed':
      return onReservation(before, 'obligated', 'reserved');
    case 'withdrawn':
    case 'struck-to-review':
    case 'transfer-asked':
      return onReservation(before, 'reserved', 'available');
    case 'objection-upheld':
      // After release the money is the bank's; what comes back comes by recovery (N3.4b).
      return before?.stage === 'paying' || before?.stage === 'paid'
        ? null
        : onReservation(before, 'reserved', 'available');
    default:
      return null;
  }
}

function onReservation(before: CaseState | null, from: Account, to: Account): Move | null {
  if (!before?.reservation) return null;
  const { budgetYear, amountFen } = before.reservation;
  return { budgetYear, from, to, amountFen };
}

/** The two postings of a move, in fen. */
export const postingsOf = (move: Move): readonly { account: Account; amountFen: Fen }[] => [
  { account: move.from, amountFen: fen(0 - move.amountFen) },
  { account: move.to, amountFen: move.amountFen },
];
