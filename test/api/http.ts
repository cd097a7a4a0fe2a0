import { randomUUID } from 'node:crypto';
import type { Who } from '../../dev/client.ts';
import type { Client, Desk, PostOptions, Reply } from './desk.ts';

/** The same API as the desk's, over a socket: what a browser or a program of an office sees. */
export async function overHttp(desk: Desk): Promise<(who: Who) => Client> {
  const base = await desk.app.listen({ host: '127.0.0.1', port: 0 });
  return (who) => {
    const send = async (method: 'GET' | 'POST', path: string, headers: object, body?: unknown): Promise<Reply> => {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await desk.token(who)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      const given = Object.fromEntries(response.headers.entries());
      return { status: response.status, headers: given, text, body: isJson ? (JSON.parse(text) as unknown) : text };
    };
    return {
      get: (path, headers = {}) => send('GET', path, headers),
      post: (path, body, { key = randomUUID(), headers = {} }: PostOptions = {}) =>
        send('POST', path, key === null ? headers : { 'idempotency-key': key, ...headers }, body),
    };
  };
}
