import type { Client } from '@temporalio/client';
import { deploymentName } from './connection.ts';

const attempts = 60;

/**
 * Makes this worker's build the current one of the deployment, so that open cases go on with it (AUTO_UPGRADE). The
 * server learns of a version when its worker polls, hence the retries.
 */
export async function promote(client: Client, buildId: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: client.options.namespace,
        deploymentName,
        buildId,
        ignoreMissingTaskQueues: true,
        identity: 'skill-subsidy',
      });
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
