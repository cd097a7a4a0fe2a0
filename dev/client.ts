import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Role } from '../domain/actor.ts';
import { issueDevToken } from './dev-token.ts';
import { reasonOf } from './start-error.ts';
import type { System } from './system.ts';

/** Someone who works with the system, as a development token has them. */
export interface Who {
  readonly sub: string;
  readonly roles: readonly Role[];
  readonly org?: string;
  readonly name?: string;
  readonly idNumber?: string;
  readonly creditCode?: string;
}

/** What came back, whatever its status. */
export interface Reply {
  readonly status: number;
  /** Parsed JSON, or the text of what is no JSON. */
  readonly body: unknown;
}

export interface CallOptions {
  /** Statuses that are no error; 200 for GET, 200, 201 and 202 for POST. */
  readonly expect?: readonly number[];
  /** A key of one's own instead of a random one. */
  readonly key?: string;
  /** How long to repeat, with the same key, what got no answer or 503. Milliseconds; 15 s when left out. */
  readonly patienceMs?: number;
}

/** Something other than the expected was answered. `message` is one line with status, slug and title. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly status: number;
  /** `already-claimed` of `urn:problem:already-claimed`; empty when the answer is no problem. */
  readonly slug: string;

  constructor(asked: string, { status, body }: Reply) {
    const { slug, text } = problemOf(body);
    super(`${asked} → ${status}${slug === '' ? '' : ` ${slug}`}: ${text}`);
    this.status = status;
    this.slug = slug;
  }
}

/** One person's view of the API: signed in, or without a token the public's. */
export class Caller {
  readonly #url: string;
  readonly #token: string | null;

  constructor(url: string, token: string | null) {
    this.#url = url;
    this.#token = token;
  }

  /** @throws UnexpectedAnswer; Error when no answer came in time */
  get<T>(path: string, answer: z.ZodType<T>, options?: CallOptions): Promise<T> {
    return this.#read('GET', path, undefined, answer, { expect: [200], ...options });
  }

  /** @throws UnexpectedAnswer; Error when no answer came in time */
  post<T>(path: string, body: unknown, answer: z.ZodType<T>, options?: CallOptions): Promise<T> {
    return this.#read('POST', path, body, answer, { expect: [200, 201, 202], ...options });
  }

  /** Posts a form with files. @throws UnexpectedAnswer; Error when no answer came in time */
  upload<T>(path: string, form: FormData, answer: z.ZodType<T>, options?: CallOptions): Promise<T> {
    return this.#read('POST', path, form, answer, { expect: [200, 201, 202], ...options });
  }

  /** Whatever is answered is given back, refusals and errors too. @throws Error when no answer came in time */
  async ask(method: 'GET' | 'POST', path: string, body?: unknown, options: CallOptions = {}): Promise<Reply> {
    const { key = randomUUID(), patienceMs = 15_000 } = options;
    const until = performance.now() + patienceMs;
    for (;;) {
      const reply = await this.#once(method, path, body, key).catch((error: unknown) => unreachable(error));
      const isAway = 'unreachable' in reply || reply.status === 503;
      if (!isAway) return reply;
      if (performance.now() >= until) {
        if (!('unreachable' in reply)) return reply;
        throw new Error(`${method} ${path}: no answer (${reply.unreachable})`);
      }
      await sleep(250);
    }
  }

  async #read<T>(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    answer: z.ZodType<T>,
    options: CallOptions,
  ): Promise<T> {
    const reply = await this.ask(method, path, body, options);
    if (options.expect?.includes(reply.status) !== true) throw new UnexpectedAnswer(`${method} ${path}`, reply);
    const parsed = answer.safeParse(reply.body);
    if (parsed.success) return parsed.data;
    throw new Error(`${method} ${path} answered another shape:\n${z.prettifyError(parsed.error)}`);
  }

  async #once(method: string, path: string, body: unknown, key: string): Promise<Reply> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
  }
}

/** Signs someone in with a development token of the system that keeps `dataDir`. */
export async function signIn({ url, dataDir }: Pick<System, 'url' | 'dataDir'>, who: Who): Promise<Caller> {
  return new Caller(url, await issueDevToken(dataDir, who));
}

/**
 * Looks again every 200 ms until there is something to see.
 * @param what for the message, as in "the case is paid"
 * @param look undefined: not yet; an error counts as not yet and is told at the end
 * @throws Error naming `what` and what was seen last, once `withinMs` is over
 */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  withinMs: number,
): Promise<T> {
  const until = performance.now() + withinMs;
  let last = '';
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      last = '';
    } catch (error) {
      last = ` (${reasonOf(error)})`;
    }
    if (performance.now() > until) throw new Error(`not within ${withinMs / 1000} s: ${what}${last}`);
    await sleep(200);
  }
}

/** Node's fetch says "fetch failed" and keeps the reason for its cause. */
function unreachable(error: unknown): { readonly unreachable: string } {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return { unreachable: reasonOf(cause) };
}

const problem = z.looseObject({
  type: z.string().startsWith('urn:problem:'),
  title: z.string(),
  detail: z.string().optional(),
});

function problemOf(body: unknown): { readonly slug: string; readonly text: string } {
  const { success, data } = problem.safeParse(body);
  if (!success) return { slug: '', text: (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 300) };
  const { type, title, detail = title } = data;
  return { slug: type.slice('urn:problem:'.length), text: detail === title ? title : `${title}; ${detail}` };
}
