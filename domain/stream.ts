import type { CaseEvent } from './case/events.ts';
import type { Instant } from './time.ts';

/** An event as it was recorded, as signals and activity answers carry it. */
export interface Recorded<E> {
  readonly seq: number;
  readonly at: Instant;
  /** Hex; the same seq with another hash is another history. */
  readonly hash: string;
  readonly event: E;
}

/** What a run's own command brings back: everything since the seq it knew, and the refusal if it was refused. */
export interface CaseNews {
  readonly events: readonly Recorded<CaseEvent>[];
  readonly refused?: string;
}
