import { keptUntil, retentionClassOf, retentionNamed } from '../policy/retention.ts';
import { dateOf, type Instant } from '../time.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { type CaseState, nothingComesAfter } from './state.ts';

/**
 * Whether the case's personal data is due to be destroyed: nothing can come any more, nothing is open, and its term is
 * over.
 */
export function shred(state: CaseState, command: Ask<'shred'>, { now }: Facts): Decision {
  if (state.shreddedAt !== undefined) return refuse('already-shredded');
  const end = nothingComesAfter(state);
  const isOpen = state.objections.some((objection) => objection.state === 'open') || state.holds.length > 0;
  if (isOpen || end === null || (end !== 'now' && end > now)) return refuse('still-open');
  const schedule = retentionNamed(command.schedule);
  if (!schedule) return refuse('unknown-schedule');
  const over = laterOf(command.lastAt, end === 'now' ? command.lastAt : end);
  const kind = retentionClassOf(state);
  const dueOn = keptUntil(schedule, kind, over);
  if (dateOf(now) < dueOn) return refuse('kept-longer', { dueOn });
  return record({ type: 'shredded', schedule: schedule.id, class: kind, dueOn });
}

const laterOf = (one: Instant, other: Instant): Instant => (one > other ? one : other);
