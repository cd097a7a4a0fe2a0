import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workflowBundlePath } from '../setup/services.ts';
import { testFolder } from '../setup/run-folder.ts';

/**
 * Cases outlive deploys: histories that were recorded once (record-histories.ts) give the same commands with today's
 * code. One that doesn't means: the procedure was changed without `patched()`.
 */
const folder = fileURLToPath(new URL('../histories/', import.meta.url));
const script = fileURLToPath(new URL('./bundle-mutant.ts', import.meta.url));

interface Recording {
  readonly workflowId: string;
  readonly history: unknown;
}

const names = readdirSync(folder).map((name) => name.replace(/\.json$/, ''));
const recording = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recording;

Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined), // the outcome says it
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

async function replay(bundle: string, name: string): Promise<void> {
  const { workflowId, history } = recording(name);
  await Worker.runReplayHistory({ workflowBundle: { codePath: bundle } }, history, workflowId);
}

async function mutant(edited: string, text: string, replacement: string): Promise<string> {
  const bundle = join(testFolder(), 'mutant.js');
  await promisify(execFile)(process.execPath, ['--import', 'tsx', script, bundle, edited, text, replacement], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return bundle;
}

describe("today's workflows", () => {
  let bundle: string;
  beforeAll(async () => {
    bundle = await workflowBundlePath();
  }, 300_000);

  test('a run carries the procedure only: no calendar arithmetic, no texts, no lists, which each would load anew', () => {
    const modules = [...readFileSync(bundle, 'utf8').matchAll(/^\/\*\*\*\/ "(\.\/[^"]+)"/gm)].map(([, path]) => path);
    expect(modules).toContain('./domain/case/evolve.ts');
    const heavy = /temporal-polyfill|\/zod\/|^\.\/domain\/(reference|policy\/dates)|-texts?\.ts$/;
    expect(modules.filter((path) => heavy.test(path ?? ''))).toEqual([]);
  });

  test('there is a history of every workflow', () => {
    const types = names.map(
      (name) => /"workflowType":\s*\{\s*"name":\s*"(\w+)"/.exec(JSON.stringify(recording(name)))?.[1],
    );
    expect([...new Set(types)].sort()).toEqual([
      ...['applicationCase', 'businessDay', 'calendarChange', 'collectiveIntake', 'paymentBatch', 'publicityRound'],
      ...['reconciliation', 'recoveryCase'],
    ]);
  });

  test('every history that the recorder keeps is there', () => {
    const recorder = readFileSync(new URL('./record-histories.ts', import.meta.url), 'utf8');
    const recorded = [...recorder.matchAll(/await keep\('([\w-]+)'/g)].map(([, name]) => name);
    expect(recorded.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(recorded));
  });

  test.each(names)('%s: the same commands', async (name) => {
    await replay(bundle, name);
  });
});

// Replay holds commands against each other by kind and name; what an activity was asked is not compared.
test.each([
  {
    what: 'a pause that was put in',
    edited: 'application-case.ts',
    text: "const passed = await submit(theCase, { type: 'pass', roundId });",
    replacement: "await sleep(1); const passed = await submit(theCase, { type: 'pass', roundId });",
    differs: 'case-paid',
    same: 'round-told',
  },
  {
    what: 'a step that was left out',
    edited: 'publicity-round.ts',
    text: 'await takeDownNotice({ roundId });',
    replacement: '',
    differs: 'round-told',
    same: 'case-paid',
  },
])(
  '$what is found',
  async ({ edited, text, replacement, differs, same }) => {
    const bundle = await mutant(edited, text, replacement);
    await expect(replay(bundle, differs)).rejects.toThrow(DeterminismViolationError);
    await replay(bundle, same);
  },
  60_000,
);
