import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { type CaseEvent, type RegisterSource, registerSources } from '../domain/case/events.ts';
import { allDeadlines, type CaseState } from '../domain/case/state.ts';
import type { Instant } from '../domain/time.ts';
import { lookAgain } from './activities.ts';
import type { Follower } from './follow.ts';

/**
 * Both registers are asked again before the payment order (N3.1c): on the window's last day, and until they answer; while
 * the case waits for its money, once more whenever an answer gets too old. What it means is decided where it is recorded.
 */
export function keepLookingAgain(theCase: Follower<CaseState, CaseEvent>): { readonly stop: () => void } {
  const scope = new CancellationScope();
  const keep = async (): Promise<void> => {
    for (;;) {
      await condition(() => nextLook(theCase.state) !== undefined);
      const next = nextLook(theCase.state);
      if (!next) continue;
      const { source, dueAt } = next;
      const isNext = () => nextLook(theCase.state)?.source === source && nextLook(theCase.state)?.dueAt === dueAt;
      if (!(await theCase.until(dueAt, isNext))) continue;
      const { caseNo } = theCase.state;
      await theCase.during(isNext, async () => {
        theCase.take((await lookAgain({ caseNo, knownSeq: theCase.seq, source })).events);
      });
      // Refused while it is still due here: the database's clock is a little behind this one.
      if (isNext()) await sleep('1 minute');
    }
  };
  scope.run(keep).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return {
    stop: () => {
      scope.cancel();
    },
  };
}

/** Whether an answer has a term, as all have since there is one. */
export const hasTerm = ({ lookUps }: CaseState): boolean =>
  registerSources.some((source) => lookUps[source]?.goodUntil !== undefined);

/** The register that is asked next, and from when on: on the window's last day, then whenever an answer gets too old. */
function nextLook(state: CaseState): Look | undefined {
  if (state.stage !== 'publicity' && state.stage !== 'payable') return undefined;
  const window = allDeadlines(state).findLast(({ kind }) => kind === 'publicity');
  if (window) {
    const dueAt = `${window.dueOn}T00:00:00+08:00` as Instant;
    const source = registerSources.find((one) => (state.lookUps[one]?.at ?? '') < dueAt);
    if (source) return { source, dueAt };
  }
  if (state.stage !== 'payable') return undefined;
  let next: Look | undefined;
  for (const source of registerSources) {
    const dueAt = state.lookUps[source]?.goodUntil;
    if (dueAt !== undefined && (!next || dueAt < next.dueAt)) next = { source, dueAt };
  }
  return next;
}

interface Look {
  readonly source: RegisterSource;
  readonly dueAt: Instant;
}
