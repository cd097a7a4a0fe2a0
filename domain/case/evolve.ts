import type { CaseNo } from '../ids.ts';
import type { Instant } from '../time.ts';
import type { CaseEvent } from './events.ts';
import { evolveDeadlines } from './evolve-deadlines.ts';
import { evolveLife } from './evolve-life.ts';
import { evolvePayment } from './evolve-payment.ts';
import { evolvePlace } from './evolve-place.ts';
import { evolvePublicity } from './evolve-publicity.ts';
import { evolveReconsideration } from './evolve-reconsideration.ts';
import { evolveReview } from './evolve-review.ts';
import { evolveTelling, withTellings } from './evolve-telling.ts';
import { evolveWaiting } from './evolve-waiting.ts';
import type { CaseState } from './state.ts';

/** A recorded event: what happened, when, and its place in the stream. */
export interface Happened {
  readonly at: Instant;
  readonly event: CaseEvent;
}

/**
 * The state after an event. Pure and total over what `decide` records; used by store, workflow, replay and tests alike.
 * @throws Error when the event cannot follow on the state: the stream is broken, not the caller
 */
export function evolve(caseNo: CaseNo, state: CaseState | null, { at, event }: Happened): CaseState {
  return withTellings(state, afterEvent(caseNo, state, { at, event }), at, event);
}

function afterEvent(caseNo: CaseNo, state: CaseState | null, { at, event }: Happened): CaseState {
  if (event.type === 'filed') {
    return {
      stage: 'filed',
      caseNo,
      org: event.org,
      fund: event.fund,
      channel: event.channel,
      filedAt: at,
      certificate: event.certificate,
      policyVersion: event.policyVersion,
      lookUps: {},
      checks: [],
      signatures: { handler: null, reviewer: null },
      reservation: null,
      holds: [],
      objections: [],
      deadlines: [event.handover, event.review].flatMap((deadline) => deadline ?? []),
      endedOrders: 0,
      ...(event.moved ? { moved: event.moved } : {}),
      ...(event.handover ? { throughHrss: { receivedOn: null, handedOverOn: null } } : {}),
    };
  }
  if (state === null) throw new Error(`${caseNo}: ${event.type} before filed`);
  switch (event.type) {
    case 'looked-up':
    case 'checked':
    case 'certificate-confirmed':
    case 'asked-again':
    case 'occupation-set':
    case 'handled':
    case 'returned':
    case 'approved':
    case 'refused':
    case 'withdrawn':
      return evolveReview(state, at, event);
    case 'merged':
    case 'death-reported':
    case 'succession-settled':
    case 'succession-closed':
    case 'looked-again':
      return evolveLife(state, at, event);
    case 'supplement-asked':
    case 'supplemented':
    case 'registration-asked':
    case 'registration-received':
    case 'registration-accepted':
    case 'registration-rejected':
    case 'certificate-registered':
    case 'lapsed':
      return evolveWaiting(state, at, event);
    case 'reconsideration-asked':
    case 'reconsideration-upheld':
    case 'reconsideration-overturned':
      return evolveReconsideration(state, at, event);
    case 'handed-over':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-rejected':
      return evolvePlace(state, at, event);
    case 'listed':
    case 'published':
    case 'struck-to-review':
    case 'struck-to-approved':
    case 'window-moved':
    case 'appraised':
    case 'objection-received':
    case 'objection-dismissed':
    case 'objection-upheld':
    case 'recovery-order-issued':
    case 'passed':
      return evolvePublicity(state, at, event);
    case 'shredded':
      return { ...state, shreddedAt: at };
    case 'fund-reserved':
    case 'released':
    case 'paid':
    case 'payment-failed':
    case 'payment-returned':
    case 'payment-cancelled':
    case 'account-corrected':
    case 'account-reminded':
    case 'reservation-carried':
      return evolvePayment(state, at, event);
    case 'applicant-told':
    case 'telling-failed':
    case 'told-by-person':
      return evolveTelling(state, at, event);
    case 'deadline-passed':
    case 'deadline-reminded':
    case 'applicant-reminded':
    case 'deadline-escalated':
    case 'deadlines-moved':
      return evolveDeadlines(state, at, event);
  }
}
