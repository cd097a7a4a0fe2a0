// npm run faults -- [--seeds 20] [--first 1] [--cases 200] [--mutants]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeFolder, throwAwayFolder } from '../../dev/throw-away-folder.ts';
import { fillFolder } from './cases.ts';
import { mutants, plantMutant } from './mutants.ts';
import { runFaults, type FaultReport } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    cases: { type: 'string', default: '200' },
    mutants: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const folder = await throwAwayFolder('skill-subsidy-faults-');
let failed = 0;
try {
  const filled = join(folder, 'filled');
  mkdirSync(filled, { mode: 0o711 });
  const cases = Number(values.mutants ? Math.min(40, Number(values.cases)) : values.cases);
  say(`filling ${cases} cases`);
  const claims = await fillFolder(filled, cases, 1);
  const run = { folder: filled, copy: join(folder, 'run'), claims, say };
  if (values.mutants) await tryMutants();
  else await trySeeds();

  async function trySeeds(): Promise<void> {
    const first = Number(values.first);
    for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
      const report = await runFaults({ ...run, seed, faults: 8, freeze: true });
      tell(`seed ${seed}`, report);
      if (report.wrong.length > 0) failed += 1;
    }
    say(`${values.seeds} seeds, ${failed} with a finding`);
  }

  async function tryMutants(): Promise<void> {
    for (const mutant of mutants) {
      const planted = plantMutant(mutant, join(folder, 'mutant'));
      const report = await runFaults({ ...run, seed: 7, faults: 4, freeze: false, ...planted, only: mutant.fault });
      tell(`mutant "${mutant.name}"`, report);
      if (report.wrong.length === 0) failed += 1;
    }
    say(`${mutants.length} mutants, ${failed} not found`);
  }
} finally {
  removeFolder(folder);
}
process.exitCode = failed === 0 ? 0 : 1;

function tell(what: string, { wrong, thrown, hit, ms }: FaultReport): void {
  say(`${what}: ${wrong.length === 0 ? 'the invariant held' : `${wrong.length} FINDINGS`} after ${seconds(ms)}`);
  say(`  thrown: ${thrown.join(', ')}`);
  say(`  points hit: ${hit.join(', ') || 'none'}`);
  for (const line of wrong.slice(0, 12)) say(`  ${line}`);
}
