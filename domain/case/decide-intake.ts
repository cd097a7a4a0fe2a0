import { occupations } from '../reference/occupations.ts';
import { automaticChecks } from '../policy/checks.ts';
import { dateOf } from '../policy/dates.ts';
import { startDeadline } from '../policy/deadlines.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { lookUpSources } from './events.ts';
import type { CaseState } from './state.ts';

/**
 * N2, N3.1: the day of receipt starts the review clock; the version in force that day decides the amount (N4.1). What
 * comes by HRSS starts it when it is handed over (N2.5).
 */
export function file(command: Ask<'file'>, facts: Facts): Decision {
  const { policy, calendar, now } = facts;
  const today = dateOf(now);
  return record({
    type: 'filed',
    channel: command.channel,
    org: command.org,
    fund: command.fund,
    certificate: command.certificate,
    policyVersion: policy.id,
    ...(command.onBehalf ? { onBehalf: command.onBehalf } : {}),
    ...(command.throughHrss
      ? { handover: startDeadline('handover', today, policy.deadlines.handover, calendar) }
      : { review: startDeadline('review', today, policy.deadlines.review, calendar) }),
  });
}

/** N3.1a-c: the last answer completes the automatic checks. They inform; two people decide. */
export function answerLookUp(state: CaseState, command: Ask<'answer-look-up'>, facts: Facts): Decision {
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
