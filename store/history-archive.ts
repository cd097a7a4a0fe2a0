import type { Queryable } from './database.ts';
import { sha256 } from './vault.ts';

/** One run's full history as Temporal had it at its end, compressed; its payloads are sealed as Temporal kept them. */
export interface ArchivedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** Real time, epoch milliseconds. */
  readonly closedAtMs: number;
  readonly events: number;
  readonly content: Buffer;
}

/** What the daily root signs: the bytes, and whose they are. */
export const archiveHash = ({ workflowId, runId, content }: Pick<ArchivedRun, 'workflowId' | 'runId' | 'content'>) =>
  sha256(Buffer.concat([Buffer.from(`${workflowId}/${runId}\n`), content]));

/** A run is archived once, whoever repeats it. */
export async function archiveRun(db: Queryable, run: ArchivedRun): Promise<void> {
  await db.query(
    `INSERT INTO history_archive (workflow_id, run_id, closed_at, events, content, hash)
     VALUES ($1, $2, to_timestamp($3::double precision / 1000), $4, $5, $6) ON CONFLICT DO NOTHING`,
    [run.workflowId, run.runId, run.closedAtMs, run.events, run.content, archiveHash(run)],
  );
}

/** When the run closed that was archived last, epoch milliseconds; null before the first. */
export async function lastArchivedClose(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ last: number | null }>('SELECT max(closed_at) AS last FROM history_archive');
  return rows[0]?.last ?? null;
}

interface Read {
  workflow_id: string;
  run_id: string;
  closed_at: number;
  events: number;
  content: Buffer;
  hash: Buffer;
}
const columns = 'workflow_id, run_id, closed_at, events, content, hash';

/** A run as it lies in the archive. */
export interface RunOnRecord extends ArchivedRun {
  /** Its bytes are those that were archived. */
  readonly isWhole: boolean;
}

function fromRow(row: Read): RunOnRecord {
  const { workflow_id: workflowId, run_id: runId, closed_at: closedAtMs, events, content, hash } = row;
  const isWhole = archiveHash({ workflowId, runId, content }).equals(hash);
  return { workflowId, runId, closedAtMs, events, content, isWhole };
}

/** Every archived run of these workflow ids, in the order in which they closed. */
export async function archivedRuns(db: Queryable, workflowIds: readonly string[]): Promise<readonly RunOnRecord[]> {
  const { rows } = await db.query<Read>(
    `SELECT ${columns} FROM history_archive WHERE workflow_id = ANY ($1) ORDER BY closed_at, run_id`,
    [workflowIds],
  );
  return rows.map(fromRow);
}

export async function archivedRun(db: Queryable, workflowId: string, runId: string): Promise<RunOnRecord | undefined> {
  const { rows } = await db.query<Read>(
    `SELECT ${columns} FROM history_archive WHERE workflow_id = $1 AND run_id = $2`,
    [workflowId, runId],
  );
  return rows.map(fromRow)[0];
}

export async function isArchived(db: Queryable, workflowId: string, runId: string): Promise<boolean> {
  const { rows } = await db.query('SELECT FROM history_archive WHERE workflow_id = $1 AND run_id = $2', [
    workflowId,
    runId,
  ]);
  return rows.length > 0;
}
