import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fillFolder } from '../faults/cases.ts';
import { runFaults } from '../faults/run.ts';
import { testFolder } from '../setup/run-folder.ts';

/** Two small seeds of the fault suite; the whole of it is `npm run faults -- --seeds 20`. */
test('each payable case is paid once, whatever is killed and whatever the bank does', async () => {
  const folder = testFolder();
  const filled = join(folder, 'filled');
  mkdirSync(filled, { mode: 0o711 });
  const claims = await fillFolder(filled, 10, 1);
  for (const seed of [101, 102]) {
    const copy = join(folder, 'run');
    const report = await runFaults({ folder: filled, copy, claims, seed, faults: 2, freeze: false, waves: 1, say });
    expect({ seed, ...report }).toMatchObject({ seed, wrong: [] });
  }
}, 400_000);

const say = (): void => undefined;
