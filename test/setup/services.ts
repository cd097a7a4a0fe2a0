import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testServerPath as findTestServer } from '../../dev/temporal-binary.ts';
import { copyTemplate, type TestDatabase } from './database.ts';
import { clearRunFolder, makeRunFolder, oncePerRun } from './run-folder.ts';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** For globalSetup. Starts nothing yet: a file that needs a server asks for it, so that pure tests stay quick. */
export async function startTestServices(): Promise<{ stop(): Promise<void> }> {
  const folder = await makeRunFolder();
  return { stop: () => clearRunFolder(folder) };
}

/**
 * A new, migrated database for one test file, on the run's PostgreSQL, which the first call starts (about 3 s, then
 * about 50 ms each). Funds open with seeded budgets; the clock is real time at speed 1. The URL is the owner's.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await oncePerRun('postgres', async (folder) => (await runScript('start-postgres.ts', folder)).trim());
  return copyTemplate(server);
}

/** Path of the bundled workflows, for `workflowBundle: {codePath}`; bundled once in a run, about 3 s. */
export function workflowBundlePath(): Promise<string> {
  return oncePerRun('workflows', async (folder) => {
    const path = join(folder, 'bundle.js');
    await runScript('bundle-workflows.ts', path);
    return path;
  });
}

/** Path of the time-skipping test server; start one per test file, they share no clock. */
export function testServerPath(): Promise<string> {
  return oncePerRun('test-server', () =>
    findTestServer((line) => {
      // The first time it is fetched, which takes its time; a test that only waits should say why.
      if (!line.includes(': none') && !line.includes(': found ')) process.stderr.write(`${line}\n`);
    }),
  );
}

async function runScript(script: string, argument: string): Promise<string> {
  try {
    const path = join(projectFolder, 'test', 'setup', script);
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', path, argument], {
      cwd: projectFolder,
      timeout: 180_000,
      maxBuffer: 64 * 1024 * 1024,
      // The flags that jest is run with are not for it.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return stdout;
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`${script}: ${stderr || String(error)}`, { cause: error });
  }
}
