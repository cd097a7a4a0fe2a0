// npm run faults -- [--seeds 20] [--first 1] [--cases 200] [--at-once 1] [--results <file>] [--keep <folder>] [--mutants]
//   [--bank api|daifa|iso20022] [--points <name>,<name>…]: these crash points and no other fault
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { reasonOf } from '../../dev/start-error.ts';
import { removeFolder, throwAwayFolder } from '../../dev/throw-away-folder.ts';
import { banks } from '../../domain/payment/banks.ts';
import { fillFolder } from './cases.ts';
import { mutants, plantMutant } from './mutants.ts';
import { crashPoints } from './points.ts';
import { coverage, keepResult, readResults, type Result } from './results.ts';
import { type FaultReport, runFaults } from './run.ts';
import { notAtItsEnd } from './settle.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    cases: { type: 'string', default: '200' },
    'at-once': { type: 'string', default: '1' },
    results: { type: 'string' },
    keep: { type: 'string' },
    points: { type: 'string' },
    bank: { type: 'string', default: 'api' },
    mutants: { type: 'boolean', default: false },
  },
});
const bank = z.enum(banks).parse(values.bank);
if (values.mutants && bank !== 'api') throw new Error('the mutants are of the bank with an API');
const points = values.points?.split(',');
for (const name of points ?? []) if (!crashPoints.includes(name)) throw new Error(`no crash point is named ${name}`);
/** Seeds of named points only are not kept with the others. */
const resultsFile = points ? undefined : values.results;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
const mutantCases = 20;

const broken = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    broken.abort();
  });
const { signal } = broken;
const isBroken = (): boolean => signal.aborted;

const folder = await throwAwayFolder('skill-subsidy-faults-');
let isGood = false;
try {
  isGood = values.mutants ? await tryMutants() : await trySeeds();
} finally {
  removeFolder(folder);
}
process.exitCode = isGood ? 0 : 1;
// Broken off, what its people and faults still wait for is nobody's any more.
if (isBroken()) process.exit();

async function filled(cases: number) {
  const path = join(folder, 'filled');
  mkdirSync(path, { mode: 0o711 });
  const began = performance.now();
  const claims = await fillFolder(path, cases, 1);
  say(`${cases} cases are ready after ${seconds(performance.now() - began)}`);
  return { folder: path, claims };
}

/** Seeds that the results file has without a finding are not run again. */
async function trySeeds(): Promise<boolean> {
  const cases = Number(values.cases);
  const wanted = Array.from({ length: Number(values.seeds) }, (_, n) => Number(values.first) + n);
  const results = readResults(resultsFile).filter(
    (one) => one.cases === cases && one.bank === bank && one.wrong.length === 0 && wanted.includes(one.seed),
  );
  const open = wanted.filter((seed) => results.every((one) => one.seed !== seed));
  if (results.length > 0) say(`${results.length} seeds are in ${resultsFile ?? ''} already`);
  const all: Result[] = [...results];
  if (open.length > 0) {
    const ready = await filled(cases);
    const keep = values.keep === undefined ? {} : { keepAt: join(values.keep, 'faults') };
    const nextOne = async (): Promise<void> => {
      for (let seed = open.shift(); seed !== undefined && !isBroken(); seed = open.shift()) {
        const copy = join(folder, `seed-${seed}`);
        const schedule = points ? { points } : 'whole';
        const run = { ...ready, ...keep, copy, seed, bank, schedule, settleMs: 600_000, signal } as const;
        const report = await runFaults(run).catch((error: unknown) => notStarted(error, copy));
        if (isBroken()) return;
        all.push(keepResult(resultsFile, { seed, cases, bank }, report));
        tell(`seed ${seed}`, report);
        say(`  ${report.drawn.length} faults drawn: ${report.drawn.join(', ')}`);
        say(
          `  struck: ${Object.entries(report.struck)
            .map(([name, n]) => `${name} ${n}`)
            .join(', ')}`,
        );
      }
    };
    await Promise.all(Array.from({ length: Number(values['at-once']) }, nextOne));
  }
  const { lines, missing } = coverage(all, bank, points);
  for (const line of lines) say(line);
  const findings = all.filter(({ wrong }) => wrong.length > 0);
  say(`seeds: ${all.length} of ${cases} cases, ${findings.length} with a finding`);
  say(missing.length === 0 ? 'coverage: whole' : `coverage: FAILED, never happened: ${missing.join(', ')}`);
  return findings.length === 0 && missing.length === 0;
}

async function tryMutants(): Promise<boolean> {
  const ready = await filled(mutantCases);
  let missed = 0;
  for (const mutant of mutants) {
    const planted = plantMutant(mutant, join(folder, 'mutant'));
    const { points: at, fault = null } = mutant;
    const run = { ...ready, bank, copy: join(folder, 'run'), seed: 7, schedule: at ? { points: at } : { only: fault } };
    const report = await runFaults({ ...run, settleMs: 90_000, ...planted });
    // That something is not at its end may be a busy machine: only what was judged wrong is a finding.
    const wrong = report.wrong.filter((line) => !line.startsWith(notAtItsEnd));
    tell(`mutant "${mutant.name}"`, { ...report, wrong });
    if (wrong.length === 0) missed += 1;
  }
  const unspoilt = { ...ready, bank, copy: join(folder, 'run'), seed: 7, schedule: { only: null } };
  const sound = await runFaults({ ...unspoilt, settleMs: 300_000 });
  tell('the code as it is, for comparison', sound);
  say(`${mutants.length} mutants, ${missed} not found`);
  return missed === 0 && sound.wrong.length === 0;
}

/** A machine too busy to start one seed's system takes nothing from the others. */
function notStarted(error: unknown, copy: string): FaultReport {
  removeFolder(copy);
  const ms = { start: 0, storm: 0, settle: 0, all: 0 };
  return { wrong: [`it did not start: ${reasonOf(error)}`], drawn: [], struck: {}, seen: {}, ms };
}

function tell(what: string, { wrong, ms }: FaultReport): void {
  const held = wrong.length === 0 ? 'the invariant held' : `${wrong.length} FINDINGS`;
  const parts = `start ${seconds(ms.start)}, faults ${seconds(ms.storm)}, to the end ${seconds(ms.settle)}`;
  say(`${what}: ${held} after ${seconds(ms.all)} (${parts})`);
  for (const line of wrong.slice(0, 12)) say(`  ${line}`);
}
