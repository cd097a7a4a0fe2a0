import type { Deadline } from '../policy/deadlines.ts';
import type { Instant } from '../time.ts';
import type { DeadlineEvent } from './events-deadlines.ts';
import type { CaseState } from './state.ts';

/** What becomes of deadlines by themselves: passed, reminded of, escalated, moved by a changed calendar. */
export function evolveDeadlines(state: CaseState, at: Instant, event: DeadlineEvent): CaseState {
  if (event.type === 'deadlines-moved') {
    const after = (one: Deadline): Deadline =>
      event.moved.find(({ was, deadline }) => deadline.kind === one.kind && was === one.dueOn && isOpen(one))
        ?.deadline ?? one;
    const moved = { ...state, deadlines: state.deadlines.map(after) };
    return moved.stage === 'publicity' ? { ...moved, window: after(moved.window) } : moved;
  }
  const change = (one: Deadline): Deadline => {
    switch (event.type) {
      case 'deadline-passed':
        return { ...one, status: 'overdue' };
      case 'deadline-reminded':
      case 'applicant-reminded':
        return { ...one, remindedAt: at };
      case 'deadline-escalated':
        return { ...one, escalatedTo: [...(one.escalatedTo ?? []), ...event.to] };
    }
  };
  return {
    ...state,
    deadlines: state.deadlines.map((one) => (one.kind === event.kind && one.dueAt === event.dueAt ? change(one) : one)),
  };
}

const isOpen = ({ status }: Deadline): boolean => status === 'running' || status === 'overdue';
