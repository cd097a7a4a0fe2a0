import type { Instant } from '../time.ts';
import { common } from './carried.ts';
import { dropped, met, placed } from './deadline-list.ts';
import type { WaitingEvent } from './events-waiting.ts';
import type { CaseState } from './state.ts';

/** Waiting for the applicant, or for the register (N3.1a, N3.1d). */
export function evolveWaiting(state: CaseState, at: Instant, event: WaitingEvent): CaseState {
  const { deadlines } = state;
  switch (event.type) {
    case 'supplement-asked':
      return {
        ...common(state),
        stage: 'supplement',
        asked: { ...state.asked, supplement: at },
        deadlines: [...placed(deadlines, event.review), event.until],
      };
    case 'supplemented':
      return {
        ...common(state),
        stage: 'checking',
        lookUps: {},
        deadlines: met(placed(deadlines, event.review), 'supplement', at),
      };
    case 'registration-asked':
      return {
        ...common(state),
        stage: 'certificate-registration',
        step: 'awaited',
        asked: { ...state.asked, registration: at },
        deadlines: [...placed(deadlines, event.review), event.until],
      };
    case 'registration-received':
      return {
        ...common(state),
        stage: 'certificate-registration',
        step: 'received',
        deadlines: [...met(deadlines, 'registration-filing', at), event.inspection],
      };
    case 'registration-accepted':
      return {
        ...common(state),
        stage: 'certificate-registration',
        step: 'entering',
        deadlines: met(met(deadlines, 'registration-filing', at), 'certificate-registration', at),
      };
    case 'registration-rejected':
      return {
        ...common(state),
        stage: 'review',
        handling: null,
        deadlines: met(met(placed(deadlines, event.review), 'registration-filing', at), 'certificate-registration', at),
      };
    case 'certificate-registered':
      return { ...common(state), stage: 'checking', lookUps: {}, deadlines: placed(deadlines, event.review) };
    case 'lapsed':
      return {
        ...common(state),
        stage: 'lapsed',
        of: event.of,
        holds: [],
        reservation: null,
        deadlines: dropped(deadlines),
      };
  }
}
