import { sleep } from '@temporalio/workflow';
import { evolveRecovery } from '../domain/recovery/evolve.ts';
import {
  isOver,
  nextDeadline,
  type RecoveryEvent,
  type RecoveryState,
  type Untold,
} from '../domain/recovery/recovery.ts';
import { submitRecoveryStep, tellRecipient } from './activities.ts';
import { Follower, type Known } from './follow.ts';
import type { Run } from './run.ts';

type Recovery = Follower<RecoveryState, RecoveryEvent>;

/**
 * The recovery of a paid subsidy (N3.4b) from the order to its end: the recipient is told of the demand and reminded when
 * a day of the plan passes unmet. People demand, receive, give up and close through PostgreSQL.
 */
export async function recoveryCase(run: Run<RecoveryState>): Promise<Known<RecoveryState>> {
  const recovery: Recovery = new Follower(run, (state, { at, event }) => evolveRecovery(state, at, event));
  while (!isOver(recovery.state)) {
    const [untold] = recovery.state.untold;
    const next = nextDeadline(recovery.state);
    if (untold) await tell(recovery, untold);
    else if (!next) await recovery.change();
    else if (await recovery.until(next.dueAt, () => isNext(recovery, next))) await pass(recovery, next);
  }
  return { seq: recovery.seq, hash: recovery.next.hash, state: recovery.state };
}

type Due = NonNullable<ReturnType<typeof nextDeadline>>;

function isNext({ state }: Recovery, { kind, dueAt }: Due): boolean {
  const next = nextDeadline(state);
  return state.untold.length === 0 && next?.kind === kind && next.dueAt === dueAt;
}

async function tell(recovery: Recovery, { about, n }: Untold): Promise<void> {
  const { caseNo } = recovery.state;
  const isUntold = () => recovery.state.untold.some((one) => one.about === about && one.n === n);
  await recovery.during(isUntold, async () => {
    recovery.take((await tellRecipient({ caseNo, knownSeq: recovery.seq, about, n })).events);
  });
}

/** Records that a day passed; it decides nothing. */
async function pass(recovery: Recovery, { kind, dueAt }: Due): Promise<void> {
  const { caseNo } = recovery.state;
  const command = { type: 'pass-deadline', kind, dueAt } as const;
  const news = await submitRecoveryStep({ caseNo, knownSeq: recovery.seq, command });
  recovery.take(news.events);
  // Refused, and nothing was recorded that says why: the database's clock is a little behind this one.
  if (news.refused !== undefined && isNext(recovery, { kind, dueAt })) await sleep('1 second');
}
