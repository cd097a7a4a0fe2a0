import { type Deadline, pastDue } from '../policy/deadlines.ts';
import { isOffices, movedDeadline } from '../policy/moved-deadlines.ts';
import { type CivilDate, dateOf } from '../time.ts';
import { orgUnit } from '../reference/org-units.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, type RefusalCode, refuse } from './decision.ts';
import { allDeadlines, type CaseState } from './state.ts';

/** A deadline that passes is recorded and decides nothing (N3.1); one that a new calendar lengthens has not passed. */
export function passDeadline(state: CaseState, command: Ask<'pass-deadline'>, { now, calendar }: Facts): Decision {
  const deadline = named(state, command);
  if (deadline?.status !== 'running' || !pastDue(deadline, now)) return refuse('not-this-deadline');
  const moved = movedDeadline(deadline, calendar, dateOf(now));
  if (moved && moved.dueAt > now) return refuse('not-this-deadline');
  return record({ type: 'deadline-passed', kind: command.kind, dueAt: command.dueAt });
}

/** A changed calendar: every open deadline that it touches, with what it was. */
export function moveDeadlines(state: CaseState, { starts }: Ask<'move-deadlines'>, facts: Facts): Decision {
  const { now, calendar } = facts;
  const moved = allDeadlines(state).flatMap((deadline) => {
    const first = starts && deadline.kind === 'payout' ? payoutStart(state, deadline, facts) : deadline.startedOn;
    const after = movedDeadline(deadline, calendar, dateOf(now), first);
    return after ? [{ was: deadline.dueOn, deadline: after }] : [];
  });
  return moved.length === 0
    ? refuse('no-deadline-moved')
    : record({ type: 'deadlines-moved', calendarVersion: calendar.version, moved });
}

/**
 * N3.3: the payout's first day, on which HRSS tells who passed. One that still lies ahead follows from the window alone
 * and goes with the calendar both ways; one that has come may have been another, of a dismissed objection or a new
 * account, and is never before the day of telling.
 */
function payoutStart(state: CaseState, { startedOn }: Deadline, { now, calendar, policy }: Facts): CivilDate {
  const window = state.deadlines.findLast(({ kind }) => kind === 'publicity');
  if (!window) return startedOn;
  const told = calendar.add(window.dueOn, policy.deadlines['passed-list']);
  const today = dateOf(now);
  if (startedOn > today) return told > today ? told : today;
  return told > startedOn ? told : startedOn;
}

/** Once, so many working days before the last day (policy data), and not yet on the day on which it starts. */
export function remindOfDeadline(state: CaseState, command: Ask<'remind-deadline'>, facts: Facts): Decision {
  const early = tooEarly(state, command, facts);
  return early ? refuse(early) : record({ type: 'deadline-reminded', kind: command.kind, dueAt: command.dueAt });
}

/** N3.1a, N3.1d: the applicant hears once more before a period of her own is over; by the same days as the staff. */
export function remindApplicant(state: CaseState, command: Ask<'remind-applicant'>, facts: Facts): Decision {
  const early = tooEarly(state, command, facts);
  return early ? refuse(early) : record({ type: 'applicant-reminded', kind: command.kind, dueAt: command.dueAt });
}

function tooEarly(
  state: CaseState,
  asked: Pick<Deadline, 'kind' | 'dueAt'>,
  { now, calendar, policy }: Facts,
): RefusalCode | null {
  const deadline = named(state, asked);
  const today = dateOf(now);
  if (deadline?.status !== 'running' || deadline.remindedAt !== undefined || today <= deadline.startedOn)
    return 'not-this-deadline';
  const left = calendar.count(today, deadline.dueOn);
  return left < 0 || left > policy.reminderWorkingDays ? 'not-yet-due' : null;
}

/** What passed goes to the supervisor, later to the unit above, by working days (policy data); it decides nothing. */
export function escalateDeadline(state: CaseState, command: Ask<'escalate-deadline'>, facts: Facts): Decision {
  const { now, calendar, policy } = facts;
  const deadline = named(state, command);
  if (deadline?.status !== 'overdue' || !isOffices(deadline.kind)) return refuse('not-this-deadline');
  const late = calendar.count(deadline.dueOn, dateOf(now));
  const units = { supervisor: state.org, 'next-level': orgUnit(state.org).parent ?? state.org };
  const due = policy.escalation.filter(({ afterWorkingDays }) => late >= afterWorkingDays).map(({ to }) => units[to]);
  const known = deadline.escalatedTo ?? [];
  const to = [...new Set(due)].filter((org) => !known.includes(org));
  if (to.length === 0) return refuse('not-yet-due');
  return record({ type: 'deadline-escalated', kind: command.kind, dueAt: command.dueAt, to });
}

const named = (state: CaseState, { kind, dueAt }: Pick<Deadline, 'kind' | 'dueAt'>): Deadline | undefined =>
  state.deadlines.find((one) => one.kind === kind && one.dueAt === dueAt);
