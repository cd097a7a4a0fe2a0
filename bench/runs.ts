import { Client, Connection } from '@temporalio/client';
import { eventually } from '../dev/client.ts';
import type { System } from '../dev/system.ts';

/** Of more runs than this, so many spread over all of them are asked. */
const asked = 200;

/**
 * Waits until the cases' runs have nothing left to do: an empty outbox says only that Temporal was told, not that the runs
 * took what they were told.
 */
export async function runsAreDone(system: System, caseNos: readonly string[], patienceMs: number): Promise<void> {
  const connection = await Connection.connect({ address: system.temporalAddress });
  try {
    const { workflow } = new Client({ connection });
    const step = Math.max(1, caseNos.length / asked);
    const some = Array.from({ length: Math.min(asked, caseNos.length) }, (_, n) => caseNos[Math.floor(n * step)] ?? '');
    const isBusy = async (caseNo: string): Promise<boolean> => {
      const { raw } = await workflow.getHandle(`case-${caseNo}`).describe();
      return Boolean(raw.pendingWorkflowTask) || (raw.pendingActivities?.length ?? 0) > 0;
    };
    await eventually(
      'runs with nothing left to do',
      async () => ((await Promise.all(some.map(isBusy))).includes(true) ? undefined : true),
      patienceMs,
    );
  } finally {
    await connection.close();
  }
}
