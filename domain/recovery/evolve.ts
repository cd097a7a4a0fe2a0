import { fen } from '../money.ts';
import type { Instant } from '../time.ts';
import { type Instalment, isLate, outstandingFen, type RecoveryEvent, type RecoveryState } from './recovery.ts';

/** The recovery after an event. @throws Error when the event cannot follow: the stream is broken, not the caller */
export function evolveRecovery(state: RecoveryState | null, at: Instant, event: RecoveryEvent): RecoveryState {
  if (event.type === 'recovery-ordered') {
    const { caseNo, objectionId, org, fund, orderNo, amountFen, budgetYear, creditedOn, policyVersion, demand } = event;
    return {
      stage: 'ordered',
      ...{ caseNo, org, fund, objectionId, orderNo, orderedAt: at, amountFen, budgetYear, policyVersion, demand },
      ...{
        receivedFen: fen(0),
        givenBackFen: fen(0),
        plan: [],
        beforePlanFen: fen(0),
        lateUpTo: null,
        reminder: null,
        reminders: 0,
      },
      ...(creditedOn && { creditedOn }),
      ...{ untold: [], unreached: [], writeOff: null, crimeReferredAt: null },
    };
  }
  if (state === null) throw new Error(`recovery: ${event.type} before recovery-ordered`);
  switch (event.type) {
    case 'demanded': {
      const status = at >= state.demand.dueAt ? 'met-late' : 'met';
      const untold = [...state.untold, { about: 'demand', n: 1 } as const];
      return {
        ...state,
        ...planned(state, event.plan),
        stage: 'demanded',
        demand: { ...state.demand, status },
        untold,
      };
    }
    case 'plan-changed':
      return { ...state, ...planned(state, event.plan), lateUpTo: null, reminder: null };
    case 'instalment-received': {
      const after = { ...state, receivedFen: fen(state.receivedFen + event.amountFen) };
      // Nothing is owed any more: what was proposed to be given up has come in.
      const isMoot = after.stage !== 'written-off' && outstandingFen(after) === 0;
      const writeOff = isMoot ? null : after.writeOff;
      return { ...after, writeOff, reminder: isLate(after) ? after.reminder : null };
    }
    case 'overpayment-given-back':
      return { ...state, givenBackFen: fen(state.givenBackFen + event.amountFen) };
    case 'recovery-overdue':
      return overdue(state, event);
    case 'recipient-told': {
      const { about, n, reached } = event;
      const untold = state.untold.filter((one) => one.about !== about || one.n !== n);
      return { ...state, untold, unreached: reached ? state.unreached : [...state.unreached, { about, n }] };
    }
    case 'crime-referred':
      return { ...state, crimeReferredAt: at };
    case 'write-off-proposed':
      return { ...state, writeOff: { proposedBy: event.by, amountFen: event.amountFen, confirmedBy: null } };
    case 'write-off-declined':
      return { ...state, writeOff: null };
    case 'written-off':
      return {
        ...ended(state),
        stage: 'written-off',
        writeOff: state.writeOff && { ...state.writeOff, confirmedBy: event.by },
      };
    case 'enforcement-requested':
      return { ...state, stage: 'enforcing', reminder: null };
    case 'enforcement-ended':
      return event.outcome === 'satisfied' ? { ...ended(state), stage: 'enforced' } : { ...state, stage: 'demanded' };
    case 'payment-came-back':
      return { ...ended(state), amountFen: fen(0), plan: [], writeOff: null };
    case 'recovery-closed':
      return { ...ended(state), stage: 'closed' };
  }
}

function overdue(state: RecoveryState, event: Extract<RecoveryEvent, { type: 'recovery-overdue' }>): RecoveryState {
  const { kind, dueAt, reminder } = event;
  if (kind === 'recovery-demand') return { ...state, demand: { ...state.demand, status: 'overdue' } };
  const reminders = state.reminders + 1;
  return {
    ...state,
    lateUpTo: kind === 'recovery-payment' ? dueAt : state.lateUpTo,
    reminder,
    reminders,
    untold: [...state.untold, { about: 'reminder', n: reminders }],
  };
}

/** Nobody is reminded of what is over. */
const ended = (state: RecoveryState): RecoveryState => ({ ...state, reminder: null, untold: [] });

const planned = ({ receivedFen: beforePlanFen }: RecoveryState, plan: readonly Instalment[]) => ({
  plan,
  beforePlanFen,
});
