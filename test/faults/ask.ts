import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, Reply } from '../../dev/client.ts';
import type { Scene } from './scene.ts';

/** How long people go on asking; real milliseconds. */
export const patienceMs = 180_000;

/** Asks until there is an answer that is no 5xx: the same request under the same key. */
export async function ask(caller: Caller, path: string, body: object): Promise<Reply> {
  const key = crypto.randomUUID();
  const until = performance.now() + patienceMs;
  for (;;) {
    const reply = await caller.ask('POST', path, body, { patienceMs, key });
    if (reply.status < 500 || performance.now() > until) return reply;
    await sleep(500);
  }
}

/** The same, and throws when it is refused. */
export async function must(caller: Caller, path: string, body: object): Promise<Reply> {
  const reply = await ask(caller, path, body);
  if (reply.status >= 300)
    throw new Error(`POST ${path} → ${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`);
  return reply;
}

/** Reads as the owner; a database that is being started shows nothing yet. */
export async function look<R extends object>(
  scene: Scene,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> {
  return scene.asOwner(async (owner) => (await owner.query<R>(sql, [...values])).rows).catch(() => []);
}
