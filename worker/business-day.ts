import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { BusinessClock } from '../domain/time.ts';
import { taskQueue } from './connection.ts';

/** The one run that opens business days; whoever starts first starts it. */
export async function startBusinessDay(client: Client, clock: BusinessClock): Promise<void> {
  try {
    await client.workflow.start('businessDay', {
      workflowId: 'business-day',
      taskQueue,
      args: [{ clock, after: null }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
