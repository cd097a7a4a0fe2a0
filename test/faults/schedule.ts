import type { Chance } from '../../dev/chance.ts';
import type { BankName } from '../../domain/payment/banks.ts';
import { crashPointsOf } from './points.ts';

/** A process that can be killed or frozen; `worker-2` is the suite's own second worker. */
export type Victim = 'worker' | 'worker-2' | 'api' | 'postgres' | 'temporal' | 'sandbox';

export interface BankFault {
  readonly mode: string;
  readonly count: number;
  readonly delayMs: number;
}

export interface Freeze {
  readonly part: Victim;
  readonly ms: number;
}

/** What goes wrong in a run, in the order of each lane. */
export interface Schedule {
  readonly points: readonly string[];
  readonly bank: readonly BankFault[];
  readonly kills: readonly Victim[];
  readonly freezes: readonly Freeze[];
  /** The very first batch is released by nobody and expires. */
  readonly leavesFirstBatch: boolean;
  /** Finance moves what is open into the new year, before the business day does it. */
  readonly closesYear: boolean;
  /** How long people wait at most, before the next payment, for faults to strike; real milliseconds. */
  readonly paceMs: number;
  /** How long a lane waits for its next hit before it gives up on what nobody comes to, real milliseconds. */
  readonly patienceMs: number;
}

/** Payments are spread over a storm, but never wait for long. */
export const usualPaceMs = 4_000;

/** What a bank does wrong to an order that it takes. */
const orderModes = [
  ...['execute-then-timeout', 'not-found-in-flight', 'lose-callback', 'duplicate-callback', 'reorder-callbacks'],
  ...['late-return', 'silent-return'],
];
/** What a bank does wrong to any request: nobody there, refused, half an answer, an answer that comes too late. */
const requestModes = ['down', 'reject', 'half-response', 'slow'];
const bankModes: readonly string[] = [...orderModes, ...requestModes];
/**
 * What a bank that works by files can do wrong: it is asked nothing, and calls nobody. An answer that it never gives is
 * not among them: where the order failed nobody else says so, and people have to ask.
 */
const fileModes = ['late-return', 'silent-return'];
const modesOf = (bank: BankName): readonly string[] => (bank === 'api' ? bankModes : fileModes);

const killed: readonly Victim[] = ['postgres', 'temporal', 'sandbox', 'api', 'worker', 'worker-2'];
/** Longer than the payment's heartbeat (30 s), than the API may take for an answer, than a caller waits for the bank. */
const frozen: readonly Freeze[] = [
  { part: 'worker', ms: 36_000 },
  { part: 'api', ms: 14_000 },
  { part: 'sandbox', ms: 12_000 },
];

export function nameOf({ part }: Freeze): string {
  return `freeze ${part}`;
}

/** Every kind of fault that the whole schedule has, as it is counted. */
export const faultKindsOf = (bank: BankName): readonly string[] => [
  ...modesOf(bank).map((mode) => `bank ${mode}`),
  ...killed.map((part) => `kill -9 ${part}`),
  ...frozen.map((one) => nameOf(one)),
];

/** How the bank says "not found" of what it has: longer than the suite lets pass for the safe period. */
const inFlightMs = 30_000;

/**
 * A seed's faults. `whole`: a third of the crash points, a dozen faults of the bank, PostgreSQL, Temporal and three more
 * processes killed, two frozen; three seeds in a row have every point, six those of the year's end as well. `small`: a
 * few of each that no run can miss, none frozen.
 */
export function drawSchedule(lot: Chance, seed: number, size: 'whole' | 'small', bank: BankName): Schedule {
  const [postgres = 'postgres', temporal = 'temporal', ...others] = killed;
  if (size === 'small') {
    const modes = shuffled(lot, ['late-return', 'half-response', ...shuffled(lot, smallModes).slice(0, 1)]);
    return {
      points: [...shuffled(lot, soonOfApi).slice(0, 2), ...shuffled(lot, soonOfWorker).slice(0, 1)],
      bank: modes.map((mode) => ({ ...bankFault(lot, mode), count: 2 })),
      kills: shuffled(lot, [postgres, temporal]),
      freezes: [],
      leavesFirstBatch: false,
      closesYear: false,
      // A handful of payments has to do for all of them, on a busy machine too.
      paceMs: 30_000,
      patienceMs: 45_000,
    };
  }
  const closesYear = seed % 2 === 0;
  const isOpen = (name: string): boolean => !name.endsWith('-carried') || isOfApi(name) === closesYear;
  return {
    points: shuffled(
      lot,
      crashPointsOf(bank).filter((name, n) => n % 3 === seed % 3 && isOpen(name)),
    ),
    bank: shuffled(lot, bank === 'api' ? [...bankModes, ...orderModes] : [...fileModes, ...fileModes])
      .slice(0, 12)
      .map((mode) => bankFault(lot, mode)),
    kills: shuffled(lot, [postgres, temporal, ...shuffled(lot, others).slice(0, 3)]),
    freezes: shuffled(lot, frozen).slice(0, 2),
    leavesFirstBatch: true,
    closesYear,
    paceMs: usualPaceMs,
    patienceMs: 30_000,
  };
}

const nothing = { points: [], bank: [], kills: [], freezes: [], leavesFirstBatch: false, closesYear: false };

/** A storm of one fault of the bank for its first ten orders or requests, and nothing else. */
export const onlyBank = (mode: string): Schedule => ({
  ...nothing,
  bank: [{ mode, count: 10, delayMs: inFlightMs }],
  paceMs: usualPaceMs,
  patienceMs: 60_000,
});

/** A storm of these points and nothing else. */
export const onlyPoints = (points: readonly string[]): Schedule => ({
  ...nothing,
  points,
  leavesFirstBatch: points.some((name) => name.endsWith('-expired')),
  closesYear: points.some((name) => isOfApi(name) && name.endsWith('-carried')),
  paceMs: usualPaceMs,
  patienceMs: 60_000,
});

/** Points that a handful of payments come to within seconds. */
const soon = (process: string, steps: readonly string[]): readonly string[] =>
  steps.flatMap((step) => [`${process}-before-${step}`, `${process}-after-${step}`]);
const soonOfApi = soon('api', ['prepared', 'released', 'callback', 'upheld']);
const soonOfWorker = soon('worker', ['told', 'marked', 'sent', 'submission', 'settled']);

/** Those that need no bank day to end. */
const smallModes = [
  'execute-then-timeout',
  'lose-callback',
  'duplicate-callback',
  'reorder-callbacks',
  'down',
  'reject',
];

const isOfApi = (point: string): boolean => point.startsWith('api-');

/** The names under which a schedule's faults are counted. */
export const namesOf = ({ points, bank, kills, freezes }: Schedule): readonly string[] => [
  ...points,
  ...bank.map(({ mode }) => `bank ${mode}`),
  ...kills.map((part) => `kill -9 ${part}`),
  ...freezes.map(nameOf),
];

function bankFault(lot: Chance, mode: string): BankFault {
  const count = requestModes.includes(mode) ? 3 + lot.below(10) : 2 + lot.below(8);
  return { mode, count, delayMs: delayOf(lot, mode) };
}

/** Real milliseconds. A return at once races with the word that it was paid. */
function delayOf(lot: Chance, mode: string): number {
  switch (mode) {
    case 'not-found-in-flight':
      return inFlightMs;
    case 'execute-then-timeout':
      return lot.one([1_000, 11_000]); // reset, or longer than the caller waits
    case 'slow':
      return 11_000;
    case 'late-return':
    case 'silent-return':
      return lot.one([0, 0, 500, 4_000]);
    default:
      return 1_500;
  }
}

function shuffled<T>(lot: Chance, list: readonly T[]): readonly T[] {
  const left = [...list];
  return list.flatMap(() => left.splice(lot.below(left.length), 1));
}
