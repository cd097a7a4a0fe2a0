import { gunzipSync, gzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { type ArchivedRun, archiveRun, isArchived, lastArchivedClose } from '../store/history-archive.ts';
import type { Store } from '../store/store.ts';

const { History } = proto.temporal.api.history.v1;

/** Visibility lists a closed run a little later than it closed. */
const marginMs = 3_600_000;

/**
 * Archives every run that has closed and is not archived yet, with the hash of its full history, before the namespace's
 * retention removes it (design.md, Privacy and audit). What Temporal sealed stays sealed. Days' runs decide nothing and
 * are left out.
 * @returns how many were archived
 */
export async function archiveClosedRuns(store: Store, client: Client, beat: () => void): Promise<number> {
  const last = await lastArchivedClose(store.db);
  const since = last === null ? '' : ` AND CloseTime >= "${new Date(last - marginMs).toISOString()}"`;
  const query = `ExecutionStatus != "Running" AND WorkflowType != "businessDay"${since}`;
  let count = 0;
  for await (const { workflowId, runId, closeTime } of client.workflow.list({ query })) {
    beat();
    if (!closeTime || (await isArchived(store.db, workflowId, runId))) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    await archiveRun(store.db, {
      workflowId,
      runId,
      closedAtMs: closeTime.getTime(),
      events: history.events?.length ?? 0,
      content: gzipSync(History.encode(history).finish()),
    });
    count += 1;
  }
  return count;
}

/** The history as it was archived. */
export const historyOf = ({ content }: ArchivedRun): proto.temporal.api.history.v1.History =>
  History.decode(gunzipSync(content));
