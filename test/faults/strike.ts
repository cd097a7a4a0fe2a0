import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Chance } from '../../dev/chance.ts';
import { control } from '../../dev/sandbox-client.ts';
import { arm, comingLater, disarm, hits } from './points.ts';
import type { Scene } from './scene.ts';
import { type BankFault, type Freeze, nameOf, type Schedule, type Victim } from './schedule.ts';

/** How long a process has to have run before it is frozen: one that still starts would be taken for dead. */
const settledMs = 12_000;
/** Points that wait for somebody at the same time, of worker and of API each. */
const armedAtOnce = 3;
/** How long a fault of the bank goes on after its first hit. */
const moreHitsMs = 4_000;

/**
 * Strikes a seed's faults, in lanes side by side: each lane goes on when its last fault has struck, not when a time is
 * over, so that a slow machine sees the same faults. What never strikes is given up after a while. Resolves when all is over.
 */
export async function storm(scene: Scene, schedule: Schedule, lot: Chance): Promise<void> {
  const { points, bank, kills, freezes, patienceMs } = schedule;
  const total = points.length + bank.length;
  let banked = 0;
  const ofProcess = (prefix: string) => points.filter((name) => name.startsWith(prefix));
  const strikes = async (): Promise<void> => {
    await Promise.all([
      crashLane(scene, ofProcess('worker-'), patienceMs),
      crashLane(scene, ofProcess('api-'), patienceMs),
      bankLane(scene, bank, patienceMs, () => (banked += 1)),
    ]);
    await lateHits(scene, points, patienceMs);
  };
  let isOver = false;
  const measure = async (): Promise<void> => {
    while (!isOver) {
      const fired = new Set(hits(scene.points)).size;
      scene.progress = Math.min(1, (fired + banked) / Math.max(1, total));
      await sleep(200);
    }
  };
  const others = [killLane(scene, kills, lot, () => isOver), freezeLane(scene, freezes, lot, () => isOver)];
  const measured = measure();
  await strikes();
  isOver = true;
  scene.progress = 1;
  await Promise.all([...others, measured]);
}

/** A few points at a time, the next one when one has fired; those that nobody comes to stay armed until the calm. */
async function crashLane({ points: folder }: Scene, points: readonly string[], patienceMs: number): Promise<void> {
  const left = [...points];
  let [fired, since] = [0, performance.now()];
  for (;;) {
    const gone = hits(folder).filter((name) => points.includes(name)).length;
    if (gone > fired) [fired, since] = [gone, performance.now()];
    for (let armed = points.length - left.length - fired; armed < armedAtOnce && left.length > 0; armed += 1)
      arm(folder, left.shift() ?? '');
    const isStuck = performance.now() - since > patienceMs;
    if (fired === points.length) return;
    if (isStuck && left.length === 0) return;
    if (isStuck) {
      arm(folder, left.shift() ?? ''); // beside those that wait for what is rare
      since = performance.now();
    }
    await sleep(200);
  }
}

/** An activity whose worker was killed is begun again after that long. */
const retriedMs = 60_000;

/** What comes on a business day of its own, such as the end of a batch or of a year, is waited for until then. */
async function lateHits(scene: Scene, points: readonly string[], patienceMs: number): Promise<void> {
  for (const { name, from } of comingLater(points)) {
    const end = performance.now() + scene.msUntil(from) + retriedMs + patienceMs;
    while (performance.now() < end && !hits(scene.points).includes(name)) await sleep(200);
  }
}

const remaining = z.object({ mode: z.string(), count: z.number().nullable() });

/** One fault of the bank after the other, each until it has struck and a little longer, or for a while. */
async function bankLane({ system }: Scene, faults: readonly BankFault[], patienceMs: number, done: () => void) {
  for (const { mode, count, delayMs } of faults) {
    await put(system.sandboxUrl, { mode, count, delayMs });
    let end = performance.now() + 2 * patienceMs;
    let isStruck = false;
    while (performance.now() < end) {
      await sleep(400);
      const now = await fetch(`${system.sandboxUrl}/control/faults/bank`, { signal: AbortSignal.timeout(3_000) })
        .then(async (answer) => remaining.parse(await answer.json()))
        .catch(() => undefined);
      if (now && (now.mode !== mode || now.count === 0)) break; // used up
      if (isStruck || (now?.count ?? count) === count) continue;
      [isStruck, end] = [true, performance.now() + moreHitsMs];
    }
    done();
  }
}

async function put(sandboxUrl: string, fault: { mode: string; count: number; delayMs?: number }): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await control(sandboxUrl, '/faults/bank', fault);
      return;
    } catch (error) {
      if (attempt === 300) throw error;
      await sleep(300);
    }
  }
}

/** Waits until the storm has come that far, or is over. */
async function until(scene: Scene, progress: number, isOver: () => boolean): Promise<void> {
  while (scene.progress < progress && !isOver()) await sleep(200);
}

async function killLane(scene: Scene, parts: readonly Victim[], lot: Chance, isOver: () => boolean): Promise<void> {
  const marks = parts.map(() => lot.below(90) / 100).sort((a, b) => a - b);
  for (const [n, part] of parts.entries()) {
    await until(scene, marks[n] ?? 0, isOver);
    const pid = scene.pid(part);
    if (pid !== undefined && signal(pid, 'SIGKILL')) scene.count(`kill -9 ${part}`);
    await sleep(1_000);
  }
}

async function freezeLane(scene: Scene, freezes: readonly Freeze[], lot: Chance, isOver: () => boolean): Promise<void> {
  const marks = freezes.map(() => lot.below(60) / 100).sort((a, b) => a - b);
  for (const [n, one] of freezes.entries()) {
    await until(scene, marks[n] ?? 0, isOver);
    await freeze(scene, one);
  }
}

/** Stops a process for a while, once it is well under way; it counts when it is continued and was not killed meanwhile. */
async function freeze(scene: Scene, { part, ms }: Freeze): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const pid = await longRunning(scene, part);
    if (pid === undefined) return;
    scene.frozen.add(pid);
    signal(pid, 'SIGSTOP');
    const end = performance.now() + ms;
    while (performance.now() < end && scene.pid(part) === pid) await sleep(250);
    const isThere = scene.pid(part) === pid;
    signal(pid, 'SIGCONT');
    scene.frozen.delete(pid);
    if (!isThere) continue;
    scene.count(nameOf({ part, ms }));
    return;
  }
}

async function longRunning({ pid: pidOf }: Scene, part: Victim): Promise<number | undefined> {
  let [pid, since] = [pidOf(part), performance.now()];
  const end = performance.now() + 90_000;
  while (performance.now() < end) {
    if (pidOf(part) !== pid) [pid, since] = [pidOf(part), performance.now()];
    else if (pid !== undefined && performance.now() - since > settledMs) return pid;
    await sleep(250);
  }
  return undefined;
}

/** Everything works again: no fault is left, no point is armed, nobody is frozen. */
export async function calm({ system, points, frozen }: Scene): Promise<void> {
  disarm(points);
  for (const pid of frozen) signal(pid, 'SIGCONT');
  await put(system.sandboxUrl, { mode: 'none', count: 0 });
}

/** False when it has died in this instant. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
