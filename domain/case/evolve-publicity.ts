import type { ObjectionId } from '../ids.ts';
import type { Instant } from '../time.ts';
import { broken, common, without } from './carried.ts';
import { dropped, replaced } from './deadline-list.ts';
import type { PublicityEvent } from './events-publicity.ts';
import type { CaseState, Objection } from './state.ts';
import { staysWhenUpheld } from './procedure.ts';
import { withoutTelling } from './tellings.ts';

/** Publicity, objections and reports (N3.2, N3.4). */
export function evolvePublicity(state: CaseState, at: Instant, event: PublicityEvent): CaseState {
  switch (event.type) {
    case 'listed':
      if (state.stage !== 'approved') throw broken(state, event);
      return {
        ...common(state),
        stage: 'listed',
        award: state.award,
        entry: { roundId: event.roundId, entryId: event.entryId },
      };
    case 'published':
      if (state.stage !== 'listed') throw broken(state, event);
      return { ...state, stage: 'publicity', window: event.window };
    case 'struck-to-review':
      return {
        ...common(state),
        stage: 'review',
        handling: null,
        signatures: { handler: null, reviewer: null },
        // Approved again, the amount is reserved again.
        reservation: null,
        holds: without(state.holds, 'fund', ''),
        deadlines: [...state.deadlines, event.review],
      };
    case 'struck-to-approved':
      if (state.stage !== 'listed' && state.stage !== 'publicity') throw broken(state, event);
      return { ...common(state), stage: 'approved', award: state.award };
    case 'window-moved':
      if (state.stage !== 'publicity') throw broken(state, event);
      return { ...state, window: event.window };
    case 'appraised': {
      const { objectionId, opinion, evidenceId } = event;
      const objections = state.objections.map((one) =>
        one.objectionId === objectionId ? { ...one, appraisal: { opinion, evidenceId } } : one,
      );
      return { ...state, objections };
    }
    case 'objection-received':
      return {
        ...state,
        objections: [
          ...state.objections,
          { objectionId: event.objectionId, kind: event.kind, state: 'open', receivedAt: at },
        ],
        holds: event.holds ? [...state.holds, { kind: 'objection', since: at, ref: event.objectionId }] : state.holds,
      };
    case 'objection-dismissed':
      return {
        ...state,
        objections: decided(state.objections, event.objectionId, 'dismissed'),
        holds: without(state.holds, 'objection', event.objectionId),
        deadlines: event.payout === null ? state.deadlines : replaced(state.deadlines, event.payout),
      };
    case 'objection-upheld': {
      const objections = decided(state.objections, event.objectionId, 'upheld');
      if (staysWhenUpheld.includes(state.stage)) return { ...state, objections };
      return {
        ...common(state),
        // Nothing more is asked of her.
        ...withoutTelling(state, 'supplement', 'registration'),
        stage: 'cancelled',
        objectionId: event.objectionId,
        objections,
        holds: [],
        reservation: null,
        deadlines: dropped(state.deadlines),
      };
    }
    case 'recovery-order-issued':
      return state; // what there is to tell is begun by it
    case 'passed': {
      if (state.stage !== 'publicity') throw broken(state, event);
      const { award, entry, window } = state;
      return {
        ...common(state),
        stage: 'payable',
        award,
        entry,
        deadlines: [...state.deadlines, { ...window, status: 'met' }, event.payout],
      };
    }
  }
}

const decided = (
  objections: readonly Objection[],
  id: ObjectionId,
  state: 'dismissed' | 'upheld',
): readonly Objection[] => objections.map((one) => (one.objectionId === id ? { ...one, state } : one));
