import { dateOf } from '../policy/dates.ts';
import { startDeadline } from '../policy/deadlines.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import type { CaseState, In } from './state.ts';

/** N5.2: asked again for a case that found the fund short at approval. */
export function reserveFund(state: CaseState, facts: Facts): Decision {
  if (!('award' in state) || state.reservation) return refuse('not-in-this-state');
  const { budgetYear, availableFen } = fundOf(state, facts);
  const { amountFen } = state.award;
  return availableFen >= amountFen
    ? record({ type: 'fund-reserved', amountFen, budgetYear })
    : refuse('fund-short', { availableFen: String(availableFen) });
}

/** N3.3: the point of no return. The batch's four eyes and its list are the batch's own decision. */
export function release(state: In<'payable'>, command: Ask<'release'>): Decision {
  if (state.holds.length > 0) return refuse('held', { holds: state.holds.map((hold) => hold.ref || hold.kind) });
  const { orderNo, batchId, by } = command;
  return record({ type: 'released', orderNo, batchId, amountFen: state.award.amountFen, by });
}

/** N3.3: met by the bank's credit date. A failed order waits for the account to be put right. */
export function recordPayment(state: In<'paying'>, command: Ask<'record-payment'>, facts: Facts): Decision {
  const { orderNo, outcome } = command;
  if (state.order.orderNo !== orderNo) return refuse('other-order', { orderNo: state.order.orderNo });
  if (outcome.result === 'failed') return record({ type: 'payment-failed', orderNo, code: outcome.code });
  const { policy, calendar } = facts;
  const { amountFen, creditedAt } = outcome;
  return record({
    type: 'paid',
    orderNo,
    amountFen,
    creditedAt,
    returnPeriod: startDeadline('bank-return', dateOf(creditedAt), policy.deadlines['bank-return'], calendar),
  });
}

/** What the fund can still reserve, which the store read under lock. */
export function fundOf(state: CaseState, facts: Facts) {
  if (!facts.fund) throw new Error(`${state.caseNo}: a reservation needs the fund among the facts`);
  return facts.fund;
}
