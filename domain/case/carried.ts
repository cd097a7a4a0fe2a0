import type { CaseEvent } from './events.ts';
import type { CaseState, Hold } from './state.ts';

/** The state without what belongs to its stage, so that a new stage can't carry an old one's data along. */
export function common(state: CaseState) {
  const { caseNo, org, fund, channel, filedAt, certificate, policyVersion, lookUps, checks } = state;
  const {
    signatures,
    reservation,
    holds,
    objections,
    deadlines,
    endedOrders,
    tellings,
    asked,
    reconsidered,
    confirmation,
  } = state;
  return {
    ...{ caseNo, org, fund, channel, filedAt, certificate, policyVersion, lookUps, checks },
    ...{ signatures, reservation, holds, objections, deadlines, endedOrders },
    ...(tellings ? { tellings } : {}),
    ...(asked ? { asked } : {}),
    ...(confirmation ? { confirmation } : {}),
    ...(reconsidered ? { reconsidered } : {}),
    ...(state.moved ? { moved: state.moved } : {}),
    ...(state.throughHrss ? { throughHrss: state.throughHrss } : {}),
  };
}

/** The event can't follow: the stream is broken. */
export const broken = (state: CaseState, event: CaseEvent): Error =>
  new Error(`${state.caseNo}: ${event.type} cannot follow in stage ${state.stage}`);

/** Every other hold. */
export const without = (holds: readonly Hold[], kind: Hold['kind'], ref: string): readonly Hold[] =>
  holds.filter((hold) => hold.kind !== kind || hold.ref !== ref);
