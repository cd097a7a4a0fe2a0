import { occupations } from '../reference/occupations.ts';
import { automaticChecks } from '../policy/checks.ts';
import { addDays, dateOf, endOfDay } from '../policy/dates.ts';
import { pastDue, startDeadline } from '../policy/deadlines.ts';
import { standard } from '../policy/standards.ts';
import type { CaseCommand } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { lookUpSources } from './events.ts';
import { isOpen } from './procedure.ts';
import type { CaseState, In } from './state.ts';

type Ask<T extends CaseCommand['type']> = Extract<CaseCommand, { type: T }>;

/**
 * The one place that decides on a case: the same for people, workflow runs, bulk steps and auditors. Pure; the facts
 * were read under lock. `state` is null only for `file`.
 */
export function decide(state: CaseState | null, command: CaseCommand, facts: Facts): Decision {
  if (command.type === 'file') return state === null ? file(command, facts) : refuse('not-in-this-state');
  if (state === null || !isOpen(command.type, state.stage)) return refuse('not-in-this-state');
  switch (command.type) {
    case 'answer-look-up':
      return answerLookUp(state, command, facts);
    case 'handle':
      return state.stage === 'review' ? handle(state, command) : refuse('not-in-this-state');
    case 'review':
      return state.stage === 'review' ? review(state, command, facts) : refuse('not-in-this-state');
    case 'record-told':
      if (state.stage !== 'refused' || state.told) return refuse('already-told');
      return record({ type: 'applicant-told', about: command.about, messageId: command.messageId });
    case 'list':
      return record({ type: 'listed', roundId: command.roundId, entryId: command.entryId });
    case 'publish':
      return state.stage === 'listed' ? publish(state, command, facts) : refuse('not-in-this-state');
    case 'object':
      return object(state, command, facts);
    case 'decide-objection':
      return decideObjection(state, command, facts);
    case 'pass':
      return state.stage === 'publicity' ? pass(state, command, facts) : refuse('not-in-this-state');
    case 'reserve-fund':
      return reserveFund(state, facts);
    case 'release':
      return state.stage === 'payable' ? release(state, command) : refuse('not-in-this-state');
    case 'record-payment':
      return state.stage === 'paying' ? recordPayment(state, command, facts) : refuse('not-in-this-state');
    case 'withdraw':
      return record({ type: 'withdrawn' });
    case 'pass-deadline': {
      const deadline = state.deadlines.find((one) => one.kind === command.kind && one.dueAt === command.dueAt);
      if (deadline?.status !== 'running' || !pastDue(deadline, facts.now)) return refuse('not-this-deadline');
      return record({ type: 'deadline-passed', kind: command.kind, dueAt: command.dueAt });
    }
  }
}

/** N2, N3.1: the day of receipt starts the review clock; the version in force that day decides the amount (N4.1). */
function file(command: Ask<'file'>, facts: Facts): Decision {
  const { policy, calendar, now } = facts;
  return record({
    type: 'filed',
    channel: command.channel,
    org: command.org,
    fund: command.fund,
    certificate: command.certificate,
    policyVersion: policy.id,
    review: startDeadline('review', dateOf(now), policy.deadlines.review, calendar),
  });
}

/** N3.1a-c: the last answer completes the automatic checks. They inform; two people decide. */
function answerLookUp(state: CaseState, command: Ask<'answer-look-up'>, facts: Facts): Decision {
  if (state.lookUps[command.source]) return refuse('already-answered');
  const lookedUp = {
    type: 'looked-up',
    source: command.source,
    evidenceId: command.evidenceId,
    answer: command.answer,
  } as const;
  const allAnswered = lookUpSources.every((source) => source === command.source || state.lookUps[source]);
  if (!allAnswered) return record(lookedUp);
  if (!facts.file) throw new Error(`${state.caseNo}: the last look-up needs the case file among the facts`);
  const checks = automaticChecks({ ...facts.file, policy: facts.policy, calendar: facts.calendar, occupations });
  return {
    events: [
      { event: lookedUp },
      {
        event: { type: 'checked', checks: checks.map(({ clause, code, passed }) => ({ clause, code, passed })) },
        text: { checkDetails: checks.map(({ code, detail }) => ({ code, detail })) },
      },
    ],
  };
}

/** N3.1g, first signature. Approving past a failed check needs an override for each; refusing needs reasons (N3.1e). */
function handle(state: In<'review'>, command: Ask<'handle'>): Decision {
  if (state.handling) return refuse('already-handled', { by: state.handling.by });
  const failed = state.checks.filter((check) => !check.passed).map((check) => check.code);
  const overridden = command.overrides.map((override) => override.code);
  if (command.outcome === 'refuse' && command.clauses.length === 0) return refuse('reasons-missing');
  if (command.outcome === 'approve') {
    const open = failed.filter((code) => !overridden.includes(code));
    if (open.length > 0) return refuse('check-failed', { checks: open });
    if (failed.includes('certificate-level')) return refuse('not-covered-level');
  }
  const needless = overridden.filter((code) => !failed.includes(code));
  if (needless.length > 0) return refuse('nothing-to-override', { checks: needless });
  const { by, outcome, clauses, overrides } = command;
  return record({ type: 'handled', by, outcome, clauses, overrides });
}

/** N3.1g, second signature: another person, the same outcome, or back with a note. */
function review(state: In<'review'>, command: Ask<'review'>, facts: Facts): Decision {
  const { handling } = state;
  if (!handling) return refuse('not-handled-yet');
  if (command.by === handling.by) return refuse('four-eyes');
  if (command.outcome === 'return') return record({ type: 'returned', by: command.by });
  if (command.outcome !== handling.outcome) return refuse('differs-from-handling', { handling: handling.outcome });
  if (command.outcome === 'refuse') return refuseApplication(handling.clauses, command, facts);

  const { occupation, level } = state.certificate;
  const award = standard({ occupation, level, org: state.org }, facts.policy); // N4
  if (!award) return refuse('not-covered-level');
  const { budgetYear, availableFen } = fundOf(state, facts);
  return record({
    type: 'approved',
    by: command.by,
    ...award,
    reserved: availableFen >= award.amountFen, // N5.2: too little money never stops an approval
    budgetYear,
  });
}

/** N3.1e: told within 5 working days; N3.1f: reconsideration may be asked for within its period. */
function refuseApplication(clauses: readonly string[], command: Ask<'review'>, facts: Facts): Decision {
  const { now, policy, calendar } = facts;
  const today = dateOf(now);
  return record({
    type: 'refused',
    by: command.by,
    clauses,
    notice: startDeadline('refusal-notice', today, policy.deadlines['refusal-notice'], calendar),
    reconsiderUntil: endOfDay(addDays(today, policy.reconsiderationDays)),
  });
}

/** N3.2: the window starts when the notice was seen on the site; that day is not counted. */
function publish(state: In<'listed'>, command: Ask<'publish'>, facts: Facts): Decision {
  if (state.entry.roundId !== command.roundId) return refuse('other-round');
  const { policy, calendar } = facts;
  return record({
    type: 'published',
    roundId: command.roundId,
    window: startDeadline('publicity', dateOf(command.publishedAt), policy.deadlines.publicity, calendar),
  });
}

/** N3.4a: holds the money until decided; once the order is out it is recorded and may lead to recovery (N3.4b). */
function object(state: CaseState, command: Ask<'object'>, facts: Facts): Decision {
  if (command.kind === 'objection') {
    if (state.stage !== 'publicity' || pastDue(state.window, facts.now)) return refuse('window-over');
  }
  const holds = state.stage === 'publicity' || state.stage === 'payable';
  return record({ type: 'objection-received', objectionId: command.objectionId, kind: command.kind, holds });
}

/** N3.4a: upheld → no entitlement to payment; dismissed after the window → 7 new working days (N3.3). */
function decideObjection(state: CaseState, command: Ask<'decide-objection'>, facts: Facts): Decision {
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
function pass(state: In<'publicity'>, command: Ask<'pass'>, facts: Facts): Decision {
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

/** N5.2: asked again for a case that found the fund short at approval. */
function reserveFund(state: CaseState, facts: Facts): Decision {
  if (!('award' in state) || state.reservation) return refuse('not-in-this-state');
  const { budgetYear, availableFen } = fundOf(state, facts);
  const { amountFen } = state.award;
  return availableFen >= amountFen
    ? record({ type: 'fund-reserved', amountFen, budgetYear })
    : refuse('fund-short', { availableFen: String(availableFen) });
}

/** N3.3: the point of no return. The batch's four eyes and its list are the batch's own decision. */
function release(state: In<'payable'>, command: Ask<'release'>): Decision {
  if (state.holds.length > 0) return refuse('held', { holds: state.holds.map((hold) => hold.ref || hold.kind) });
  const { orderNo, batchId, by } = command;
  return record({ type: 'released', orderNo, batchId, amountFen: state.award.amountFen, by });
}

/** N3.3: met by the bank's credit date. A failed order waits for the account to be put right. */
function recordPayment(state: In<'paying'>, command: Ask<'record-payment'>, facts: Facts): Decision {
  const { orderNo, outcome } = command;
  if (state.order.orderNo !== orderNo) return refuse('other-order', { orderNo: state.order.orderNo });
  if (outcome.result === 'failed') return record({ type: 'payment-failed', orderNo, code: outcome.code });
  const { policy, calendar } = facts;
  const { amountFen, creditedAt } = outcome;
  return record({
    type: 'paid',
    orderNo,
    amountFen,
    creditedAt,
    returnPeriod: startDeadline('bank-return', dateOf(creditedAt), policy.deadlines['bank-return'], calendar),
  });
}

function fundOf(state: CaseState, facts: Facts) {
  if (!facts.fund) throw new Error(`${state.caseNo}: a reservation needs the fund among the facts`);
  return facts.fund;
}
