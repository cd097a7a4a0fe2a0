import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';

export interface Bundle {
  readonly workflowBundle: WorkflowBundle;
  /** What the workflow code is, not when it was built: the worker's build id (design.md, Versions). */
  readonly buildId: string;
}

export async function bundleWorkflows(): Promise<Bundle> {
  const quiet = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore, log: ignore };
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    logger: quiet,
  });
  const code = workflowBundle.code.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return { workflowBundle, buildId: createHash('sha256').update(code).digest('hex').slice(0, 16) };
}

const ignore = (): void => undefined;
