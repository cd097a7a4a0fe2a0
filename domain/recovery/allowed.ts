import type { Sub } from '../ids.ts';
import type { Action } from '../rights.ts';
import { isOver, outstandingFen, overpaidFen, type RecoveryState } from './recovery.ts';

/** What people may ask of a recovery, by the last part of its address (`POST /v1/recoveries/{caseNo}/demand`). */
const offers = {
  demand: { may: 'demand-recovery', when: ({ stage }) => stage === 'ordered' },
  plan: { may: 'demand-recovery', when: (state) => state.stage === 'demanded' && outstandingFen(state) > 0 },
  instalments: { may: 'receive-recovery', when: (state) => !isOver(state) || state.stage === 'written-off' },
  refunds: { may: 'demand-recovery', when: (state) => overpaidFen(state) > 0 },
  'write-off': {
    may: 'propose-write-off',
    when: (state) => !isOver(state) && state.writeOff === null && outstandingFen(state) > 0,
  },
  'write-off/decision': {
    may: 'decide-write-off',
    when: (state, sub) => !isOver(state) && state.writeOff !== null && state.writeOff.proposedBy !== sub,
  },
  enforcement: { may: 'order-recovery', when: (state) => state.stage === 'demanded' && outstandingFen(state) > 0 },
  'enforcement/outcome': { may: 'order-recovery', when: ({ stage }) => stage === 'enforcing' },
  referral: { may: 'order-recovery', when: (state) => !isOver(state) && state.crimeReferredAt === null },
  closure: {
    may: 'receive-recovery',
    when: (state) => !isOver(state) && outstandingFen(state) === 0 && overpaidFen(state) === 0,
  },
} as const satisfies Record<string, { may: Action; when: (state: RecoveryState, sub: Sub) => boolean }>;
export type RecoveryOffer = keyof typeof offers;

/** What may be done with the recovery now by somebody with these rights. */
export function recoveryAllowedNow(
  state: RecoveryState,
  sub: Sub,
  may: (action: Action) => boolean,
): readonly RecoveryOffer[] {
  return (Object.keys(offers) as RecoveryOffer[]).filter((offer) => {
    const { may: action, when } = offers[offer];
    return may(action) && when(state, sub);
  });
}
