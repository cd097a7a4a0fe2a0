import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { Instant } from '../time.ts';

const isRunning = (deadline: Deadline): boolean => deadline.status === 'running' || deadline.status === 'overdue';

/** Met at `at`; late is late, whether the wake-up that records it came before or after (24:00 is late). */
export const met = (deadlines: readonly Deadline[], kind: DeadlineKind, at: Instant): readonly Deadline[] =>
  deadlines.map((one) =>
    one.kind === kind && isRunning(one) ? { ...one, status: at >= one.dueAt ? 'met-late' : 'met' } : one,
  );

/** Still to be met, stopped ones included. */
export const isOpen = (deadline: Deadline): boolean => isRunning(deadline) || deadline.status === 'stopped';

/** The open deadline of its kind as it is now; null: as it was. */
export const placed = (deadlines: readonly Deadline[], by: Deadline | null): readonly Deadline[] =>
  by === null ? deadlines : deadlines.map((one) => (one.kind === by.kind && isOpen(one) ? by : one));

/** A new deadline in the place of the one of its kind that runs. */
export const replaced = (deadlines: readonly Deadline[], by: Deadline): readonly Deadline[] =>
  deadlines.map((one) => (one.kind === by.kind && isRunning(one) ? by : one));

/** A deadline that goes on in the place of the stopped one of its kind, or begins where none is stopped. */
export const resumed = (deadlines: readonly Deadline[], by: Deadline): readonly Deadline[] =>
  deadlines.some((one) => one.kind === by.kind && one.status === 'stopped')
    ? deadlines.map((one) => (one.kind === by.kind && one.status === 'stopped' ? by : one))
    : [...deadlines, by];

/** The case is over: nobody has to meet these any more. One that was late stays late. */
export const dropped = (deadlines: readonly Deadline[]): readonly Deadline[] =>
  deadlines.map((one) => (one.status === 'running' || one.status === 'stopped' ? { ...one, status: 'dropped' } : one));
