import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fillFolder } from '../faults/cases.ts';
import { runFaults } from '../faults/run.ts';
import { testFolder } from '../setup/run-folder.ts';

/** A small seed of the fault suite; the whole of it is `npm run faults`. */
test('each payable case is paid once, whatever is killed and whatever the bank does', async () => {
  const folder = testFolder();
  const filled = join(folder, 'filled');
  mkdirSync(filled, { mode: 0o711 });
  const claims = await fillFolder(filled, 10, 1);
  const run = { folder: filled, copy: join(folder, 'run'), claims, seed: 101 };
  const report = await runFaults({ ...run, bank: 'api', schedule: 'small', settleMs: 300_000 });
  expect(report.wrong).toEqual([]);
  // A run in which nothing struck has shown nothing.
  expect(Object.keys(report.struck)).toEqual(expect.arrayContaining([...report.drawn]));
}, 900_000);
