import type { FastifyBaseLogger } from 'fastify';
import { z } from 'zod';
import type { BusinessClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Schedule } from './schedule.ts';

/** What the partners share, being stand-ins in one process. */
export interface Premises {
  /** The folder of the journals. */
  readonly folder: string;
  readonly clock: BusinessClock;
  readonly schedule: Schedule;
  readonly faults: Faults;
  readonly log: FastifyBaseLogger;
}

/** Any string but the empty one: the partners take numbers and names as they come. */
export const someText = z.string().min(1);

/** A civil date, `2017-09-01`. */
export const civilDate = z.iso.date();

/** What a partner answers about an id that it does not know, with HTTP 404. */
export const NOT_FOUND = { code: 'not-found' } as const;
