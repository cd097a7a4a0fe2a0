import { type IntakeEvent, evolveIntake, intakeIsOver, type IntakeState } from '../domain/intake/batch.ts';
import { fileRows, handOverRows } from './activities.ts';
import { Follower, type Known } from './follow.ts';
import type { Run } from './run.ts';

/** One collective filing (N2.5): every good row a case, then HRSS accepts, then the cases are with their agencies. */
export async function collectiveIntake(run: Run<IntakeState>): Promise<Known<IntakeState>> {
  const batch = new Follower<IntakeState, IntakeEvent>(run, (state, { at, event }) => evolveIntake(state, at, event));
  while (!intakeIsOver(batch.state)) {
    const { batchId, outcome, acceptance } = batch.state;
    const knownSeq = batch.seq;
    if (!outcome) batch.take((await fileRows({ batchId, knownSeq })).events);
    else if (acceptance) batch.take((await handOverRows({ batchId, knownSeq })).events);
    else await batch.change(); // HRSS accepts
  }
  return { seq: batch.seq, hash: batch.next.hash, state: batch.state };
}
