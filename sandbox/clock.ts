/** The three values that fix business time: `businessAnchorMs + (real − realAnchorMs) × speed`, all epoch milliseconds. */
export interface ClockValues {
  readonly businessAnchorMs: number;
  readonly realAnchorMs: number;
  readonly speed: number;
}

const SHANGHAI_OFFSET_MS = 8 * 60 * 60 * 1000;

/** The partners' clock: they stamp and book by business time and wait by real time. */
export class BusinessClock {
  readonly #values: ClockValues;

  constructor(values: ClockValues) {
    this.#values = values;
  }

  /** The business instant at a real one (epoch ms, default now), ISO 8601 in Shanghai time: `2017-09-01T09:00:00.000+08:00`. */
  at(realMs: number = Date.now()): string {
    const { businessAnchorMs, realAnchorMs, speed } = this.#values;
    const businessMs = Math.floor(businessAnchorMs + (realMs - realAnchorMs) * speed);
    return new Date(businessMs + SHANGHAI_OFFSET_MS).toISOString().replace('Z', '+08:00');
  }
}

/** The civil date in Shanghai of an instant written by {@link BusinessClock.at}. */
export function dateOf(at: string): string {
  return at.slice(0, 10);
}
