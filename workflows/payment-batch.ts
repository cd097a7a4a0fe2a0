import { sleep } from '@temporalio/workflow';
import { type BatchEvent, type BatchState, evolveBatch } from '../domain/payment/batch.ts';
import { payOrders, settleBatch } from './activities.ts';
import { Follower } from './follow.ts';
import type { Run } from './run.ts';

const firstPauseMs = 2_000;
const longestPauseMs = 600_000;

/**
 * A released batch until every order is final (N3.3). The bank calls back by itself; this run sends, and asks after
 * what has not been answered, at growing intervals.
 */
export async function paymentBatch(run: Run<BatchState>): Promise<BatchState> {
  const batch = new Follower<BatchState, BatchEvent>(run, (state, { at, event }) => evolveBatch(state, at, event));
  const { batchId } = batch.state;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const { open } = await payOrders({ batchId });
    if (open === 0 && (await settleBatch({ batchId })).open === 0) return batch.state;
    await sleep(pauseMs);
  }
}
