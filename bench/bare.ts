import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { timed } from './figures.ts';
import { processorMs } from './machine.ts';
import type { System } from '../dev/system.ts';

/** What a number of bare workflows took, in all. */
export interface Bare {
  readonly count: number;
  readonly ms: number;
  readonly processorMs: number;
}

/** As many workflows that wait for one signal and one timer, on the same server with a worker of their own. */
export async function bareWorkflows(system: System, name: string, count: number): Promise<Bare> {
  const address = system.temporalAddress;
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const worker = await Worker.create({
    connection,
    taskQueue: name,
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
  });
  try {
    return await worker.runUntil(async () => {
      const ids = Array.from({ length: count }, (_, n) => `${name}-${n}`);
      const own = process.cpuUsage();
      const before = processorMs(system);
      const began = performance.now();
      await timed(ids, 50, (workflowId) => client.workflow.start('bare', { workflowId, taskQueue: name }));
      await timed(ids, 50, (workflowId) => client.workflow.getHandle(workflowId).signal('go'));
      await timed(ids, 50, (workflowId) => client.workflow.getHandle(workflowId).result());
      const ms = performance.now() - began;
      const { user, system: kernel } = process.cpuUsage(own);
      return { count, ms, processorMs: processorMs(system) - before + (user + kernel) / 1_000 };
    });
  } finally {
    await client.connection.close();
    await connection.close();
  }
}
