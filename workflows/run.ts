import type { BusinessClock } from '../domain/time.ts';

/** The input of a durable process: a ready state, so that a run can start in the middle (design.md, Processes). */
export interface Run<S> {
  readonly clock: BusinessClock;
  readonly stream: string;
  readonly state: S;
  readonly seq: number;
  /** Hash of the event at `seq`, hex. */
  readonly hash: string;
}
