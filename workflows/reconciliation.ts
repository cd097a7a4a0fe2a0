import { sleep } from '@temporalio/workflow';
import {
  evolveReconciliation,
  reconciliationId,
  type ReconciliationEvent,
  type ReconciliationState,
} from '../domain/payment/reconciliation.ts';
import { reconcile } from './activities.ts';
import { Follower, type Known } from './follow.ts';
import type { Run } from './run.ts';

const firstPauseMs = 30_000;
const longestPauseMs = 3_600_000;

/**
 * One bank day of a fund (对账): asks for the statement until there is one and holds it against our books. What does not
 * agree is for people; that it is missing is recorded, and asking goes on.
 */
export async function reconciliation(run: Run<ReconciliationState>): Promise<Known<ReconciliationState>> {
  const theDay = new Follower<ReconciliationState, ReconciliationEvent>(run, (state, { at, event }) =>
    evolveReconciliation(state, at, event),
  );
  const { fund, date } = theDay.state;
  for (let pauseMs = firstPauseMs; !isMatched(theDay.state); pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const { events } = await reconcile({ reconciliationId: reconciliationId(fund, date), knownSeq: theDay.seq });
    theDay.take(events);
    if (!isMatched(theDay.state)) await sleep(pauseMs);
  }
  return { seq: theDay.seq, hash: theDay.next.hash, state: theDay.state };
}

const isMatched = ({ stage }: ReconciliationState): boolean => stage === 'matched';
