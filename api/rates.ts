/** Requests of one address in a minute of real time, on routes that anyone may call. */
export const rates = {
  /** Objections and reports: people write few, programs many. */
  write: 30,
  /** Look-ups of receipts and names. */
  look: 120,
} as const;

/** The part of a route's `config` that limits it. */
export const rateLimited = (max: number) => ({ rateLimit: { max, timeWindow: '1 minute' } });
