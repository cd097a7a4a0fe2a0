import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { CaseNo } from '../domain/ids.ts';
import { type CaseOnRecord, decideAgain, readOnRecord, readRules, type RulesOnRecord } from '../store/decide-again.ts';
import { archivedRuns } from '../store/history-archive.ts';
import type { Store } from '../store/store.ts';
import { caseStreams } from '../store/stored-stream.ts';
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
 * again gives the events that were stored, and the row is what all events make of it.
 */
export async function* replayCases(tools: ReplayTools, caseNos: Iterable<string>): AsyncGenerator<CaseReport> {
  const rules = await readRules(tools.store.db);
  const all = [...caseNos];
  for (let first = 0; first < all.length; first += pageSize) {
    const page = all.slice(first, first + pageSize);
    const onRecord = await readOnRecord(tools.store, page as CaseNo[]);
    const runsOf = await replayRuns(
      tools,
      onRecord.map(({ stream }) => stream),
    );
    for (const caseNo of page) {
      const found = onRecord.find(({ id }) => id === caseNo);
      yield found
        ? report(found, runsOf.get(found.stream), rules)
        : { caseNo, agrees: false, line: `${caseNo}: unknown case` };
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

function report(onRecord: CaseOnRecord, runs: Runs | undefined, rules: RulesOnRecord): CaseReport {
  const again = decideAgain(onRecord, rules);
  const remarks = [...again.remarks];
  const differences = again.differences.map(({ seq, what }) => `event ${seq}, ${what}`);
  if (runs) differences.push(...runs.differences);
  else if (onRecord.outbox.wakes) remarks.push('its run has not begun yet, the outbox holds it');
  else if (caseStreams.needsNoRun(onRecord.row.state)) remarks.push('Temporal keeps no history of it any more');
  else differences.push('Temporal keeps no history of it');
  const { id: caseNo } = onRecord;
  const looked = [
    counted(runs?.runs ?? 0, 'run') + ` (${counted(runs?.events ?? 0, 'Temporal event')}) replayed${fromArchive(runs)}`,
    `${counted(again.decisions, 'decision')} made again`,
    `${counted(onRecord.events.length, 'event')} folded`,
  ].join(', ');
  const verdict = differences.length === 0 ? 'the same' : `DIFFERS: ${differences.join('; ')}`;
  return {
    caseNo,
    agrees: differences.length === 0,
    line: `${caseNo}: ${verdict} — ${[looked, ...remarks].join('; ')}`,
  };
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
