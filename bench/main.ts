// `npm run bench -- <name>`: one benchmark, a table, and the same as JSON on the last line.
import { cpus } from 'node:os';
import { printed, type Measured } from './figures.ts';

/** A benchmark makes what it needs, measures beside a baseline of the same run, and clears up. */
export type Benchmark = (say: (line: string) => void) => Promise<Measured>;

/** Each loads alone: one must not pay for what another imports. */
const benchmarks: Readonly<Record<string, () => Promise<{ readonly run: Benchmark }>>> = {
  decisions: () => import('./decisions.ts'),
  history: () => import('./history.ts'),
  intake: () => import('./intake.ts'),
  payout: () => import('./payout.ts'),
  round: () => import('./round.ts'),
};

const name = process.argv[2] ?? '';
const load = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (!load) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')}\n`);
  process.exit(1);
}
const { run } = await load();
const measured = await run((line) => {
  process.stdout.write(`  ${line}\n`);
});
const machine = { node: process.version, cores: cpus().length };
process.stdout.write(`${printed(measured)}\n${JSON.stringify({ bench: name, machine, ...measured })}\n`);
