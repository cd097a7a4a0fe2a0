import { dateOf } from '../time.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import type { Ask } from './commands.ts';
import { checked } from './checked.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { lookUpSources } from './events.ts';
import type { CaseState, In } from './state.ts';

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
    ...(command.moved ? { moved: command.moved } : {}),
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
  return { events: [{ event: lookedUp }, checked(state, facts.file, facts)] };
}

/** N3.1c: a register does not hold this kind; the issuing body's written confirmation, entered by HRSS, is the evidence. */
export function confirmCertificate(state: In<'review'>, command: Ask<'confirm-certificate'>): Decision {
  if (state.handling) return refuse('already-handled', { by: state.handling.by });
  if (!Object.values(state.lookUps).some(({ answer }) => answer === 'not-covered')) return refuse('nothing-to-confirm');
  return record({ type: 'certificate-confirmed', by: command.by, documentId: command.documentId });
}
