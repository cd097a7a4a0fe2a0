import { dateOf, type Instant } from '../time.ts';
import { common, without } from './carried.ts';
import { met } from './deadline-list.ts';
import type { PlaceEvent } from './events-place.ts';
import type { CaseState } from './state.ts';

/** Which agency has the case (N2.1, N2.5). */
export function evolvePlace(state: CaseState, at: Instant, event: PlaceEvent): CaseState {
  switch (event.type) {
    case 'handed-over': {
      const { inTime, review } = event;
      const running = state.deadlines.map((one) =>
        one.kind === 'handover' && one.status !== 'dropped' ? event.handover : one,
      );
      const deadlines = met(running, 'handover', at);
      return {
        ...state,
        throughHrss: { receivedOn: event.receivedOn, handedOverOn: dateOf(at) },
        checks: inTime ? state.checks.map((one) => (one.code === inTime.code ? inTime : one)) : state.checks,
        deadlines: review ? [...deadlines, review] : deadlines,
      };
    }
    case 'transfer-asked':
      return {
        ...common(state),
        ...unsigned,
        transfer: { to: event.to, by: event.by, since: at },
        // The money of the agency's fund is free again; the other one's is asked for at approval there.
        reservation: null,
        holds: without(state.holds, 'fund', ''),
        deadlines: event.review ? [...withoutPayout(state.deadlines), event.review] : state.deadlines,
      };
    case 'transferred':
      return {
        ...common(state),
        ...unsigned,
        org: event.org,
        fund: event.fund,
        deadlines: [...givenUp(state.deadlines), event.review],
      };
    case 'transfer-rejected':
      return { ...common(state), ...unsigned };
  }
}

const unsigned = { stage: 'review', handling: null, signatures: { handler: null, reviewer: null } } as const;

/** The first agency has nothing to pay any more; that it was late stays counted. */
const withoutPayout = (deadlines: CaseState['deadlines']): CaseState['deadlines'] =>
  deadlines.map((one) => (one.kind === 'payout' && one.status === 'running' ? { ...one, status: 'dropped' } : one));

/** The first agency's review clock: one that was late stays late, one that ran is nobody's any more. */
const givenUp = (deadlines: CaseState['deadlines']): CaseState['deadlines'] =>
  deadlines.map((one) => {
    if (one.kind !== 'review') return one;
    if (one.status === 'overdue') return { ...one, status: 'met-late' };
    return one.status === 'running' || one.status === 'stopped' ? { ...one, status: 'dropped' } : one;
  });
