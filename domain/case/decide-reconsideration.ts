import { dateOf } from '../time.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import { standard } from '../policy/standards.ts';
import type { Ask } from './commands.ts';
import { fundOf } from './decide-payment.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { lookUpSources } from './events.ts';
import type { ReconsiderationEvent, ReconsiderationSource } from './events-reconsideration.ts';
import type { CaseState, In } from './state.ts';

/** N3.1f: within its period, once; the entitlement is reserved meanwhile unless a newer case has it (N4.3). */
export function askReconsideration(state: In<'refused'>, facts: Facts): Decision {
  const { now, policy, calendar } = facts;
  if (state.reconsidered) return refuse('reconsidered-already');
  if (now >= state.reconsiderUntil) return refuse('reconsideration-period-over', { until: state.reconsiderUntil });
  const until = startDeadline('reconsideration', dateOf(now), policy.deadlines.reconsideration, calendar);
  return record({ type: 'reconsideration-asked', reserves: rivalOf(state, facts) === null, until });
}

/**
 * N3.1f, N6.1: fresh look-ups, and by somebody who had no part in the refusal. A result from outside is entered with its
 * document, whenever it comes. Overturned, the claim goes on in exactly one case (N4.3).
 */
export function decideReconsideration(
  state: In<'refused' | 'reconsideration'>,
  command: Ask<'decide-reconsideration'>,
  facts: Facts,
): Decision {
  const { by, source, documentId } = command;
  const isFromOutside = outside.has(source);
  if (isFromOutside && documentId === null) return refuse('document-missing');
  if (state.stage === 'refused' && !isFromOutside) return refuse('not-in-this-state');
  const { handler, reviewer } = state.reconsidered?.refusedBy ?? state.signatures;
  if (by === handler || by === reviewer) return refuse('took-part');
  if (!isFromOutside && lookUpSources.some((one) => !state.lookUps[one])) return refuse('look-ups-missing');
  if (command.decision === 'uphold') return record({ type: 'reconsideration-upheld', by, source });

  const findings = state.objections.filter((one) => one.state === 'upheld').map((one) => one.objectionId);
  // N3.4a: found true, nothing is to be paid. Only a decision from outside stands above the finding.
  if (findings.length > 0 && !isFromOutside) return refuse('finding-stands', { objections: findings });
  const setsAside = findings.length > 0 ? { setsAside: findings } : {};
  const { occupation, level } = state.certificate;
  const award = standard({ occupation, level, org: state.org }, facts.policy); // N4
  if (!award) return refuse('not-covered-level');
  const overturned: ReconsiderationEvent = { type: 'reconsideration-overturned', by, source, ...award, ...setsAside };
  const rival = rivalOf(state, facts);
  if (rival !== null) return record(overturned, { type: 'merged', into: rival, by: null });
  const { budgetYear, availableFen } = fundOf(state, facts);
  if (availableFen < award.amountFen) return record(overturned); // N5.2: waits for money before release
  return record(overturned, { type: 'fund-reserved', amountFen: award.amountFen, budgetYear });
}

const outside: ReadonlySet<ReconsiderationSource> = new Set(['administrative-reconsideration', 'court']);

/** Another case that has the entitlement of this one, which the store read under lock. */
function rivalOf(state: CaseState, { rival }: Facts) {
  if (rival === undefined) throw new Error(`${state.caseNo}: a reconsideration needs the entitlement among the facts`);
  return rival;
}
