import { condition, sleep } from '@temporalio/workflow';
import type { CaseEvent } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import { nextTelling } from '../domain/case/tellings.ts';
import { sendTelling } from './activities.ts';
import { beside, type Beside } from './beside.ts';
import type { Follower } from './follow.ts';

/**
 * Tells the applicant one thing after the other, beside whatever the case does meanwhile. What was recorded says what
 * is left; a telling that a person took over is given up.
 */
export function keepTellings(theCase: Follower<CaseState, CaseEvent>): Beside {
  const keep = async (): Promise<void> => {
    for (;;) {
      await condition(() => nextTelling(theCase.state) !== undefined);
      const n = nextTelling(theCase.state)?.n ?? 0;
      const isOpen = () => nextTelling(theCase.state)?.n === n;
      const { caseNo } = theCase.state;
      await theCase.during(isOpen, async () => {
        theCase.take((await sendTelling({ caseNo, knownSeq: theCase.seq, n })).events);
      });
      // Nothing was recorded: a carrier is slow, and saying so again at once would spin.
      if (isOpen()) await sleep('1 minute');
    }
  };
  return beside(keep);
}
