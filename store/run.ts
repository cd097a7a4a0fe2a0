import type { CaseCommand } from '../domain/case/commands.ts';
import type { CaseEvent } from '../domain/case/events.ts';
import type { CaseNo } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { CaseNews, Recorded } from '../domain/stream.ts';
import { type CaseStep, decideCase } from './case.ts';
import { caseStream } from './case-record.ts';
import type { Queryable } from './database.ts';
import { type Claim, once } from './once.ts';
import type { Store } from './store.ts';

/** A step of a workflow run: `<runId>:<activityId>` makes a retry of the activity the same command (design.md). */
export interface RunStep {
  readonly workflowId: string;
  readonly key: string;
  /** The last seq that the run knows. */
  readonly knownSeq: number;
}

/**
 * A run's own command on its case. Answers with every event since the seq that the run knows, whether the command was
 * recorded or refused: the run follows what was recorded.
 */
export async function submitForRun(
  store: Store,
  step: RunStep,
  caseNo: CaseNo,
  command: CaseCommand,
  extra?: CaseStep,
): Promise<CaseNews> {
  // The key alone names the step: on a retry a partner's answer, and with it the command, may read differently.
  const claim: Claim = { caller: step.workflowId, route: command.type, key: step.key, body: '' };
  const outcome = await once(store, claim, async (tx, commandId) => {
    const actor = { kind: 'process', name: step.workflowId } as const;
    // Only the case's own run reads the answer; another process's step must be told to it.
    const ownRun = step.workflowId === caseStream(caseNo);
    const decided = await decideCase(tx, store, { caseNo, command }, { actor, commandId, ownRun }, extra);
    return 'refused' in decided ? decided : { done: decided.done.seq };
  });
  const events = await eventsSince<CaseEvent>(store.db, caseStream(caseNo), step.knownSeq);
  return 'refused' in outcome ? { events, refused: outcome.refused.code } : { events };
}

/** A stream's events after a seq, as workflows get them: without what is sealed. */
export async function eventsSince<E>(db: Queryable, stream: string, seq: number): Promise<readonly Recorded<E>[]> {
  const { rows } = await db.query<{ seq: number; at: number; body: E; hash: Buffer }>(
    'SELECT seq, at, body, hash FROM event WHERE stream = $1 AND seq > $2 ORDER BY seq',
    [stream, seq],
  );
  return rows.map((row) => ({
    seq: row.seq,
    at: instantFromMs(row.at),
    hash: row.hash.toString('hex'),
    event: row.body,
  }));
}
