import { condition, patched } from '@temporalio/workflow';
import type { CaseEvent } from '../domain/case/events.ts';
import type { CaseState, Objection } from '../domain/case/state.ts';
import { askAppraisal } from './activities.ts';
import { beside, type Beside } from './beside.ts';
import type { Follower } from './follow.ts';

/**
 * Asks the appraisal body about every open objection and report, one after the other (N3.4a). What it answers is for HRSS,
 * who decides whether or not it has answered; an objection that is decided meanwhile is asked about no longer.
 */
export function keepInquiries(theCase: Follower<CaseState, CaseEvent>): Beside {
  const seen = new Set<string>();
  const unanswered = (): Objection | undefined =>
    theCase.state.objections.find((one) => one.state === 'open' && !one.appraisal && !seen.has(one.objectionId));
  const keep = async (): Promise<void> => {
    for (;;) {
      await condition(() => unanswered() !== undefined);
      const objectionId = unanswered()?.objectionId;
      if (objectionId === undefined) continue;
      seen.add(objectionId);
      if (!patched('appraisal')) continue; // runs of before the body was asked
      const isOpen = () =>
        theCase.state.objections.some((one) => one.objectionId === objectionId && one.state === 'open');
      await theCase.during(isOpen, async () => {
        const { caseNo } = theCase.state;
        theCase.take((await askAppraisal({ caseNo, knownSeq: theCase.seq, objectionId })).events);
      });
    }
  };
  return beside(keep);
}
