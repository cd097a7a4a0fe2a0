import { createHmac, randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Schedule } from './schedule.ts';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;
const AT_ONCE = 32;

/** Where and with which key the bank calls back. */
export interface CallbackTarget {
  readonly url: string;
  readonly key: { readonly id: string; readonly secret: string };
}

/** One callback: `body` stays the same bytes over all retries, `duplicates` = how often the acknowledged one is sent again. */
export interface Callback {
  readonly body: string;
  readonly duplicates: number;
  readonly acknowledged: () => Promise<void>;
}

/** Sends signed callbacks until they are answered with 2xx: again after 1 s, doubling to 30 s, real time. */
export class CallbackSender {
  readonly #target: CallbackTarget;
  readonly #schedule: Schedule;
  readonly #log: FastifyBaseLogger;
  readonly #closing = new AbortController();
  readonly #queue: (() => Promise<void>)[] = [];
  #running = 0;
  #held: Callback[] = [];

  constructor(target: CallbackTarget, schedule: Schedule, log: FastifyBaseLogger) {
    this.#target = target;
    this.#schedule = schedule;
    this.#log = log;
  }

  send(callback: Callback): void {
    this.#enqueue(() => this.#attempt(callback, FIRST_RETRY_MS));
  }

  /** Keeps the callback back; once none was added for `quietMs` real milliseconds, all held ones go out in reverse. */
  hold(callback: Callback, quietMs: number): void {
    this.#held.push(callback);
    const held = this.#held.length;
    this.#schedule.after(quietMs, () => {
      if (this.#held.length === held && this.#held.at(-1) === callback) this.release();
    });
  }

  /** Sends the held callbacks, the last one first and each after the one before was answered. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    if (held.length === 0) return;
    this.#enqueue(async () => {
      for (const callback of held.reverse()) await this.#attempt(callback, FIRST_RETRY_MS);
    });
  }

  close(): void {
    this.#closing.abort();
    this.#queue.length = 0;
  }

  async #attempt(callback: Callback, retryMs: number): Promise<void> {
    const { body, duplicates } = callback;
    const headers = this.#sign(body);
    if (!(await this.#post(body, headers))) {
      this.#schedule.after(retryMs, () => {
        this.#enqueue(() => this.#attempt(callback, Math.min(retryMs * 2, LAST_RETRY_MS)));
      });
      return;
    }
    await callback.acknowledged();
    await Promise.all(Array.from({ length: duplicates }, () => this.#post(body, headers)));
  }

  #sign(body: string): Record<string, string> {
    const { id, secret } = this.#target.key;
    const timestamp = String(Date.now());
    const nonce = randomUUID();
    const signature = createHmac('sha256', Buffer.from(secret, 'utf8'))
      .update(`${timestamp}.${nonce}.${body}`)
      .digest('hex');
    return {
      'content-type': 'application/json',
      'x-key-id': id,
      'x-timestamp': timestamp,
      'x-nonce': nonce,
      'x-signature': signature,
    };
  }

  async #post(body: string, headers: Record<string, string>): Promise<boolean> {
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const answer = await fetch(this.#target.url, { method: 'POST', body, headers, redirect: 'manual', signal });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      // Nobody listening, a reset or no answer in time: all the same to the bank, it comes back later.
      return false;
    }
  }

  #enqueue(task: () => Promise<void>): void {
    if (this.#closing.signal.aborted) return;
    this.#queue.push(task);
    this.#runQueue();
  }

  #runQueue(): void {
    while (this.#running < AT_ONCE) {
      const task = this.#queue.shift();
      if (!task) return;
      this.#running += 1;
      task()
        .catch((error: unknown) => {
          this.#log.error(
            { err: error },
            'a callback was not kept as acknowledged and will be sent again after a restart',
          );
        })
        .finally(() => {
          this.#running -= 1;
          this.#runQueue();
        });
    }
  }
}
