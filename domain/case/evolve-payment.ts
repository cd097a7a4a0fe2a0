import type { ObjectionId, OrderNo } from '../ids.ts';
import type { Instant } from '../time.ts';
import { broken, common, without } from './carried.ts';
import { dropped, met, resumed } from './deadline-list.ts';
import type { PaymentEvent } from './events-payment.ts';
import { withoutTelling } from './tellings.ts';
import type { CaseState, Hold, In } from './state.ts';

/** The fund and the bank (N3.3, N5). */
export function evolvePayment(state: CaseState, at: Instant, event: PaymentEvent): CaseState {
  switch (event.type) {
    case 'fund-reserved':
      return {
        ...state,
        reservation: { amountFen: event.amountFen, budgetYear: event.budgetYear },
        holds: without(state.holds, 'fund', ''),
      };
    case 'released':
      if (state.stage !== 'payable') throw broken(state, event);
      return {
        ...state,
        stage: 'paying',
        order: { orderNo: event.orderNo, batchId: event.batchId, amountFen: event.amountFen },
      };
    case 'paid':
      if (state.stage !== 'paying') throw broken(state, event);
      return {
        ...state,
        stage: 'paid',
        creditedAt: event.creditedAt,
        ...(state.reservation ? { spentYear: state.reservation.budgetYear } : {}),
        returnPeriod: event.returnPeriod,
        reservation: null,
        deadlines: met(state.deadlines, 'payout', event.creditedAt),
      };
    case 'payment-failed': {
      if (state.stage !== 'paying') throw broken(state, event);
      return awaitingAccount(state, at, event.orderNo, event.holds ?? []);
    }
    case 'payment-returned': {
      if (state.stage !== 'paid') throw broken(state, event);
      const { amountFen, budgetYear, orderNo, holds = [] } = event;
      return {
        ...awaitingAccount(state, at, orderNo, holds),
        reservation: { amountFen, budgetYear, returned: true },
      };
    }
    case 'payment-cancelled':
      if (state.stage !== 'payable') throw broken(state, event); // right after payment-failed or payment-returned
      return {
        ...common(state),
        // Nothing was paid in the end: no account is needed, and nothing is to be paid back.
        ...withoutTelling(state, 'account', 'recovery-order'),
        stage: 'cancelled',
        objectionId: event.objectionId,
        holds: [],
        reservation: null,
        deadlines: dropped(state.deadlines),
      };
    case 'account-corrected': {
      if (state.stage !== 'payable') throw broken(state, event);
      const { reservation } = state;
      return {
        ...state,
        ...withoutTelling(state, 'account'),
        reservation: reservation && { amountFen: reservation.amountFen, budgetYear: reservation.budgetYear },
        holds: without(state.holds, 'account', event.endedOrder),
        deadlines: event.payout === null ? state.deadlines : resumed(state.deadlines, event.payout),
      };
    }
    case 'account-reminded':
      return {
        ...state,
        holds: state.holds.map((hold) =>
          hold.kind === 'account' && hold.ref === event.endedOrder
            ? { ...hold, reminders: (hold.reminders ?? 0) + 1, remindedAt: hold.remindedAt ?? at }
            : hold,
        ),
      };
    case 'reservation-carried':
      return { ...state, reservation: state.reservation && { ...state.reservation, budgetYear: event.toYear } };
  }
}

/** The money stays the case's, and no order is live: the account comes first, and reports that came meanwhile. */
function awaitingAccount(
  state: In<'paying' | 'paid'>,
  at: Instant,
  orderNo: OrderNo,
  objections: readonly ObjectionId[],
): In<'payable'> {
  const { award, entry } = state;
  return {
    ...common(state),
    stage: 'payable',
    award,
    entry,
    endedOrders: state.endedOrders + 1,
    holds: [
      ...state.holds,
      { kind: 'account', since: at, ref: orderNo },
      ...objections.map((ref): Hold => ({ kind: 'objection', since: at, ref })),
    ],
  };
}
