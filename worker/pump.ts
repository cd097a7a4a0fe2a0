import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { BusinessClock } from '../domain/time.ts';
import { drainOutbox, type Telling } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import { eventsSignal, lookSignal } from '../workflows/follow-names.ts';
import { orgUnitKey } from '../workflows/search-attributes.ts';
import { taskQueue } from './connection.ts';

const workflows = {
  case: 'applicationCase',
  round: 'publicityRound',
  batch: 'paymentBatch',
  intake: 'collectiveIntake',
  calendar: 'calendarChange',
  reconciliation: 'reconciliation',
  recovery: 'recoveryCase',
} as const;

/** One task of a round, a batch or a collective filing stands for many cases: it does not queue behind all of theirs. */
const priorityOf = (kind: Telling['kind']) => ({ priorityKey: kind === 'case' ? 3 : 2 });

const pollMs = 1_000;
const longestPauseMs = 5_000;

/**
 * Tells Temporal what PostgreSQL recorded: the only part that starts or signals workflows. `signalWithStart` carries the
 * ready state, so the first event starts the run and a late one starts it again.
 */
export class Pump {
  readonly #store: Store;
  readonly #client: Client;
  readonly #clock: BusinessClock;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(store: Store, client: Client, clock: BusinessClock) {
    this.#store = store;
    this.#client = client;
    this.#clock = clock;
  }

  /** Runs until `stop`. `report` hears of trouble once when it begins and once when it ends. */
  async run(report: (line: string) => void): Promise<void> {
    const listening = this.#listen();
    let pauseMs = 0;
    while (!this.#stopped) {
      try {
        const { told, failure } = await drainOutbox(this.#store, (telling) => this.#tell(telling));
        if (failure) throw failure instanceof Error ? failure : new Error('telling failed');
        if (pauseMs > 0) report('pump: Temporal and PostgreSQL answer again');
        pauseMs = 0;
        if (told === 0) await this.#pause(pollMs);
      } catch (error) {
        if (pauseMs === 0) report(`pump: waiting for Temporal or PostgreSQL (${nameOf(error)})`);
        pauseMs = Math.min(longestPauseMs, Math.max(250, 2 * pauseMs));
        await this.#pause(pauseMs);
      }
    }
    await (await listening)?.end();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async #tell(telling: Telling): Promise<void> {
    const { events, asksForLook = false } = telling;
    if (events.length > 0 || !asksForLook) await this.#signal(telling, eventsSignal, [events]);
    if (asksForLook) await this.#signal(telling, lookSignal, []);
  }

  async #signal({ kind, stream, state, seq, hash }: Telling, signal: string, signalArgs: unknown[]): Promise<void> {
    await this.#client.workflow.signalWithStart(workflows[kind], {
      workflowId: stream,
      taskQueue,
      args: [{ clock: this.#clock, stream, state, seq, hash }],
      priority: priorityOf(kind),
      signal,
      signalArgs,
      typedSearchAttributes: new TypedSearchAttributes([{ key: orgUnitKey, value: state.org }]),
    });
  }

  /** Being told is quicker than asking; without it the pump asks every second. */
  async #listen() {
    try {
      const listener = await this.#store.db.listener();
      listener.on('error', () => undefined);
      listener.on('notification', () => {
        this.#wake();
      });
      await listener.query('LISTEN outbox');
      return listener;
    } catch {
      return undefined;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Class and code of an error: its message could quote data. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
