import type { Instant } from '../time.ts';
import { broken, common, without } from './carried.ts';
import { met } from './deadline-list.ts';
import type { PaymentEvent } from './events-payment.ts';
import type { CaseState } from './state.ts';

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
        returnPeriod: event.returnPeriod,
        reservation: null,
        deadlines: met(state.deadlines, 'payout', event.creditedAt),
      };
    case 'payment-failed': {
      if (state.stage !== 'paying') throw broken(state, event);
      const { award, entry } = state;
      return {
        ...common(state),
        stage: 'payable',
        award,
        entry,
        endedOrders: state.endedOrders + 1,
        holds: [...state.holds, { kind: 'account', since: at, ref: event.orderNo }],
      };
    }
  }
}
