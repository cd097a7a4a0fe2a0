// node --import tsx test/setup/bundle-workflows.ts <file>: bundles the workflows. A process of its own, because webpack
// does not load inside jest's module registry.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: bundle-workflows.ts <file>');
const silent = () => undefined;
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
  logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: console.error },
});
writeFileSync(file, code);
