import { condition, sleep } from '@temporalio/workflow';
import type { Deadline } from '../domain/policy/deadlines.ts';
import { beside, type Beside } from './beside.ts';
import type { Follower } from './follow.ts';

/**
 * Keeps the running deadlines of one process with one timer: the earliest due first. Passing one is a command that
 * records it and decides nothing (N3.1: a breach escalates and is counted).
 * @param running the deadlines that run now
 * @param pass asks to record that this one passed; false when it was refused
 */
export function keepDeadlines<S, E, D extends Deadline>(
  follower: Follower<S, E>,
  running: (state: S) => readonly D[],
  pass: (deadline: D) => Promise<boolean>,
): Beside {
  const earliest = (): D | undefined => {
    let first: D | undefined;
    for (const one of running(follower.state)) if (!first || one.dueAt < first.dueAt) first = one;
    return first;
  };
  const keep = async (): Promise<void> => {
    for (;;) {
      const next = earliest();
      if (!next) {
        await condition(() => earliest() !== undefined);
        continue;
      }
      const isNext = () => earliest()?.kind === next.kind && earliest()?.dueAt === next.dueAt;
      const passed = await follower.until(next.dueAt, isNext);
      // Refused while it still runs here: the database's clock is a little behind this one.
      if (passed && !(await pass(next)) && isNext()) await sleep('1 second');
    }
  };
  return beside(keep);
}

/** Those of a list that nobody has met yet and that were not recorded as passed. */
export const stillRunning = (deadlines: readonly Deadline[]): readonly Deadline[] =>
  deadlines.filter((deadline) => deadline.status === 'running');
