import { dateOf } from '../time.ts';
import { type Deadline, type DeadlineKind, pastDue, stopDeadline } from '../policy/deadlines.ts';
import { resumeDeadline, startDeadline } from '../policy/deadline-days.ts';
import type { Ask } from './commands.ts';
import { isOpen } from './deadline-list.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import type { CaseState, In } from './state.ts';

/** N3.1a: what is missing is told once, as a complete list; the review clock stops on the day of the notice. */
export function askSupplement(state: In<'review'>, command: Ask<'handle'>, facts: Facts): Decision {
  if (state.asked?.supplement) return refuse('supplement-asked-already');
  const { by, clauses } = command;
  const review = stopped(state, facts);
  return record({ type: 'supplement-asked', by, clauses, until: begun('supplement', facts), review });
}

/** Answered within its period: everything is looked at again, and the clock goes on with the rest of its days. */
export function supplement(state: In<'supplement'>, command: Ask<'supplement'>, facts: Facts): Decision {
  if (isOver(state, 'supplement', facts)) return refuse('period-over');
  return record({ type: 'supplemented', documents: command.documents, review: resumed(state, facts) });
}

/** N3.1d: a certificate from elsewhere that is not in the provincial register yet; what is there already stops nothing. */
export function askRegistration(state: In<'review'>, command: Ask<'handle'>, facts: Facts): Decision {
  const needed = state.checks.some((check) => check.code === 'registered-in-province' && !check.passed);
  if (!needed) return refuse('registration-not-needed');
  if (state.asked?.registration) return refuse('registration-asked-already');
  const review = stopped(state, facts);
  return record({ type: 'registration-asked', by: command.by, until: begun('registration-filing', facts), review });
}

/** N3.1d: what HRSS does with a certificate from elsewhere, step by step. */
export function register(
  state: In<'certificate-registration'>,
  command: Ask<'receive-registration' | 'inspect-registration' | 'record-registration'>,
  facts: Facts,
): Decision {
  switch (command.type) {
    case 'receive-registration':
      return receiveRegistration(state, command, facts);
    case 'inspect-registration':
      return inspectRegistration(state, command, facts);
    case 'record-registration':
      return recordRegistration(state, command, facts);
  }
}

/** N3.1d: the certificate is with HRSS; from now on the applicant has done her part. */
function receiveRegistration(
  state: In<'certificate-registration'>,
  command: Ask<'receive-registration'>,
  facts: Facts,
): Decision {
  if (state.step !== 'awaited') return refuse('registration-received-already');
  if (isOver(state, 'registration-filing', facts)) return refuse('period-over');
  return record({
    type: 'registration-received',
    by: command.by,
    inspection: begun('certificate-registration', facts),
  });
}

/** N3.1d: HRSS has inspected it. Rejected, it goes to the handler with the reason; accepted, into the register first. */
function inspectRegistration(
  state: In<'certificate-registration'>,
  command: Ask<'inspect-registration'>,
  facts: Facts,
): Decision {
  if (state.step === 'entering') return refuse('registration-decided-already');
  if (state.step === 'awaited' && isOver(state, 'registration-filing', facts)) return refuse('period-over');
  const { by } = command;
  return command.result === 'registered'
    ? record({ type: 'registration-accepted', by })
    : record({ type: 'registration-rejected', by, review: resumed(state, facts) });
}

/** N3.1d: it stands in the provincial register: the clock resumes on the working day after the entry. */
function recordRegistration(
  state: In<'certificate-registration'>,
  command: Ask<'record-registration'>,
  facts: Facts,
): Decision {
  if (state.step !== 'entering') return refuse('not-in-this-state');
  return record({ type: 'certificate-registered', evidenceId: command.evidenceId, review: resumed(state, facts) });
}

/** The period is over and nothing came: the run's own command, about the very deadline that it waited for. */
export function lapse(
  state: In<'supplement' | 'certificate-registration'>,
  command: Ask<'lapse'>,
  facts: Facts,
): Decision {
  const awaited = state.stage === 'supplement' ? 'supplement' : 'registration-filing';
  const isAwaited = state.stage === 'supplement' || state.step === 'awaited';
  const deadline = state.deadlines.find((one) => one.kind === command.kind && one.dueAt === command.dueAt);
  if (command.kind !== awaited || !isAwaited || !deadline || !isOpen(deadline) || !pastDue(deadline, facts.now))
    return refuse('not-this-deadline');
  return record({ type: 'lapsed', of: awaited });
}

const begun = <K extends DeadlineKind>(kind: K, { now, policy, calendar }: Facts): Deadline<K> =>
  startDeadline(kind, dateOf(now), policy.deadlines[kind], calendar);

/** The review clock as the notice stops it; null where it does not run any more. */
function stopped(state: CaseState, { now }: Facts): Deadline | null {
  const running = state.deadlines.find((one) => one.kind === 'review' && one.status === 'running');
  const after = running && stopDeadline(running, dateOf(now));
  return after?.status === 'stopped' ? after : null;
}

/** The review clock as it goes on; null where nothing stopped it. */
function resumed(state: CaseState, { now, calendar }: Facts): Deadline | null {
  const waiting = state.deadlines.find((one) => one.kind === 'review' && one.status === 'stopped');
  return waiting ? resumeDeadline(waiting, dateOf(now), calendar) : null;
}

const isOver = (state: CaseState, kind: DeadlineKind, { now }: Facts): boolean =>
  state.deadlines.some((one) => one.kind === kind && isOpen(one) && pastDue(one, now));
