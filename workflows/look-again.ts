import { condition, sleep } from '@temporalio/workflow';
import { type CaseEvent, type RegisterSource, registerSources } from '../domain/case/events.ts';
import { registersToAsk } from '../domain/case/look-again.ts';
import { allDeadlines, type CaseState } from '../domain/case/state.ts';
import type { RoundEvent, RoundState } from '../domain/round/round.ts';
import { type CivilDate, type Instant, startOfDay } from '../domain/time.ts';
import { lookAgain, lookAgainAtEntries } from './activities.ts';
import { beside, type Beside } from './beside.ts';
import type { Follower } from './follow.ts';

/**
 * Both registers are asked again before the payment order (N3.1c): on the window's last day, and until they answer; while
 * the case waits for its money, once more whenever an answer gets too old. What it means is decided where it is recorded.
 * A case that sleeps through its window is asked about by its round.
 */
export function keepLookingAgain(theCase: Follower<CaseState, CaseEvent>): Beside {
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
  return beside(keep);
}

/**
 * The same for all entries of a round, on its window's last day. What a register has not answered by the window's end is
 * left to each case, as is whatever comes later.
 */
export function keepLookingAgainAtEntries(round: Follower<RoundState, RoundEvent>): Beside {
  let lookedOn: CivilDate | null = null;
  const lastDay = (): CivilDate | null => (round.state.stage === 'public' ? round.state.window.dueOn : null);
  const keep = async (): Promise<void> => {
    for (;;) {
      await condition(() => lastDay() !== null && lastDay() !== lookedOn);
      const day = lastDay();
      if (day === null) continue;
      const isLast = () => lastDay() === day;
      if (!(await round.until(startOfDay(day), isLast))) continue;
      await round.during(isLast, () => lookAgainAtEntries({ roundId: round.state.roundId, day }));
      lookedOn = day;
    }
  };
  return beside(keep);
}

/** Whether an answer has a term, as all have since there is one. */
export const hasTerm = ({ lookUps }: CaseState): boolean =>
  registerSources.some((source) => lookUps[source]?.goodUntil !== undefined);

/** The register that is asked next, and from when on: on the window's last day, then whenever an answer gets too old. */
function nextLook(state: CaseState): Look | undefined {
  if (state.stage !== 'publicity' && state.stage !== 'payable') return undefined;
  const window = allDeadlines(state).findLast(({ kind }) => kind === 'publicity');
  if (window) {
    const dueAt = startOfDay(window.dueOn);
    const [source] = registersToAsk(state.lookUps, dueAt);
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
