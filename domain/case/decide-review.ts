import { addDays, dateOf, endOfDay } from '../policy/dates.ts';
import { startDeadline } from '../policy/deadlines.ts';
import { standard } from '../policy/standards.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { fundOf } from './decide-payment.ts';
import { askRegistration, askSupplement } from './decide-waiting.ts';
import { type LookUpSource, lookUpSources } from './events.ts';
import type { In } from './state.ts';

/** N3.1g, first signature. Approving past a failed check needs an override for each; refusing needs reasons (N3.1e). */
export function handle(state: In<'review'>, command: Ask<'handle'>, facts: Facts): Decision {
  if (state.handling) return refuse('already-handled', { by: state.handling.by });
  if (command.outcome === 'supplement') return askSupplement(state, command, facts);
  if (command.outcome === 'registration') return askRegistration(state, command, facts);
  const failed = state.checks.filter((check) => !check.passed).map((check) => check.code);
  const overridden = command.overrides.map((override) => override.code);
  if (command.outcome === 'refuse' && command.clauses.length === 0) return refuse('reasons-missing');
  if (command.outcome === 'approve') {
    const open = failed.filter((code) => !overridden.includes(code));
    if (open.length > 0) return refuse('check-failed', { checks: open });
    if (failed.includes('certificate-level')) return refuse('not-covered-level');
  }
  // N3.1a: arrears alone are told once, to be paid, before they refuse.
  if (command.outcome === 'refuse' && !state.asked?.supplement && restsOnArrears(state, command.clauses))
    return refuse('supplement-first');
  const needless = overridden.filter((code) => !failed.includes(code));
  if (needless.length > 0) return refuse('nothing-to-override', { checks: needless });
  const { by, outcome, clauses, overrides } = command;
  const handled = { type: 'handled', by, outcome, clauses, overrides } as const;
  const stale = outcome === 'refuse' ? staleNotFound(state, clauses, facts) : [];
  return stale.length > 0 ? record(handled, { type: 'asked-again', sources: stale }) : record(handled);
}

/** N3.1c: registers whose "not found" of an earlier day a refusal would rest on; they are asked again on the review date. */
function staleNotFound({ lookUps }: In<'review'>, clauses: readonly string[], { now }: Facts): readonly LookUpSource[] {
  if (!clauses.includes('N3.1c')) return [];
  return lookUpSources.filter((source) => {
    const lookUp = lookUps[source];
    return lookUp?.answer === 'not-found' && lookUp.at !== undefined && dateOf(lookUp.at) < dateOf(now);
  });
}

const restsOnArrears = ({ checks }: In<'review'>, clauses: readonly string[]): boolean =>
  clauses.every((clause) => clause === 'N3.1a') &&
  checks.filter(({ clause, passed }) => clause === 'N3.1a' && !passed).every(({ code }) => code === 'no-arrears') &&
  checks.some(({ code, passed }) => code === 'no-arrears' && !passed);

/** N3.1g, second signature: another person, the same outcome, or back with a note. */
export function review(state: In<'review'>, command: Ask<'review'>, facts: Facts): Decision {
  const { handling } = state;
  if (!handling) return refuse('not-handled-yet');
  if (command.by === handling.by) return refuse('four-eyes');
  if (command.outcome === 'return') return record({ type: 'returned', by: command.by });
  if (command.outcome !== handling.outcome) return refuse('differs-from-handling', { handling: handling.outcome });
  const isAsking = lookUpSources.some((source) => !state.lookUps[source]);
  if (isAsking) return refuse('look-ups-missing'); // N3.1c: "not found" is being asked again
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
