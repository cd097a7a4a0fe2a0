import type { Instant } from '../time.ts';
import { common } from './carried.ts';
import { met } from './deadline-list.ts';
import type { ReconsiderationEvent } from './events-reconsideration.ts';
import type { CaseState } from './state.ts';

/** A refusal looked at again (N3.1f), and a claim that goes on in another case. */
export function evolveReconsideration(state: CaseState, at: Instant, event: ReconsiderationEvent): CaseState {
  switch (event.type) {
    case 'reconsideration-asked':
      return {
        ...common(state),
        ...refusalOf(state),
        stage: 'reconsideration',
        lookUps: {},
        deadlines: [...state.deadlines, event.until],
      };
    case 'reconsideration-upheld':
      return {
        ...common(state),
        ...refusalOf(state),
        stage: 'refused',
        told: true,
        reconsidered: reconsidered(state, event),
        deadlines: met(state.deadlines, 'reconsideration', at),
      };
    case 'reconsideration-overturned': {
      const aside: readonly string[] = event.setsAside ?? [];
      const isSetAside = (id: string): boolean => aside.includes(id);
      return {
        ...common(state),
        stage: 'approved',
        award: { amountFen: event.amountFen, shortage: event.shortage },
        reconsidered: reconsidered(state, event),
        signatures: { handler: null, reviewer: null },
        objections: state.objections.map((one) => (isSetAside(one.objectionId) ? { ...one, state: 'dismissed' } : one)),
        holds: [...state.holds.filter(({ ref }) => !isSetAside(ref)), { kind: 'fund', since: at, ref: '' }],
        deadlines: met(state.deadlines, 'reconsideration', at),
      };
    }
  }
}

/** What of a refusal stays while it is looked at again. */
const refusalOf = (state: CaseState) =>
  'reconsiderUntil' in state
    ? { clauses: state.clauses, reconsiderUntil: state.reconsiderUntil }
    : { clauses: [], reconsiderUntil: state.filedAt };

const reconsidered = (
  state: CaseState,
  { by, source }: Extract<ReconsiderationEvent, { readonly source: unknown }>,
): NonNullable<CaseState['reconsidered']> => ({
  by,
  source,
  refusedBy: state.reconsidered?.refusedBy ?? state.signatures,
});
