import type { ObjectionId, OrderNo } from '../ids.ts';
import type { Fen } from '../money.ts';
import { yearOf } from '../policy/dates.ts';
import { resumeDeadline, startDeadline } from '../policy/deadline-days.ts';
import { dateOf, type Instant } from '../time.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import type { PaymentEvent } from './events-payment.ts';
import type { CaseState, In } from './state.ts';
import { openTellings } from './tellings.ts';

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

/**
 * N3.3: met by the bank's credit date. A failed or returned order waits for the account to be put right; returned before
 * it was reported paid books both.
 */
export function recordPayment(state: In<'paying' | 'paid'>, command: Ask<'record-payment'>, facts: Facts): Decision {
  const { orderNo, outcome } = command;
  if (state.order.orderNo !== orderNo) return refuse('other-order', { orderNo: state.order.orderNo });
  if (outcome.result === 'returned') {
    const { amountFen, code, returnedAt } = outcome;
    const isPaid = state.stage === 'paid';
    const spentYear = isPaid ? (state.spentYear ?? yearOf(dateOf(state.creditedAt))) : state.reservation?.budgetYear;
    const budgetYear = spentYear ?? yearOf(dateOf(facts.now));
    return record(
      ...(isPaid ? [] : [credited(orderNo, amountFen, returnedAt, facts)]),
      { type: 'payment-returned', orderNo, amountFen, code, returnedAt, budgetYear, holds: openObjections(state) },
      ...afterFinding(state),
    );
  }
  if (state.stage === 'paid') return refuse('not-in-this-state');
  if (outcome.result === 'paid') return record(credited(orderNo, outcome.amountFen, outcome.creditedAt, facts));
  const holds = openObjections(state);
  return record(
    { type: 'payment-failed', orderNo, code: outcome.code, ...(holds.length > 0 ? { holds } : {}) },
    ...afterFinding(state),
  );
}

function credited(orderNo: OrderNo, amountFen: Fen, creditedAt: Instant, { policy, calendar }: Facts): PaymentEvent {
  const returnPeriod = startDeadline('bank-return', dateOf(creditedAt), policy.deadlines['bank-return'], calendar);
  return { type: 'paid', orderNo, amountFen, creditedAt, returnPeriod };
}

/** Reports that are still open hold the money once it is the fund's again (N3.4a). */
const openObjections = (state: CaseState): readonly ObjectionId[] =>
  state.objections.filter((one) => one.state === 'open').map((one) => one.objectionId);

/** N3.4a: found true while the order was out, and then nothing was paid: no entitlement to payment. */
function afterFinding(state: CaseState): readonly PaymentEvent[] {
  const found = state.objections.find((one) => one.state === 'upheld');
  return found ? [{ type: 'payment-cancelled', objectionId: found.objectionId }] : [];
}

/**
 * N3.3: a new account after the bank could not credit the old one. The payout deadline goes on on the working day after;
 * a case whose first payment was in time gets a period of its own for the second.
 */
export function correctAccount(state: In<'payable'>, { now, policy, calendar }: Facts): Decision {
  const hold = state.holds.find((one) => one.kind === 'account');
  if (!hold) return refuse('no-account-to-correct');
  const today = dateOf(now);
  const last = state.deadlines.findLast(({ kind }) => kind === 'payout');
  const isOpen = last?.status === 'running' || last?.status === 'overdue';
  const payout =
    last?.status === 'stopped'
      ? resumeDeadline(last, today, calendar)
      : startDeadline('payout', today, policy.deadlines.payout, calendar);
  return record({ type: 'account-corrected', endedOrder: hold.ref as OrderNo, payout: isOpen ? null : payout });
}

/**
 * N3.3: nobody has put the account right for so many working days (policy data). Not while the first notice is still
 * under way, and nobody writes to the dead.
 */
export function remindOfAccount(
  state: In<'payable'>,
  { endedOrder }: Ask<'remind-of-account'>,
  { now, policy, calendar }: Facts,
): Decision {
  const hold = state.holds.find((one) => one.kind === 'account');
  if (hold?.ref !== endedOrder) return refuse('no-account-to-correct');
  const { accountReminders: terms } = policy;
  const done = hold.reminders ?? 0;
  if (!terms || done >= terms.atMost || state.holds.some(({ kind }) => kind === 'succession'))
    return refuse('not-yet-due');
  if (openTellings(state).some(({ about, failed }) => about.startsWith('account') && !failed))
    return refuse('not-yet-due');
  const waited = calendar.count(dateOf(hold.since), dateOf(now));
  return waited < terms.everyWorkingDays * (done + 1)
    ? refuse('not-yet-due')
    : record({ type: 'account-reminded', endedOrder });
}

/** N5.1: the year is over, and what it still holds for this case is taken along. */
export function carryOver(state: CaseState, { fromYear }: Ask<'carry-over'>, { now }: Facts): Decision {
  const toYear = yearOf(dateOf(now));
  if (fromYear >= toYear) return refuse('year-not-over');
  if (state.reservation?.budgetYear !== fromYear) return refuse('nothing-to-carry');
  return record({ type: 'reservation-carried', fromYear, toYear, amountFen: state.reservation.amountFen });
}

/** What the fund can still reserve, which the store read under lock. */
export function fundOf(state: CaseState, facts: Facts) {
  if (!facts.fund) throw new Error(`${state.caseNo}: a reservation needs the fund among the facts`);
  return facts.fund;
}
