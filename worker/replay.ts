import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { CaseNo } from '../domain/ids.ts';
import {
  type CaseOnRecord,
  decideAgain,
  type DecidedAgain,
  readOnRecord,
  readRules,
  type RulesOnRecord,
} from '../store/decide-again.ts';
import { archivedRuns } from '../store/history-archive.ts';
import type { Store } from '../store/store.ts';
import { decideRecoveryAgain, readRecoveriesOnRecord, type RecoveryOnRecord } from '../store/decide-recovery-again.ts';
import { caseStreams, recoveryStreams, type StoredStream, type StreamKind } from '../store/stored-stream.ts';
import { historyOf } from './archive.ts';

/** What a replay works with. */
export interface ReplayTools {
  readonly store: Store;
  readonly client: Client;
  readonly workflowBundle: WorkflowBundleOption;
  readonly dataConverter: DataConverter;
}

/** One case in one line of plain English. */
export interface CaseReport {
  readonly caseNo: string;
  readonly agrees: boolean;
  readonly line: string;
}

/** What Temporal keeps of one workflow id. */
interface Runs {
  runs: number;
  /** Of them, from the archive: Temporal keeps them no more. */
  archived: number;
  events: number;
  readonly differences: string[];
}

/** Cases whose histories one replay worker takes. */
const pageSize = 50;

/**
 * Replays cases for auditors: today's workflow code gives the commands that Temporal recorded, each stored decision made
 * again gives the events that were stored, and the row is what all events make of it. So for the case's recovery.
 */
export async function* replayCases(tools: ReplayTools, caseNos: Iterable<string>): AsyncGenerator<CaseReport> {
  const rules = await readRules(tools.store.db);
  const all = [...caseNos];
  for (let first = 0; first < all.length; first += pageSize) {
    const page = all.slice(first, first + pageSize);
    const onRecord = await readOnRecord(tools.store, page as CaseNo[]);
    const recoveries = await readRecoveriesOnRecord(tools.store, page as CaseNo[]);
    const runsOf = await replayRuns(
      tools,
      [...onRecord, ...recoveries].map(({ stream }) => stream),
    );
    for (const caseNo of page) {
      const found = onRecord.find(({ id }) => id === caseNo);
      const recovery = recoveries.find(({ id }) => id === caseNo);
      yield found ? report(found, recovery, runsOf, rules) : { caseNo, agrees: false, line: `${caseNo}: unknown case` };
    }
  }
}

/** All case numbers in order, a page at a time. */
export async function allCaseNos(store: Store): Promise<readonly string[]> {
  const found: string[] = [];
  for (;;) {
    const { rows } = await store.db.query<{ case_no: string }>(
      'SELECT case_no FROM cases WHERE case_no > $1 ORDER BY case_no LIMIT 5000',
      [found.at(-1) ?? ''],
    );
    if (rows.length === 0) return found;
    found.push(...rows.map((row) => row.case_no));
  }
}

function report(
  onRecord: CaseOnRecord,
  recovery: RecoveryOnRecord | undefined,
  runsOf: ReadonlyMap<string, Runs>,
  rules: RulesOnRecord,
): CaseReport {
  const parts = [looked(caseStreams, onRecord, decideAgain(onRecord, rules), runsOf.get(onRecord.stream))];
  if (recovery) {
    const again = decideRecoveryAgain(recovery, rules);
    const own = looked(recoveryStreams, recovery, again, runsOf.get(recovery.stream));
    const differences = own.differences.map((difference) => `recovery: ${difference}`);
    parts.push({ differences, words: `its recovery: ${own.words}` });
  }
  const { id: caseNo } = onRecord;
  const differences = parts.flatMap((part) => part.differences);
  const verdict = differences.length === 0 ? 'the same' : `DIFFERS: ${differences.join('; ')}`;
  const line = `${caseNo}: ${verdict} — ${parts.map(({ words }) => words).join('; ')}`;
  return { caseNo, agrees: differences.length === 0, line };
}

/** One stream of the case: what was looked at, in words, and what does not agree. */
function looked<S, E>(
  kind: StreamKind<S, E>,
  { row, events, outbox }: StoredStream<S, E>,
  again: DecidedAgain,
  runs: Runs | undefined,
): { readonly differences: readonly string[]; readonly words: string } {
  const remarks = [...again.remarks];
  const differences = again.differences.map(({ seq, what }) => `event ${seq}, ${what}`);
  if (runs) differences.push(...runs.differences);
  else if (outbox.wakes) remarks.push('its run has not begun yet, the outbox holds it');
  else if (kind.needsNoRun(row.state)) remarks.push('Temporal keeps no history of it any more');
  else differences.push('Temporal keeps no history of it');
  const words = [
    counted(runs?.runs ?? 0, 'run') + ` (${counted(runs?.events ?? 0, 'Temporal event')}) replayed${fromArchive(runs)}`,
    `${counted(again.decisions, 'decision')} made again`,
    `${counted(events.length, 'event')} folded`,
  ].join(', ');
  return { differences, words: [words, ...remarks].join('; ') };
}

const fromArchive = (runs: Runs | undefined): string =>
  runs && runs.archived > 0 ? `, ${runs.archived} from the archive` : '';
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Replays every run that Temporal keeps of these workflow ids; an id without one is missing from the map. */
async function replayRuns(tools: ReplayTools, workflowIds: readonly string[]): Promise<ReadonlyMap<string, Runs>> {
  const { client, workflowBundle, dataConverter } = tools;
  const found = new Map<string, Runs>();
  if (workflowIds.length === 0) return found;
  const runsOf = (workflowId: string): Runs => {
    const runs = found.get(workflowId) ?? { runs: 0, archived: 0, events: 0, differences: [] };
    found.set(workflowId, runs);
    return runs;
  };
  const kept = new Set<string>();
  async function* histories() {
    const query = `WorkflowId IN (${workflowIds.map((id) => `"${id}"`).join(', ')})`;
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const runs = runsOf(workflowId);
      runs.runs += 1;
      runs.events += history.events?.length ?? 0;
      kept.add(runId);
      yield { workflowId, history };
    }
    for (const run of await archivedRuns(tools.store.db, workflowIds)) {
      if (kept.has(run.runId)) continue;
      const runs = runsOf(run.workflowId);
      runs.runs += 1;
      runs.archived += 1;
      runs.events += run.events;
      if (run.isWhole) yield { workflowId: run.workflowId, history: historyOf(run) };
      else runs.differences.push(`the archive of run ${run.runId} is not what was archived`);
    }
  }
  for await (const { workflowId, runId, error } of Worker.runReplayHistories(
    { workflowBundle, dataConverter },
    histories(),
  )) {
    if (error) runsOf(workflowId).differences.push(`run ${runId} replays otherwise: ${firstLine(error.message)}`);
  }
  return found;
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 300);
