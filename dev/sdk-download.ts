// Lets the Temporal SDK download its server into a folder: node --import tsx dev/sdk-download.ts <kind> <folder>.
// A process of its own, because the SDK's download cannot be broken off.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('usage: sdk-download.ts temporal|temporal-test-server <folder>');
const executable = { type: 'cached-download' as const, downloadDir };
const environment =
  kind === 'temporal'
    ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
    : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
await environment.teardown();
