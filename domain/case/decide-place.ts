import { fundOf } from '../reference/org-units.ts';
import { dateOf, startOfDay } from '../time.ts';
import { type Deadline } from '../policy/deadlines.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import { filedInTimeCheck } from '../policy/eligibility.ts';
import { checked } from './checked.ts';
import type { Ask } from './commands.ts';
import { type Decided, type Decision, type Facts, record, refuse } from './decision.ts';
import type { CaseEvent } from './events.ts';
import { type CaseState, transferOf } from './state.ts';

/** HRSS received it and hands it over today (N2.5): N2.0 goes by the one date, the review clock (N3.1) by the other. */
export function handOver(state: CaseState, { receivedOn }: Ask<'hand-over'>, facts: Facts): Decision {
  const { policy, calendar, now } = facts;
  if (state.throughHrss?.handedOverOn !== null) return refuse('not-to-be-handed-over');
  if (receivedOn > dateOf(now)) return refuse('received-in-the-future');
  const handover = startDeadline('handover', receivedOn, policy.deadlines.handover, calendar);
  const isUndecided = state.signatures.reviewer === null;
  const event: CaseEvent = {
    type: 'handed-over',
    receivedOn,
    handover,
    ...(isUndecided ? { review: reviewFrom(facts) } : {}),
  };
  if (state.checks.length === 0) return record(event);
  if (!facts.issuedOn) throw new Error(`${state.caseNo}: hand-over needs the certificate's date among the facts`);
  const filed = { filedAt: startOfDay(receivedOn), channel: state.channel, issuedOn: facts.issuedOn };
  const { clause, code, passed, detail } = filedInTimeCheck(filed, policy, calendar);
  return {
    events: [{ event: { ...event, inTime: { clause, code, passed } }, text: { checkDetails: [{ code, detail }] } }],
  };
}

/**
 * The agency found that another one is right (N2.1), at the latest before the payment order. Until that one answers, nobody
 * decides on the case; what was approved, listed or published here is reviewed anew.
 */
export function askTransfer(state: CaseState, { to, by }: Ask<'ask-transfer'>, facts: Facts): Decision {
  const pending = transferOf(state);
  if (pending) return refuse('transfer-pending', { to: pending.to });
  if (to === state.org) return refuse('same-agency');
  // What the bank sent back lies in this fund until the account is put right.
  if (state.reservation?.returned) return refuse('held', { holds: ['account'] });
  const isUnderReview = state.stage === 'review';
  return record({
    type: 'transfer-asked',
    from: state.org,
    to,
    by,
    ...(isUnderReview ? {} : { review: reviewFrom(facts) }),
  });
}

/** The receiving agency takes the case, with a clock of its own and its fund, or sends it back. */
export function confirmTransfer(state: CaseState, command: Ask<'confirm-transfer'>, facts: Facts): Decision {
  const { by, accepted } = command;
  const pending = transferOf(state);
  if (!pending) return refuse('no-transfer');
  if (by === pending.by) return refuse('four-eyes');
  if (!accepted) return record({ type: 'transfer-rejected', by });
  const { to } = pending;
  const transferred: Decided = {
    event: { type: 'transferred', org: to, fund: fundOf(to), by, review: reviewFrom(facts) },
  };
  if (!facts.file) return { events: [transferred] };
  // What the partners said stands; the insured place is held against the agency that has the case now.
  const file = { ...facts.file, filing: { ...facts.file.filing, insuredAt: to } };
  return { events: [transferred, checked(state, file, facts)] };
}

const reviewFrom = ({ now, policy, calendar }: Facts): Deadline =>
  startDeadline('review', dateOf(now), policy.deadlines.review, calendar);
