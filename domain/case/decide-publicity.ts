import { type Deadline } from '../policy/deadlines.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import { movedDeadline } from '../policy/moved-deadlines.ts';
import { dateOf, type Instant } from '../time.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import type { CaseState, In } from './state.ts';

/** N3.2: the window starts when the notice was seen on the site; that day is not counted. */
export function publish(state: In<'listed'>, command: Ask<'publish'>, facts: Facts): Decision {
  if (state.entry.roundId !== command.roundId) return refuse('other-round');
  const { policy, calendar } = facts;
  return record({
    type: 'published',
    roundId: command.roundId,
    window: startDeadline('publicity', dateOf(command.publishedAt), policy.deadlines.publicity, calendar),
  });
}

/** N3.2: HRSS takes an entry off the list, with a reason; review starts anew, or the next round takes it. */
export function strike(state: In<'listed' | 'publicity'>, command: Ask<'strike'>, facts: Facts): Decision {
  const { roundId, by } = command;
  if (state.entry.roundId !== roundId) return refuse('other-round');
  if (command.backTo === 'approved') return record({ type: 'struck-to-approved', roundId, by });
  const { now, policy, calendar } = facts;
  const review = startDeadline('review', dateOf(now), policy.deadlines.review, calendar);
  return record({ type: 'struck-to-review', roundId, by, review });
}

/** N3.2: the round's window ends later; never earlier than was announced. */
export function moveWindow(state: In<'publicity'>, { roundId, window }: Ask<'move-window'>): Decision {
  if (state.entry.roundId !== roundId) return refuse('other-round');
  return window.dueAt > state.window.dueAt
    ? record({ type: 'window-moved', roundId, window })
    : refuse('window-stays', { endsAt: state.window.dueAt });
}

/** When the window of the case ends: by its round or a new calendar, where one says later than the case was told. */
function endsAt(window: Deadline, { round, calendar, now }: Facts): Instant {
  const { dueAt } = movedDeadline(window, calendar, dateOf(now)) ?? window;
  return round && round.endsAt > dueAt ? round.endsAt : dueAt;
}

/** N3.4a: what the appraisal body answered, for whoever decides; it decides nothing. */
export function answerAppraisal(state: CaseState, command: Ask<'answer-appraisal'>): Decision {
  const { objectionId, evidenceId, opinion } = command;
  const objection = state.objections.find((one) => one.objectionId === objectionId);
  if (!objection) return refuse('unknown-objection');
  if (objection.appraisal) return refuse('already-appraised');
  return record({ type: 'appraised', objectionId, evidenceId, opinion });
}

/** N3.4a: holds the money until decided; once the order is out it is recorded and may lead to recovery (N3.4b). */
export function object(state: CaseState, command: Ask<'object'>, facts: Facts): Decision {
  if (command.kind === 'objection') {
    if (state.stage !== 'publicity') return refuse('window-over');
    if (facts.now >= endsAt(state.window, facts) && !facts.round?.unproven) return refuse('window-over');
  }
  const holds = state.stage !== 'paying' && state.stage !== 'paid';
  return record({ type: 'objection-received', objectionId: command.objectionId, kind: command.kind, holds });
}

/** N3.4a: upheld → no entitlement to payment; dismissed after the window → 7 new working days (N3.3). */
export function decideObjection(state: CaseState, command: Ask<'decide-objection'>, facts: Facts): Decision {
  const objection = state.objections.find((one) => one.objectionId === command.objectionId);
  if (!objection) return refuse('unknown-objection');
  if (objection.state !== 'open') return refuse('objection-decided', { state: objection.state });
  const { objectionId, by } = command;
  if (command.finding === 'upheld')
    return record({ type: 'objection-upheld', objectionId, by, intentional: command.intentional });
  const { now, policy, calendar } = facts;
  const payout =
    state.stage === 'payable' ? startDeadline('payout', dateOf(now), policy.deadlines.payout, calendar) : null;
  return record({ type: 'objection-dismissed', objectionId, by, payout });
}

/** N3.4b: paid, and found true: the order is a decision in writing, to be served on the recipient. */
export function issueRecoveryOrder(state: In<'paid'>, { objectionId }: Ask<'issue-recovery-order'>): Decision {
  const isUpheld = state.objections.some((one) => one.objectionId === objectionId && one.state === 'upheld');
  return isUpheld ? record({ type: 'recovery-order-issued', objectionId }) : refuse('unknown-objection');
}

/** N3.2, N3.3: the window is over and nothing is held. HRSS tells on the next working day, and the 7 days run from then. */
export function pass(state: In<'publicity'>, command: Ask<'pass'>, facts: Facts): Decision {
  if (state.entry.roundId !== command.roundId) return refuse('other-round');
  const end = endsAt(state.window, facts);
  if (facts.now < end || facts.round?.unproven) return refuse('window-running', { endsAt: end });
  const objections = state.holds.filter((hold) => hold.kind === 'objection');
  if (objections.length > 0) return refuse('held', { holds: objections.map((hold) => hold.ref) });
  const { now, policy, calendar } = facts;
  const told = calendar.add(state.window.dueOn, policy.deadlines['passed-list']);
  const today = dateOf(now);
  const startsOn = today > told ? today : told; // a dismissal after the window is told singly, that day
  return record({
    type: 'passed',
    roundId: command.roundId,
    payout: startDeadline('payout', startsOn, policy.deadlines.payout, calendar),
  });
}
