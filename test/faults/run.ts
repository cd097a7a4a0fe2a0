import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { castOf, ORG, type Cast } from '../../dev/cast.ts';
import { chance, type Chance } from '../../dev/chance.ts';
import { control } from '../../dev/sandbox-client.ts';
import { reasonOf } from '../../dev/start-error.ts';
import { startSystem, type System, type SystemOptions, type SystemPart } from '../../dev/system.ts';
import type { Claim } from './cases.ts';
import { judge } from './judge.ts';
import { arm, crashEnvironment, crashPoints, hits } from './points.ts';
import { nonceAgain, releaseByPreparer, secondOrder } from './probes.ts';

export interface FaultRun {
  /** Filled by `fillFolder`; copied, never touched. */
  readonly folder: string;
  /** Where this run's copy lives; removed at the end. */
  readonly copy: string;
  readonly claims: readonly Claim[];
  readonly seed: number;
  /** How many faults are thrown at each batch. */
  readonly faults: number;
  /** Into how many batches the payable cases fall; three when absent. */
  readonly waves?: 1 | 3;
  /** Freezes the worker beyond its heartbeat once; costs a minute. */
  readonly freeze: boolean;
  readonly entries?: NonNullable<SystemOptions['entries']>;
  /** SQL as the owner before the first batch: for mutants. */
  readonly spoil?: string;
  /** Only this fault of the bank, for every order of the first batch: for mutants. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}

export interface FaultReport {
  /** Empty: the invariant held. */
  readonly wrong: readonly string[];
  readonly thrown: readonly string[];
  readonly hit: readonly string[];
  readonly ms: number;
}

const bankModes = [
  ...['execute-then-timeout', 'not-found-in-flight', 'lose-callback', 'duplicate-callback', 'reorder-callbacks'],
  ...['down', 'reject', 'half-response'],
] as const;
const parts: readonly SystemPart[] = ['worker', 'api', 'postgres', 'temporal', 'sandbox'];
const patienceMs = 120_000;
/** Longer than the server waits for a heartbeat of the payment's activity. */
const frozenMs = 40_000;
const settleWithinMs = 420_000;
/** How long the bank says "not found" of what it has: longer than the suite lets pass for the safe period. */
const inFlightMs = 45_000;

/**
 * One seed's schedule over a whole system: batches are prepared and released by two people while processes are killed at
 * crash points and at random, the bank misbehaves, and the worker is frozen. In the end everything runs again, and the
 * bank's own log is held against the cases.
 */
export async function runFaults(run: FaultRun): Promise<FaultReport> {
  const began = performance.now();
  const { copy, seed, say } = run;
  execFileSync('cp', ['-a', run.folder, copy]); // keeps the owner of PostgreSQL's folder, which Node's own copy does not
  const points = join(copy, 'crash-points');
  const thrown: string[] = [];
  const lot = chance(seed);
  const system = await startSystem({
    dataDir: copy,
    quiet: true,
    deathsAllowed: 1_000,
    env: crashEnvironment(points),
    ...(run.entries ? { entries: run.entries } : {}),
  });
  try {
    const cast = await castOf(system);
    const wrong = await play(run, { system, cast, lot, points, thrown });
    return { wrong, thrown, hit: hits(points), ms: performance.now() - began };
  } catch (error) {
    return { wrong: [`it did not end: ${reasonOf(error)}`], thrown, hit: hits(points), ms: performance.now() - began };
  } finally {
    await system.stop();
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
    say(`seed ${seed}: ${thrown.length} faults, ${hits(points).length} crash points hit`);
  }
}

interface Stage {
  readonly system: System;
  readonly cast: Cast;
  readonly lot: Chance;
  readonly points: string;
  readonly thrown: string[];
}

async function play(run: FaultRun, stage: Stage): Promise<readonly string[]> {
  const { claims } = run;
  const { system, cast } = stage;
  const wrong: string[] = [];
  for (const { account, fate } of claims) {
    if (fate !== 'closed-account') continue;
    await control(system.sandboxUrl, `/accounts/${account}`, { holder: '已销户', status: 'closed' });
  }
  if (run.spoil !== undefined) await asOwner(system, (owner) => owner.query(run.spoil ?? ''));
  const later = claims.filter(({ fate }) => fate === 'later');
  const half = Math.ceil(later.length / 2);
  const waves = run.waves === 1 ? [later] : [[], later.slice(0, half), later.slice(half)];
  for (const dismissed of waves) {
    await dismiss(cast, dismissed);
    await untilPayable(system, dismissed);
    await Promise.all([throwFaults(run, stage), payBatch(stage, wrong)]);
  }
  await calm(system);
  await untilSettled(system);
  const paid = claims.find(({ fate }) => fate === 'pay');
  if (paid) {
    wrong.push(...(await nonceAgain(system, `${paid.caseNo}-1`, paid.amountFen)));
    wrong.push(...(await secondOrder(system, paid.caseNo)));
  }
  return [...wrong, ...(await judge(system, claims))];
}

/** Two people pay whatever is payable; the first of them tries alone before. */
async function payBatch(stage: Stage, wrong: string[]): Promise<void> {
  const { cast } = stage;
  const reply = await cast.cashier.ask('POST', '/v1/payment-batches', { org: ORG }, { patienceMs });
  if (reply.status === 409) return; // nothing is payable
  const batch = z.object({ batchId: z.string(), totalFen: z.number(), listHash: z.string() }).parse(reply.body);
  wrong.push(...(await releaseByPreparer(cast, batch)));
  const { batchId, totalFen, listHash } = batch;
  await cast.accountant.ask('POST', `/v1/payment-batches/${batchId}/release`, { totalFen, listHash }, { patienceMs });
}

async function throwFaults({ faults, freeze, only }: FaultRun, stage: Stage): Promise<void> {
  const { system, lot, points, thrown } = stage;
  if (only !== undefined) {
    thrown.push(`bank ${only}`);
    await control(system.sandboxUrl, '/faults/bank', { mode: only, count: 10, delayMs: inFlightMs });
    return;
  }
  for (let n = 0; n < faults; n += 1) {
    await sleep(lot.below(1_500));
    const kind = lot.below(10);
    if (kind < 5) {
      const name = lot.one(crashPoints);
      thrown.push(name);
      arm(points, name);
    } else if (kind < 8) {
      const mode = lot.one(bankModes);
      const fault = { mode, count: 1 + lot.below(8), delayMs: mode === 'not-found-in-flight' ? inFlightMs : 1_000 };
      thrown.push(`bank ${mode} ${fault.count}`);
      await control(system.sandboxUrl, '/faults/bank', fault).catch(() => undefined);
    } else {
      const part = lot.one(parts);
      thrown.push(`kill -9 ${part}`);
      if (system.pids()[part] !== undefined) system.kill(part, 'SIGKILL');
    }
  }
  if (freeze && lot.below(2) === 0) {
    thrown.push('worker frozen');
    const pid = system.pids()['worker'];
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    await sleep(frozenMs);
    // It may have been killed and started again meanwhile; then there is nobody to wake.
    if (system.pids()['worker'] === pid) process.kill(pid, 'SIGCONT');
  }
}

/** HRSS dismisses objections. */
async function dismiss({ hrss }: Cast, claims: readonly Claim[]): Promise<void> {
  for (const { objectionId } of claims) {
    const body = { finding: 'dismissed', reason: '经核查不属实。', grounds: 'other' };
    await hrss.post(`/v1/objections/${objectionId ?? ''}/decision`, body, z.object({}), { patienceMs });
  }
}

/** Everything works again: no fault is left, no point is armed. */
async function calm(system: System): Promise<void> {
  for (const name of crashPoints) rmSync(join(system.dataDir, 'crash-points', name), { force: true });
  await eventuallyQuiet(() => control(system.sandboxUrl, '/faults/bank', { mode: 'none', count: null }));
}

async function eventuallyQuiet(work: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(300);
    }
  }
}

/** Looks again until there are none; a database that is being started counts as some. */
async function untilNone(what: string, system: System, sql: string, values: readonly unknown[] = []): Promise<void> {
  const until = performance.now() + settleWithinMs;
  for (;;) {
    const left = await asOwner(system, async (owner) => {
      // The bank's safe period is a minute of real time; here it is over sooner, also while an order is in flight.
      await owner.query(
        `UPDATE payment_order SET asked_at = asked_at - interval '1 minute'
         WHERE status IN ('unknown', 'accepted') AND asked_at BETWEEN now() - interval '30 seconds' AND now() - interval '12 seconds'`,
      );
      return (await owner.query<{ n: number }>(sql, [...values])).rows[0]?.n;
    }).catch(() => undefined);
    if (left !== undefined && left === 0) return;
    if (performance.now() > until) throw new Error(`${String(left)} ${what} are left`);
    await sleep(500);
  }
}

const untilSettled = (system: System): Promise<void> =>
  untilNone(
    'orders and batches',
    system,
    `SELECT (SELECT count(*) FROM payment_order WHERE status IN ('released', 'accepted', 'unknown'))
          + (SELECT count(*) FROM payment_batch WHERE stage = 'released')
          + (SELECT count(*) FROM outbox WHERE wakes) AS n`,
  );

const untilPayable = (system: System, claims: readonly Claim[]): Promise<void> =>
  untilNone(
    'dismissed cases',
    system,
    `SELECT count(*) AS n FROM cases WHERE case_no = ANY ($1) AND stage = 'publicity'`,
    [claims.map(({ caseNo }) => caseNo)],
  );

async function asOwner<T>(system: System, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: system.databaseUrl, connectionTimeoutMillis: 5_000 });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end().catch(() => undefined);
  }
}
