import type { CaseEvent } from './events.ts';
import type { CaseState } from './state.ts';

/** `held` from filing, `used` once paid, `barred` after intentional falsity; `released` lets the person claim again (N4.3). */
export type EntitlementStatus = 'held' | 'released' | 'used' | 'barred';

/** What an event does to the case's entitlement; null: nothing. */
export function entitlementAfter(before: CaseState | null, event: CaseEvent): EntitlementStatus | null {
  switch (event.type) {
    case 'filed':
      return 'held';
    case 'refused':
    case 'withdrawn':
    case 'lapsed':
    case 'reconsideration-upheld':
    case 'merged':
    case 'succession-closed':
      return 'released';
    case 'reconsideration-asked':
      return event.reserves ? 'held' : null;
    case 'reconsideration-overturned':
      return 'held';
    case 'paid':
      return 'used';
    case 'payment-returned':
      return 'held'; // kept for the next order
    case 'payment-cancelled':
      return 'released';
    case 'objection-upheld':
      if (event.intentional) return 'barred'; // whatever became of the case meanwhile
      if (before?.stage === 'refused' || before?.stage === 'withdrawn' || before?.stage === 'cancelled') return null;
      return before?.stage === 'paying' || before?.stage === 'paid' ? null : 'released';
    default:
      return null;
  }
}
