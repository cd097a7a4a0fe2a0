import { renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Chance, chance } from '../../dev/chance.ts';
import { reasonOf } from '../../dev/start-error.ts';
import type { BankName } from '../../domain/payment/banks.ts';
import type { SystemOptions } from '../../dev/system.ts';
import { struckByBank } from './bank-log.ts';
import type { Claim, ClaimInPlay } from './cases.ts';
import { payThrough, work } from './desk.ts';
import { judge } from './judge.ts';
import { hits } from './points.ts';
import { nonceAgain, secondOrder } from './probes.ts';
import { openScene, type Scene } from './scene.ts';
import { drawSchedule, namesOf, onlyBank, onlyPoints, type Schedule, usualPaceMs } from './schedule.ts';
import { countHappenings } from './seen.ts';
import { hurrySafePeriod, settle } from './settle.ts';
import { calm, storm } from './strike.ts';

export interface FaultRun {
  /** Filled by `fillFolder`; copied, never touched. */
  readonly folder: string;
  /** Where this run's copy lives; removed at the end. */
  readonly copy: string;
  readonly claims: readonly Claim[];
  readonly seed: number;
  /** Through which the fund pays from the beginning. */
  readonly bank: BankName;
  /** Which faults: all of them, a few, these crash points, or one fault of the bank for every order (for mutants). */
  readonly schedule: 'whole' | 'small' | { readonly points: readonly string[] } | { readonly only: string | null };
  /** How long everything may then take to come to its end. */
  readonly settleMs: number;
  readonly entries?: NonNullable<SystemOptions['entries']>;
  /** SQL as the owner before anything is paid: for mutants. */
  readonly spoil?: string;
  /** Breaks the run off; what was started is ended. */
  readonly signal?: AbortSignal;
  /** Where the data of a run with findings is kept, to look at. */
  readonly keepAt?: string;
}

export interface FaultReport {
  /** Empty: the invariant held. */
  readonly wrong: readonly string[];
  /** The faults in the order of the seed. */
  readonly drawn: readonly string[];
  /** How often each fault really struck, and each crash point ended a process. */
  readonly struck: Readonly<Record<string, number>>;
  /** How often what has to happen beside the faults did. */
  readonly seen: Readonly<Record<string, number>>;
  /** Real milliseconds: to start, under faults, until everything was at its end, and in all. */
  readonly ms: { readonly start: number; readonly storm: number; readonly settle: number; readonly all: number };
}

/** How long a mutant is watched that needs no fault. */
const mutantMs = 15_000;

/**
 * One seed's schedule over a whole system: people prepare, release, give up, correct, take back and recover while processes
 * are killed at crash points and at random, frozen, and the bank misbehaves. In the end everything runs again, and the
 * bank's own log is held against the cases.
 */
export async function runFaults(run: FaultRun): Promise<FaultReport> {
  const began = performance.now();
  const { schedule } = run;
  const isWhole = schedule === 'whole' || (typeof schedule === 'object' && 'points' in schedule);
  const scene = await openScene(run, {
    ...(run.entries && { entries: run.entries }),
    workers: isWhole ? 2 : 1,
  });
  const marks = [began, performance.now()];
  const claims = run.claims.map((claim): ClaimInPlay => ({
    ...claim,
    accounts: [claim.account],
    withdrawn: false,
    mayWithdraw: claim.fate === 'withdraw',
  }));
  const lot = chance(run.seed);
  const faults = faultsOf(run, lot);
  const budget = { added: 0, grantedFen: 0 };
  const wrong: string[] = [];
  let seen: FaultReport['seen'] = {};
  let isOver = false;
  try {
    await payThrough(scene, run.bank);
    if (run.spoil !== undefined) await scene.asOwner((owner) => owner.query(run.spoil ?? ''));
    const over = (): boolean => isOver;
    const people = work({
      ...{ scene, claims, lot: chance(run.seed + 1_000_000), budget, isOver: over, wrong },
      leavesFirstBatch: faults?.leavesFirstBatch === true,
      closesYear: faults?.closesYear === true,
      paceMs: faults?.paceMs ?? usualPaceMs,
    });
    const hurried = hurrySafePeriod(scene, run.bank, over);
    const story = async (): Promise<void> => {
      if (faults) await storm(scene, faults, lot);
      else await sleep(mutantMs);
      await calm(scene);
      scene.nowCalm();
      marks.push(performance.now());
      wrong.push(...(await settle(scene, claims, run.settleMs)));
      marks.push(performance.now());
    };
    // A person who can't go on ends the run; so does a part that is not started again.
    const gaveUp = scene.system.gaveUp.then((reason) => Promise.reject(reason));
    await Promise.race([story(), endless(people), gaveUp, brokenOff(run.signal)]);
    isOver = true;
    await Promise.all([people, hurried]);
    wrong.push(...(await probe(scene, claims)));
    wrong.push(...(await judge(scene, claims, budget)));
    seen = await countHappenings(scene);
  } catch (error) {
    wrong.push(`it did not end: ${reasonOf(error)}`);
  } finally {
    isOver = true;
    scene.nowCalm();
    await scene.stop();
  }
  const report = { wrong, drawn: faults ? namesOf(faults) : [], struck: struckIn(scene), seen, ms: lengths(marks) };
  if (wrong.length > 0 && run.keepAt !== undefined) {
    const kept = `${run.keepAt}-seed-${run.seed}`;
    rmSync(kept, { recursive: true, force: true, maxRetries: 5 });
    renameSync(run.copy, kept);
  } else rmSync(run.copy, { recursive: true, force: true, maxRetries: 5 });
  return report;
}

function faultsOf({ schedule, seed, bank }: FaultRun, lot: Chance): Schedule | null {
  if (typeof schedule === 'string') return drawSchedule(lot, seed, schedule, bank);
  if ('points' in schedule) return onlyPoints(schedule.points);
  return schedule.only === null ? null : onlyBank(schedule.only);
}

function lengths(marks: readonly number[]): FaultReport['ms'] {
  const [began = 0, started = began, calmed = started, settled = calmed] = marks;
  const [start, storm, settling] = [started - began, calmed - started, settled - calmed];
  return { start, storm, settle: settling, all: performance.now() - began };
}

async function probe(scene: Scene, claims: readonly ClaimInPlay[]): Promise<readonly string[]> {
  const paid = claims.find(({ fate }) => fate === 'pay');
  if (!paid) return [];
  return [
    ...(await nonceAgain(scene.system, `${paid.caseNo}-1`, paid.amountFen)),
    ...(await secondOrder(scene.system, paid.caseNo)),
  ];
}

function struckIn({ system, points, struck }: Scene): FaultReport['struck'] {
  const all = new Map(struck);
  for (const [mode, n] of struckByBank(system.dataDir)) all.set(`bank ${mode}`, n);
  for (const name of hits(points)) all.set(name, (all.get(name) ?? 0) + 1);
  return Object.fromEntries(all);
}

function brokenOff(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const tell = (): void => {
      reject(new Error('broken off'));
    };
    if (signal?.aborted === true) tell();
    signal?.addEventListener('abort', tell, { once: true });
  });
}

/** Rejects when the work does, and never resolves. */
async function endless(working: Promise<void>): Promise<never> {
  await working;
  return new Promise(() => undefined);
}
