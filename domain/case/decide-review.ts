import type { Sub } from '../ids.ts';
import { addDays, endOfDay } from '../policy/dates.ts';
import { dateOf } from '../time.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import { standard } from '../policy/standards.ts';
import { checked } from './checked.ts';
import type { Ask } from './commands.ts';
import { type Decided, type Decision, type Facts, record, refuse } from './decision.ts';
import { fundOf } from './decide-payment.ts';
import { askRegistration, askSupplement } from './decide-waiting.ts';
import { type LookUpSource, lookUpSources } from './events.ts';
import { evolve } from './evolve.ts';
import type { CaseState, In } from './state.ts';

/** N3.1g, first signature; before it the handler may say which occupation the certificate means (N4.3). */
export function handle(state: In<'review'>, command: Ask<'handle'>, facts: Facts): Decision {
  if (state.handling) return refuse('already-handled', { by: state.handling.by });
  const { occupation, by } = command;
  if (occupation === undefined || (occupation === state.certificate.occupation && state.certificate.occupationKnown))
    return sign(state, command, facts);
  const set = setOccupation(state, { occupation, by }, facts);
  if ('refusal' in set) return set;
  const signed = sign(afterwards(state, set.events, facts), command, facts);
  return 'refusal' in signed ? signed : { events: [...set.events, ...signed.events] };
}

/** N4.3: the name decides about entitlement, registers and amount, so the checks are made again under it. */
function setOccupation(
  state: In<'review'>,
  { occupation, by }: { readonly occupation: string; readonly by: Sub },
  facts: Facts,
): Decision {
  if (facts.rival === undefined) throw new Error(`${state.caseNo}: setting the occupation needs the entitlement`);
  if (facts.rival !== null) return refuse('already-claimed', { otherCase: facts.rival });
  if (!facts.file) return refuse('look-ups-missing');
  const file = { ...facts.file, certificate: { ...facts.file.certificate, canonical: occupation } };
  return { events: [{ event: { type: 'occupation-set', by, occupation } }, checked(state, file, facts)] };
}

/** The case as the first events of a decision leave it. */
function afterwards(before: In<'review'>, events: readonly Decided[], { now }: Facts): In<'review'> {
  const after = events.reduce<CaseState>((state, { event }) => evolve(state.caseNo, state, { at: now, event }), before);
  if (after.stage !== 'review') throw new Error(`${before.caseNo}: setting the occupation left review`);
  return after;
}

/** Approving past a failed check needs an override for each; refusing needs reasons (N3.1e). */
function sign(state: In<'review'>, command: Ask<'handle'>, facts: Facts): Decision {
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
