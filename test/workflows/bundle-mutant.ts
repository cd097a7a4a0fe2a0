// node --import tsx test/workflows/bundle-mutant.ts <file> <path in workflows/> <text> <replacement>: bundles a copy of
// the workflows with that one edit. A process of its own, like test/setup/bundle-workflows.ts, and for the same reason.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const [file, edited, text, replacement] = process.argv.slice(2);
if (file === undefined || edited === undefined || text === undefined || replacement === undefined)
  throw new Error('usage: bundle-mutant.ts <file> <path in workflows/> <text> <replacement>');

const project = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
try {
  for (const name of ['workflows', 'domain', 'package.json', 'tsconfig.json'])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  const path = join(copy, 'workflows', edited);
  const before = readFileSync(path, 'utf8');
  if (before.split(text).length !== 2) throw new Error(`${edited} must contain once: ${text}`);
  writeFileSync(path, before.replace(text, replacement));
  const silent = () => undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(copy, 'workflows', 'index.ts'),
    logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: console.error },
  });
  writeFileSync(file, code);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
