import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Recorded } from '../domain/stream.ts';
import { type Instant, realMsUntil } from '../domain/time.ts';
import { eventsSignal, knownQuery } from './follow-names.ts';
import type { Run } from './run.ts';

/** What a run knows of its process: for drift checks and for Temporal's UI. */
export interface Known<S> {
  readonly seq: number;
  readonly hash: string;
  readonly state: S;
}

/** The pump's signal; repeats are harmless, a gap is waited for. */
const signal = defineSignal<[readonly Recorded<unknown>[]]>(eventsSignal);
const query = defineQuery<Known<unknown>>(knownQuery);

/**
 * Follows one stream: state evolves from recorded events, in order, each once, whether a signal or the answer to an own
 * command brought them.
 */
export class Follower<S, E> {
  #state: S;
  #seq: number;
  readonly #hashes = new Map<number, string>();
  readonly #early = new Map<number, Recorded<E>>();
  readonly #run: Run<S>;
  readonly #evolve: (state: S, recorded: Recorded<E>) => S;

  constructor(run: Run<S>, evolve: (state: S, recorded: Recorded<E>) => S) {
    this.#run = run;
    this.#evolve = evolve;
    this.#state = run.state;
    this.#seq = run.seq;
    this.#hashes.set(run.seq, run.hash);
    setHandler(signal, (events) => {
      this.take(events as readonly Recorded<E>[]);
    });
    setHandler(query, () => ({ seq: this.#seq, hash: this.#hashes.get(this.#seq) ?? '', state: this.#state }));
  }

  get state(): S {
    return this.#state;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Applies events that were recorded; those known already are passed over, early ones wait for the gap to fill. */
  take(events: readonly Recorded<E>[]): void {
    for (const recorded of events) {
      const known = this.#hashes.get(recorded.seq);
      if (known !== undefined && known !== recorded.hash) {
        log.error('recorded history differs: replace this run', { stream: this.#run.stream, seq: recorded.seq });
        continue;
      }
      if (recorded.seq > this.#seq) this.#early.set(recorded.seq, recorded);
    }
    for (let next = this.#early.get(this.#seq + 1); next; next = this.#early.get(this.#seq + 1)) {
      this.#early.delete(next.seq);
      this.#state = this.#evolve(this.#state, next);
      this.#seq = next.seq;
      this.#hashes.set(next.seq, next.hash);
    }
  }

  /** Waits until something was recorded that was not known at the call. */
  async change(): Promise<void> {
    const { seq } = this;
    await condition(() => this.#seq !== seq);
  }

  /** Waits for the business instant; false as soon as `still` no longer holds. */
  async until(instant: Instant, still: () => boolean): Promise<boolean> {
    const ms = realMsUntil(this.#run.clock, instant, Date.now());
    if (ms === 0) return still();
    return !(await condition(() => !still(), ms));
  }

  /** Does `work` for as long as `still` holds; what it then has under way is cancelled, a partner that is down included. */
  async during(still: () => boolean, work: () => Promise<void>): Promise<void> {
    const scope = new CancellationScope();
    try {
      await scope.run(() => Promise.race([work(), condition(() => !still())]));
    } catch (error) {
      if (!isCancellation(error) || still()) throw error;
    } finally {
      scope.cancel();
    }
  }

  /** A long life with many events is cut into runs (design.md: beyond 5,000 events). */
  get isLong(): boolean {
    return workflowInfo().historyLength > 5_000;
  }

  /** The input of the next run. */
  get next(): Run<S> {
    return { ...this.#run, state: this.#state, seq: this.#seq, hash: this.#hashes.get(this.#seq) ?? this.#run.hash };
  }
}
