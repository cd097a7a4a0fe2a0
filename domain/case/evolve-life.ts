import type { Instant } from '../time.ts';
import { common, without } from './carried.ts';
import { dropped } from './deadline-list.ts';
import type { LifeEvent } from './events-life.ts';
import type { CaseState } from './state.ts';

/** What happens in people's lives, and registers looked at again before the money goes out. */
export function evolveLife(state: CaseState, at: Instant, event: LifeEvent): CaseState {
  switch (event.type) {
    case 'merged':
      return { ...over(state), stage: 'merged', into: event.into };
    case 'death-reported':
      return { ...state, holds: [...state.holds, { kind: 'succession', since: at, ref: '' }] };
    case 'succession-settled':
      return { ...state, holds: without(state.holds, 'succession', '') };
    case 'succession-closed':
      return { ...over(state), stage: 'lapsed', of: 'succession' };
    case 'looked-again': {
      const { source, evidenceId, answer, agrees, differs, goodUntil } = event;
      const code = `${source}-register` as const;
      return {
        ...state,
        lookUps: { ...state.lookUps, [source]: { evidenceId, answer, at, ...(goodUntil ? { goodUntil } : {}) } },
        checks: state.checks.map((check) =>
          check.code === code ? { ...check, passed: agrees, ...(differs && { differs }) } : check,
        ),
      };
    }
  }
}

const over = (state: CaseState) => ({
  ...common(state),
  holds: [],
  reservation: null,
  deadlines: dropped(state.deadlines),
});
