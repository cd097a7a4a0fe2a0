import { dateOf } from '../policy/dates.ts';
import { pastDue, startDeadline } from '../policy/deadlines.ts';
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

/** N3.4a: holds the money until decided; once the order is out it is recorded and may lead to recovery (N3.4b). */
export function object(state: CaseState, command: Ask<'object'>, facts: Facts): Decision {
  if (command.kind === 'objection') {
    if (state.stage !== 'publicity' || pastDue(state.window, facts.now)) return refuse('window-over');
  }
  const holds = state.stage === 'publicity' || state.stage === 'payable';
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

/** N3.2, N3.3: the window is over and nothing is held. HRSS tells on the next working day, and the 7 days run from then. */
export function pass(state: In<'publicity'>, command: Ask<'pass'>, facts: Facts): Decision {
  if (state.entry.roundId !== command.roundId) return refuse('other-round');
  if (!pastDue(state.window, facts.now)) return refuse('window-running', { endsAt: state.window.dueAt });
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
