import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Annex2 } from '../domain/annex-2.ts';

/** A list with as many lines as it happens to have, and the kind of file that is wanted. */
export interface PrintJob {
  readonly list: Annex2;
  readonly as: 'pdf' | 'xlsx';
}

/**
 * `busy`: so many lists are being made and wait that one more would come later than its reader is patient. `unread`: its
 * reader has gone.
 */
export class NotPrinted extends Error {
  readonly reason: 'busy' | 'unread';
  constructor(reason: NotPrinted['reason']) {
    super(reason);
    this.reason = reason;
  }
}

const thread = new URL('list-thread.mjs', import.meta.url);

/**
 * Makes long lists beside the event loop: 5,000 lines as PDF take 3 s and more, in which nothing else would be answered.
 * Each list has a thread of its own, so that a reader who goes away ends the work, a list that is too large for the
 * memory ends alone, and nothing of it stays. What has a page or two is made where it is asked for.
 */
export class ListPrinter {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param limits threads at once, and lists that wait for one before others are turned away */
  constructor(limits: { readonly atOnce: number; readonly waiting: number }) {
    this.#atOnce = limits.atOnce;
    this.#mostWaiting = limits.waiting;
  }

  /**
   * @param read the list, read only once there is a thread for it
   * @param signal its reader has gone: nothing more is done
   * @throws NotPrinted
   */
  async print(as: PrintJob['as'], read: () => Promise<Annex2>, signal: AbortSignal): Promise<Buffer> {
    await this.#turn(signal);
    try {
      return await madeInThread({ list: await read(), as }, signal);
    } catch (error) {
      throw signal.aborted ? new NotPrinted('unread') : error;
    } finally {
      this.#pass();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (this.#running < this.#atOnce) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#mostWaiting) return Promise.reject(new NotPrinted('busy'));
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(new NotPrinted('unread'));
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Hands the place over, so that nobody slips in between. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

async function madeInThread(job: PrintJob, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const worker = new Worker(thread, { workerData: job, execArgv: [] });
  try {
    // An error of the thread, such as no memory left, is thrown here as well.
    const [bytes] = (await once(worker, 'message', { signal })) as [Uint8Array<ArrayBuffer>];
    return Buffer.from(bytes.buffer);
  } finally {
    await worker.terminate();
  }
}
