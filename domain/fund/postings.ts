import type { CaseEvent } from '../case/events.ts';
import type { CaseState } from '../case/state.ts';
import { type Fen, fen } from '../money.ts';

/**
 * Accounts of a fund's budget year (N5): what the year brought (`budget`, the source, negative) is available, reserved at
 * approval, obligated at release, spent when the bank credited it. `returned`: sent back by the bank, waiting for the
 * account to be put right. `recovered`: demanded back from the recipient and received (N3.4b). `transferred` is the other
 * end of what went to another year or fund (positive) or came from one (negative); over all funds it sums to zero.
 */
export type Account =
  'budget' | 'available' | 'reserved' | 'obligated' | 'spent' | 'returned' | 'recovered' | 'transferred';

/** A move of money between two accounts of one fund and year; as an entry it sums to zero by construction. */
export interface Move {
  readonly budgetYear: number;
  readonly from: Account;
  readonly to: Account;
  /** More than zero. */
  readonly amountFen: Fen;
}

/** What a case's event does to the ledger; nothing for most events. */
export function movesOf(before: CaseState | null, event: CaseEvent): readonly Move[] {
  switch (event.type) {
    case 'approved':
      if (!event.reserved) return [];
      return [{ budgetYear: event.budgetYear, from: 'available', to: 'reserved', amountFen: event.amountFen }];
    case 'fund-reserved':
      return [{ budgetYear: event.budgetYear, from: 'available', to: 'reserved', amountFen: event.amountFen }];
    case 'released':
      return onReservation(before, 'reserved', 'obligated');
    case 'paid':
      return onReservation(before, 'obligated', 'spent');
    case 'payment-failed':
      return onReservation(before, 'obligated', 'reserved');
    case 'payment-returned':
      return [{ budgetYear: event.budgetYear, from: 'spent', to: 'returned', amountFen: event.amountFen }];
    case 'account-corrected':
      return before?.reservation?.returned ? onReservation(before, 'returned', 'reserved') : [];
    case 'withdrawn':
    case 'succession-closed':
    case 'struck-to-review':
    case 'transfer-asked':
    case 'payment-cancelled':
      return givenBack(before);
    case 'objection-upheld':
      // After release the money is the bank's; what comes back comes by recovery (N3.4b).
      return before?.stage === 'paying' || before?.stage === 'paid' ? [] : givenBack(before);
    case 'reservation-carried':
      return carried(before, event.toYear);
    default:
      return [];
  }
}

/** What the fund kept for the case is free again. */
const givenBack = (before: CaseState | null): readonly Move[] => onReservation(before, keptIn(before), 'available');

/** Where the case's money lies before an order is out. */
const keptIn = (state: CaseState | null): Account => (state?.reservation?.returned ? 'returned' : 'reserved');

function onReservation(before: CaseState | null, from: Account, to: Account): readonly Move[] {
  if (!before?.reservation) return [];
  const { budgetYear, amountFen } = before.reservation;
  return [{ budgetYear, from, to, amountFen }];
}

/** Out of the old year and into the new one, where it stays what it was. */
function carried(before: CaseState | null, toYear: number): readonly Move[] {
  const account = before?.stage === 'paying' ? 'obligated' : keptIn(before);
  const [out] = onReservation(before, account, 'transferred');
  return out ? [out, { ...out, budgetYear: toYear, from: 'transferred', to: account }] : [];
}

/** The two postings of a move, in fen. */
export const postingsOf = (move: Move): readonly { account: Account; amountFen: Fen }[] => [
  { account: move.from, amountFen: fen(0 - move.amountFen) },
  { account: move.to, amountFen: move.amountFen },
];
