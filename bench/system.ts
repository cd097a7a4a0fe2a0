import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { castOf, ORG, type Cast } from '../dev/cast.ts';
import { fileApplication } from '../dev/calls.ts';
import { eventually } from '../dev/client.ts';
import { applicationBody } from '../dev/papers.ts';
import { people } from '../dev/people.ts';
import { tellPartners } from '../dev/sandbox-client.ts';
import { startSystem, type System, type SystemPart } from '../dev/system.ts';
import { removeFolder, throwAwayFolder } from '../dev/throw-away-folder.ts';
import { timed } from './figures.ts';

/** A throw-away system with the people who work on it, and its database beside. */
export interface Bench {
  readonly system: System;
  readonly cast: Cast;
  readonly database: pg.Pool;
}

/**
 * Starts a system on a Monday morning of 2017, at production speed, for as long as `work` takes.
 * @param env settings that differ
 */
export async function onSystem<T>(
  say: (line: string) => void,
  work: (bench: Bench) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const dataDir = await throwAwayFolder('skill-subsidy-bench-');
  let system: System | undefined;
  let database: pg.Pool | undefined;
  try {
    say('starting a throw-away system');
    const settings = { CLOCK_ANCHOR: '2017-09-04T09:00:00+08:00', ...env };
    system = await startSystem({ dataDir, quiet: true, env: settings });
    database = new pg.Pool({ connectionString: system.databaseUrl, max: 8 });
    return await work({ system, cast: await castOf(system), database });
  } finally {
    await database?.end();
    await system?.stop();
    removeFolder(dataDir);
  }
}

/** Cases of that many people, filed and looked up, waiting for a handler; in the order of filing. */
export async function casesInReview({ system, cast, database }: Bench, count: number): Promise<readonly string[]> {
  const source = people(67);
  const persons = Array.from({ length: count }, () => source.next().value);
  const caseNos: string[] = [];
  await timed(persons, 4, async (person) => {
    const application = applicationBody(person, { insuredAt: ORG });
    await tellPartners(system.sandboxUrl, application);
    caseNos.push((await fileApplication(await cast.applicant(person), application)).caseNo);
  });
  const waiting = `SELECT count(*)::int AS n FROM cases WHERE stage = 'review'`;
  await eventually(
    `${count} cases in review`,
    async () => {
      const { rows } = await database.query<{ n: number }>(waiting);
      return rows[0]?.n === count ? true : undefined;
    },
    600_000,
  );
  return caseNos.toSorted();
}

/** The most memory that a process has had so far, where the machine says it; 0 elsewhere. */
export function peakMemoryMb({ system }: Bench, part: SystemPart): number {
  const path = `/proc/${system.pids()[part] ?? 0}/status`;
  const [, kb = '0'] = /VmHWM:\s+(\d+)/.exec(existsSync(path) ? readFileSync(path, 'utf8') : '') ?? [];
  return Math.round(Number(kb) / 1024);
}
