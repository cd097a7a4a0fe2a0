import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { firstParting, partingInWords } from '../store/difference.ts';
import type { Store } from '../store/store.ts';
import {
  batchStreams,
  caseStreams,
  type Difference,
  foldDifferences,
  foldUpTo,
  intakeStreams,
  messageOf,
  readStreams,
  reconciliationStreams,
  recoveryStreams,
  roundStreams,
  type StoredStream,
  type StreamKind,
  type Which,
} from '../store/stored-stream.ts';
import { knownQuery } from '../workflows/follow-names.ts';
import { taskQueue } from './connection.ts';

/** What a run answers to the query `known`, and most runs when they end. */
interface Known {
  readonly seq: number;
  readonly hash: string;
  readonly state: unknown;
}

export interface Drift extends Difference {
  readonly stream: string;
}

const pageSize = 200;
const askedAtOnce = 8;
const answerWithinMs = 10_000;
/** Pauses before a stream that differs is looked at again: what is on its way arrives in the meantime. */
const pausesMs = [300, 1_000, 3_000];

/**
 * Holds every case, round, batch, filing and recovery against its events, and both against what its workflow run knows. A run that is behind
 * is in order while the outbox holds what it has not heard.
 * @param found hears of each difference, in the order of the streams
 * @returns how many streams were looked at
 */
export async function findDrift(store: Store, client: Client, found: (drift: Drift) => void): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  if (pollers.length === 0) throw new Error('no worker is there to answer for its runs: start `npm run worker`');
  const cases = await driftOf(caseStreams, store, client, found);
  const rounds = await driftOf(roundStreams, store, client, found);
  const intakes = await driftOf(intakeStreams, store, client, found);
  const days = await driftOf(reconciliationStreams, store, client, found);
  const batches = await driftOf(batchStreams, store, client, found);
  const recoveries = await driftOf(recoveryStreams, store, client, found);
  return cases + rounds + intakes + batches + recoveries + days;
}

async function driftOf<S, E>(
  kind: StreamKind<S, E>,
  store: Store,
  client: Client,
  found: (drift: Drift) => void,
): Promise<number> {
  let count = 0;
  for (let after = ''; ;) {
    const page = await readPage(kind, store, { after, limit: pageSize });
    count += page.length;
    for (const drift of await settled(kind, store, client, page)) found(drift);
    const last = page.at(-1);
    if (!last) break;
    after = last.id;
  }
  for (const stream of await withoutRow(kind, store)) found({ stream, seq: 1, what: 'it has events and no row' });
  return count;
}

/** The parts of a page fit each other: they are read at one instant. */
const readPage = <S, E>(kind: StreamKind<S, E>, store: Store, which: Which): Promise<readonly StoredStream<S, E>[]> =>
  store.db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return readStreams(tx, kind, which);
  });

async function withoutRow<S, E>(
  { prefix, table, idColumn }: StreamKind<S, E>,
  store: Store,
): Promise<readonly string[]> {
  const { rows } = await store.db.query<{ stream: string }>(
    `SELECT stream FROM event WHERE seq = 1 AND starts_with(stream, $1)
       AND NOT EXISTS (SELECT FROM ${table} WHERE $1 || ${idColumn} = stream) ORDER BY 1`,
    [`${prefix}-`],
  );
  return rows.map((row) => row.stream);
}

/** Differences of a page that are still there when it was looked at again. */
async function settled<S, E>(
  kind: StreamKind<S, E>,
  store: Store,
  client: Client,
  page: readonly StoredStream<S, E>[],
): Promise<readonly Drift[]> {
  let drifts = await lookAt(kind, client, page);
  for (const pauseMs of pausesMs) {
    if (drifts.length === 0) break;
    await sleep(pauseMs);
    const ids = [...new Set(drifts.map(({ stream }) => stream.slice(kind.prefix.length + 1)))];
    drifts = await lookAt(kind, client, await readPage(kind, store, { ids }));
  }
  return drifts;
}

async function lookAt<S, E>(
  kind: StreamKind<S, E>,
  client: Client,
  page: readonly StoredStream<S, E>[],
): Promise<readonly Drift[]> {
  const drifts: Drift[] = [];
  for (let first = 0; first < page.length; first += askedAtOnce) {
    const together = await Promise.all(
      page.slice(first, first + askedAtOnce).map(async (stored) => {
        const differences = [...foldDifferences(kind, stored), ...(await runDifferences(kind, client, stored))];
        return differences.map((one) => ({ stream: stored.stream, ...one }));
      }),
    );
    drifts.push(...together.flat());
  }
  return drifts;
}

async function runDifferences<S, E>(
  kind: StreamKind<S, E>,
  client: Client,
  stored: StoredStream<S, E>,
): Promise<readonly Difference[]> {
  const { row, outbox } = stored;
  const differ = (what: string, seq = row.seq): readonly Difference[] => [{ seq, what }];
  const isInOrderWithoutRun = outbox.wakes || kind.needsNoRun(row.state);
  const run = client.workflow.getHandle(stored.stream);
  let status: string;
  let known: Known;
  try {
    status = (await run.describe()).status.name;
    if (status !== 'RUNNING' && status !== 'COMPLETED')
      return isInOrderWithoutRun ? [] : differ(`its run has ended as ${status}`);
    if (status === 'COMPLETED' && !isInOrderWithoutRun)
      return differ('its run has ended though something can still come');
    known = await client.withDeadline(Date.now() + answerWithinMs, () => run.query<Known>(knownQuery));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return isInOrderWithoutRun ? [] : differ('it has no run');
    return differ(`its run does not answer: ${messageOf(error)}`);
  }
  return knownDifferences(kind, stored, known, status === 'COMPLETED');
}

/** What a run knows against what is recorded; pure. */
export function knownDifferences<S, E>(
  kind: StreamKind<S, E>,
  stored: StoredStream<S, E>,
  known: Known,
  hasEnded: boolean,
): readonly Difference[] {
  const { events, outbox, stream } = stored;
  const last = events.at(-1)?.seq ?? 0;
  if (known.seq > last) return [{ seq: known.seq, what: `its run knows event ${known.seq}, recorded are ${last}` }];
  const at = events.find(({ seq }) => seq === known.seq);
  if (at?.hash !== known.hash) return [{ seq: known.seq, what: 'its run knows another event under this number' }];
  const differences: Difference[] = [];
  const unheard = events.filter(({ seq, actor }) => {
    if (seq <= known.seq || outbox.seqs.includes(seq)) return false;
    // A run that has ended needed no answer to its own last step.
    return !(hasEnded && actor.kind === 'process' && actor.name === stream);
  });
  const [first] = unheard;
  if (first)
    differences.push({
      seq: first.seq,
      what: `its run knows ${known.seq} of ${last} events, and nothing waits to tell it`,
    });
  try {
    const parting = firstParting(foldUpTo(kind, stored, known.seq), known.state);
    if (parting) differences.push({ seq: known.seq, what: `by its events ${partingInWords(parting, 'in its run')}` });
  } catch {
    // events that can't follow each other are told by the fold
  }
  return differences;
}
