import { setTimeout as sleep } from 'node:timers/promises';
import { applicationForm } from '../api/application-form.ts';
import { payloadKeys } from '../config/keys.ts';
import { handle, publishRound, review } from '../dev/calls.ts';
import { ORG } from '../dev/cast.ts';
import { eventually } from '../dev/client.ts';
import { applicationBody } from '../dev/papers.ts';
import { people } from '../dev/people.ts';
import { fileApplication } from '../store/filing.ts';
import { openStore } from '../store/store.ts';
import { bareWorkflows } from './bare.ts';
import { type Measured, timed } from './figures.ts';
import { memoryMb, processorMs } from './machine.ts';
import { runsAreDone } from './runs.ts';
import { type Bench, casesInReview, onSystem } from './system.ts';

const usual = [1_000, 10_000];
/** Real seconds that a window leaves for publishing, by case. */
const secondsByCase = 0.03;
/** The shortest window there is: five days, where the notice is seen on the eve of a Monday. */
const windowSeconds = 5 * 86_400;
const patienceMs = 7_200_000;
/**
 * Bare workflows are measured before and after the round, half as many as there are cases each time: a busier machine
 * touches both alike, and where the cases are more than a worker keeps in memory, so are they. At most so many at once.
 */
const bareAtMost = 5_000;

/**
 * One round with many cases: runs started with a ready state, freeze, publication, everybody passed. Cost by case beside a
 * bare workflow that waits for a signal and a timer, in the same run. Other sizes: `npm run bench -- round 100 500`.
 */
export async function run(say: (line: string) => void): Promise<Measured> {
  const asked = process.argv
    .slice(3)
    .map(Number)
    .filter((size) => Number.isInteger(size) && size > 1);
  const rows: Measured['rows'][number][] = [];
  const ratios: Record<string, number> = {};
  const costs: { readonly size: number; readonly wall: number; readonly processor: number }[] = [];
  for (const size of asked.length > 0 ? asked : usual) {
    const { figures, wall, processor } = await onSystem(say, (bench) => oneRound(bench, size, say), {
      CLOCK_SPEED: String(Math.round(windowSeconds / (60 + size * secondsByCase))),
    });
    // Larger ones take long: what was found is said at once.
    say(`${size} cases in a round: ${JSON.stringify(figures)}`);
    rows.push({ what: `${size} cases in a round`, figures });
    ratios[`${size}: round / bare workflow, by case`] = wall;
    ratios[`${size}: the same, processor time`] = processor;
    costs.push({ size, wall, processor });
  }
  const [small, ...more] = costs;
  for (const { size, wall, processor } of more) {
    if (!small) break;
    ratios[`cost by case beside the bare one, ${size} / ${small.size}`] = wall / small.wall;
    ratios[`the same, processor time, ${size} / ${small.size}`] = processor / small.processor;
  }
  return { rows, ratios };
}

/** Milliseconds on the clock and of processor that a piece of work took. */
interface Cost {
  readonly ms: number;
  readonly processorMs: number;
}

async function oneRound(bench: Bench, size: number, say: (line: string) => void) {
  const { system, cast, database } = bench;
  const [template = ''] = await casesInReview(bench, 1);
  await handle(cast.wang, template, { decision: 'approve' });
  await review(cast.li, template, 'approve');
  const count = async (sql: string): Promise<number> => (await database.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
  const until = (what: string, sql: string, wanted: number) =>
    eventually(what, async () => ((await count(sql)) === wanted ? true : undefined), patienceMs);
  const settled = async () => {
    await until('an empty outbox', 'SELECT count(*)::int AS n FROM outbox WHERE wakes', 0);
    const { rows } = await database.query<{ case_no: string }>('SELECT case_no FROM cases ORDER BY case_no');
    await runsAreDone(
      system,
      rows.map(({ case_no }) => case_no),
      patienceMs,
    );
  };
  const costOf = async (what: string, work: () => Promise<unknown>): Promise<Cost> => {
    say(what);
    const before = processorMs(system);
    const began = performance.now();
    await work();
    return { ms: Math.round(performance.now() - began), processorMs: processorMs(system) - before };
  };
  const bareCount = Math.min(bareAtMost, Math.ceil(size / 2));

  await settled();
  say(`making ${size} approved cases`);
  system.kill('worker', 'SIGSTOP');
  await copies(bench, template, size - 1);
  system.kill('worker', 'SIGCONT');
  const start = await costOf('starting their runs', settled);
  say(`${bareCount} bare workflows`);
  const before = await bareWorkflows(system, 'bare-before', bareCount);
  const freeze = await costOf('freezing', async () => {
    await cast.wang.ask('POST', '/v1/publicity-rounds', { org: ORG }, { patienceMs });
    await until('the list reported', `SELECT count(*)::int AS n FROM round WHERE stage = 'reported'`, 1);
    await settled();
  });
  const publish = await costOf('publishing', async () => {
    const { rows } = await database.query<{ round_id: string }>('SELECT round_id FROM round');
    await publishRound(cast.hrss, rows[0]?.round_id ?? '');
    await until('everybody published', `SELECT count(*)::int AS n FROM round_entry WHERE status = 'published'`, size);
    await settled();
  });
  const left = await database.query<{ seconds: number }>(
    `SELECT (extract(epoch FROM (state #>> '{window,dueAt}')::timestamptz - business_now()) / speed)::float8 AS seconds
     FROM round, clock`,
  );
  const seconds = left.rows[0]?.seconds ?? 0;
  if (seconds < 0) throw new Error(`publishing took longer than the window, by ${Math.round(-seconds)} s`);
  const wait = await costOf(`waiting ${Math.round(seconds)} s for the end of the window`, () => sleep(seconds * 1_000));
  const pass = await costOf('passing', async () => {
    await until('the window over', `SELECT count(*)::int AS n FROM round WHERE stage IN ('passed', 'told')`, 1);
    await settled();
  });
  const memory = memoryMb(system);
  const passed = await count(`SELECT count(*)::int AS n FROM cases WHERE stage = 'payable'`);
  if (passed !== size) throw new Error(`${passed} of ${size} cases passed`);
  say(`${bareCount} bare workflows`);
  const after = await bareWorkflows(system, 'bare-after', bareCount);

  const steps = { start, freeze, publish, pass };
  const byCase = (cost: keyof Cost) => Object.values(steps).reduce((sum, step) => sum + step[cost], 0) / size;
  const bareBy = (cost: keyof Cost) => (before[cost] + after[cost]) / (before.count + after.count);
  const figures: Record<string, number> = {};
  for (const [name, { ms }] of Object.entries(steps)) figures[`${name}Ms`] = ms;
  figures['msByCase'] = byCase('ms');
  figures['bareMs'] = bareBy('ms');
  for (const [name, cost] of Object.entries(steps)) figures[`${name}Cpu`] = cost.processorMs;
  figures['waitCpu'] = wait.processorMs;
  figures['cpuByCase'] = byCase('processorMs');
  figures['bareCpu'] = bareBy('processorMs');
  return {
    figures: { ...figures, ...memory },
    wall: byCase('ms') / bareBy('ms'),
    processor: byCase('processorMs') / bareBy('processorMs'),
  };
}

/**
 * More cases like the one that was approved: filed by themselves, then set to its state, the registers asked again already
 * (N3.1c belongs to the partners, not to the round). No run has begun.
 */
async function copies({ system, database }: Bench, template: string, count: number): Promise<void> {
  const ring = payloadKeys.parse(system.env['PAYLOAD_KEYS']);
  const store = await openStore({ url: system.databaseUrl, max: 8 }, ring);
  try {
    const source = people(68);
    const persons = Array.from({ length: count }, () => source.next().value);
    const filer = { actor: { kind: 'applicant' }, uploader: 'bench' } as const;
    await timed(persons, 8, async (person) => {
      const application = applicationForm.parse(applicationBody(person, { insuredAt: ORG }));
      const claim = { caller: 'bench', route: 'file', key: person.idNumber, body: '' };
      const outcome = await fileApplication(store, claim, filer, application);
      if ('refused' in outcome) throw new Error(`filing was refused: ${outcome.refused.code}`);
    });
  } finally {
    await store.db.end();
  }
  await database.query(
    `UPDATE cases SET state = jsonb_set(jsonb_set(one.state || jsonb_build_object('caseNo', cases.case_no),
       '{lookUps,provincial,at}', '"2099-01-01T00:00:00+08:00"'), '{lookUps,national,at}', '"2099-01-01T00:00:00+08:00"')
     FROM cases AS one WHERE one.case_no = $1 AND cases.stage = 'filed'`,
    [template],
  );
  await database.query('DELETE FROM open_deadline WHERE case_no <> $1', [template]);
}
