import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { Problem, problemBody, sendProblem } from './problems.ts';

/** Requests that nobody could read: they reach no route and no hook, and are answered as strictly as all others. */

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** An address that can't be read; the standard answer would repeat it. */
export const unreadAddress = (reply: FastifyReply): FastifyReply =>
  sendProblem(reply.headers(headers), new Problem('bad-request'));

/** What is no HTTP, has too long a head, or took too long to come. */
export function unreadRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = problemBody(new Problem(slugs[error.code ?? ''] ?? 'bad-request'));
  const content = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(content)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${content}`);
}

const slugs: Readonly<Record<string, 'request-timeout' | 'head-too-large'>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'head-too-large',
};
