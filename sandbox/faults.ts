import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import type { Schedule } from './schedule.ts';

const EVERYWHERE = ['none', 'down', 'slow', 'reject', 'half-response'] as const;

/** What a transfer can meet that other requests cannot; `sandbox/bank.ts` says what each one does. */
export const TRANSFER_MODES = [
  'execute-then-timeout',
  'not-found-in-flight',
  'lose-callback',
  'duplicate-callback',
  'reorder-callbacks',
  'late-return',
  'silent-return',
] as const;

/** The modes of each partner, as the contract names them. */
export const MODES = {
  insurance: EVERYWHERE,
  provincial: [...EVERYWHERE, 'not-covered'],
  national: [...EVERYWHERE, 'not-covered'],
  appraisal: EVERYWHERE,
  bank: [...EVERYWHERE, ...TRANSFER_MODES],
  publisher: [...EVERYWHERE, 'changed-page'],
  sms: EVERYWHERE,
  letter: EVERYWHERE,
} as const satisfies Record<string, readonly string[]>;

export type PartnerName = keyof typeof MODES;
export type FaultMode = (typeof MODES)[PartnerName][number];

export const PARTNERS: readonly PartnerName[] = [
  'insurance',
  'provincial',
  'national',
  'appraisal',
  'bank',
  'publisher',
  'sms',
  'letter',
];

/** Real milliseconds that a mode waits where the fault's own `delayMs` says nothing. */
const DELAY_MS: Partial<Record<FaultMode, number>> = {
  slow: 15_000,
  'execute-then-timeout': 30_000,
  'not-found-in-flight': 10_000,
  'reorder-callbacks': 2_000,
  'late-return': 5_000,
  'silent-return': 5_000,
};

const faultSchema = z.object({
  mode: z.enum(['none', ...new Set(Object.values(MODES).flat())]),
  count: z.int().nonnegative().nullable(),
  delayMs: z.int().nonnegative().nullable(),
});

/** A switched-on fault: `count` = how many requests it still hits (null: until changed), `delayMs` null = the mode's own. */
export type Fault = z.infer<typeof faultSchema>;

/** One request or transfer that a fault hits. */
export interface Hit<M extends FaultMode = FaultMode> {
  readonly mode: M;
  readonly delayMs: number;
}

/** One fault per partner, kept over restarts like all control data. */
export class Faults {
  readonly #faults: DurableMap<Fault>;
  readonly #now: Map<string, Fault>;
  readonly #log: FastifyBaseLogger;

  private constructor(faults: DurableMap<Fault>, log: FastifyBaseLogger) {
    this.#faults = faults;
    this.#now = new Map(faults.entries());
    this.#log = log;
  }

  static async open(path: string, log: FastifyBaseLogger): Promise<Faults> {
    const faults = new Faults(await DurableMap.open(path, faultSchema), log);
    for (const [partner, fault] of faults.#now) {
      if (fault.mode !== 'none') log.warn({ partner, ...fault }, 'a fault from before this start is still switched on');
    }
    return faults;
  }

  of(partner: PartnerName): Fault {
    return this.#now.get(partner) ?? { mode: 'none', count: null, delayMs: null };
  }

  /** Replaces the partner's fault; `none` clears it. */
  async set(partner: PartnerName, fault: Fault): Promise<void> {
    this.#now.set(partner, fault);
    await this.#faults.set(partner, fault);
  }

  /** The hit on the request at hand, if the partner's fault is one of `modes`: uses up one of its count. */
  take<M extends FaultMode>(partner: PartnerName, modes: readonly M[]): Hit<M> | undefined {
    const fault = this.of(partner);
    const mode = modes.find((one) => one === fault.mode);
    if (mode === undefined || fault.count === 0) return undefined;
    if (fault.count !== null) {
      const left = fault.count - 1;
      this.set(partner, left > 0 ? { ...fault, count: left } : { mode: 'none', count: null, delayMs: null }).catch(
        (error: unknown) => {
          this.#log.error({ err: error, partner }, 'the count of a fault was not kept');
        },
      );
    }
    return { mode, delayMs: fault.delayMs ?? DELAY_MS[mode] ?? 0 };
  }

  close(): Promise<void> {
    return this.#faults.close();
  }
}

/**
 * Lets the modes that every partner has hit the routes of `app`. `down` and `reject` come before any work; `slow` and
 * `half-response` come after it: the partner has done what was asked, the answer is late or torn.
 */
export function exposeToFaults(app: FastifyInstance, partner: PartnerName, faults: Faults, schedule: Schedule): void {
  const hits = new WeakMap<FastifyRequest, Hit>();

  app.addHook('onRequest', (request, reply, done) => {
    const hit = faults.take(partner, ['down', 'slow', 'reject', 'half-response']);
    if (hit?.mode === 'down') {
      reply.hijack();
      request.raw.socket.destroy();
    } else if (hit?.mode === 'reject') {
      reply.code(partner === 'bank' ? 422 : 400).send({ code: 'rejected' });
    } else {
      if (hit) hits.set(request, hit);
      done();
    }
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    const hit = hits.get(request);
    if (hit?.mode === 'slow') {
      schedule.after(hit.delayMs, () => {
        done(null, payload);
      });
    } else if (hit?.mode === 'half-response') {
      const { socket } = request.raw;
      const body = Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === 'string' ? payload : '');
      reply.hijack();
      if (body.length < 2) {
        socket.destroy();
        return;
      }
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      reply.raw.writeHead(reply.statusCode, { 'content-length': body.length });
      reply.raw.write(body.subarray(0, Math.floor(body.length / 2)), () => socket.destroy());
    } else {
      done(null, payload);
    }
  });
}
