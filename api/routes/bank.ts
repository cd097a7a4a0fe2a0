import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CallbackKeys } from '../../config/keys.ts';
import type { OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { acceptCallback, type CallbackEffect, recordRefusedCallback } from '../../store/callback.ts';
import type { App, Services } from '../app.ts';
import { fieldErrors } from '../input.ts';
import { invalid, Problem, type ProblemSlug } from '../problems.ts';
import { problems } from '../view.ts';

const callback = z.strictObject({
  orderNo: z
    .string()
    .max(64)
    .regex(/^\P{C}+$/u),
  outcome: z.enum(['paid', 'failed', 'returned']),
  code: z
    .string()
    .max(64)
    .regex(/^\P{C}*$/u),
  amountFen: z.int().min(1),
  at: z.iso.datetime({ offset: true }),
});

const headers = z.object({
  'x-key-id': z.string(),
  'x-timestamp': z.string().regex(/^\d{13}$/),
  'x-nonce': z.string().min(1).max(128),
  'x-signature': z.string().regex(/^[0-9a-f]{64}$/i),
});

/** Older or newer than this by the real clock: refused, whatever the signature says. */
const windowMs = 5 * 60_000;

/** The bank's word on an order, signed over the very bytes of the body (contract.md). */
export function bankRoutes(app: App, { store, bankCallbackKeys }: Services): void {
  void app.register((bank: App, _options: object, ready: () => void) => {
    bank.removeAllContentTypeParsers();
    bank.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    bank.post(
      '/bank/v1/callbacks',
      {
        config: { may: 'bank' },
        schema: {
          summary: '银行回执 · Callback of the bank, signed with HMAC-SHA256',
          response: {
            200: z.object({ effect: z.enum(['moved', 'agreed']) }),
            ...problems(400, 401, 409, 413, 415, 422, 503),
          },
        },
      },
      async (request) => {
        const bytes = typeof request.body === 'string' ? request.body : '';
        const signed = readSignature(bankCallbackKeys, request, bytes);
        const report = readCallback(bytes);
        if (signed.kind !== 'good') {
          await recordRefusedCallback(store, signed.kind, report.done?.orderNo);
          throw new Problem('signature-invalid');
        }
        if (!report.done) {
          await recordRefusedCallback(store, 'unreadable-callback', undefined);
          throw report.problem;
        }
        const { outcome, code, orderNo, amountFen, at } = report.done;
        const word = { outcome, code, amountFen: fen(amountFen), at: parseInstant(at) };
        const effect = await acceptCallback(store, { nonce: signed.nonce, bytes }, orderNo as OrderNo, word);
        if (effect === 'moved' || effect === 'agreed') return { effect };
        throw new Problem(refusedAs[effect]);
      },
    );
    ready();
  });
}

const refusedAs = {
  difference: 'difference-recorded',
  'unknown-order': 'unknown-order',
  'nonce-reused': 'nonce-reused',
} as const satisfies Partial<Record<CallbackEffect, ProblemSlug>>;

type Signature = { readonly kind: 'good'; readonly nonce: string } | { readonly kind: 'forged' | 'outside-window' };

/** Whether it is signed with one of the keys, over these bytes, and just now by the real clock. */
function readSignature({ keys }: CallbackKeys, request: FastifyRequest, bytes: string): Signature {
  const parsed = headers.safeParse(request.headers);
  if (!parsed.success) return { kind: 'forged' };
  const { 'x-key-id': keyId, 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature } = parsed.data;
  const secret = keys.get(keyId);
  if (secret === undefined) return { kind: 'forged' };
  const expected = createHmac('sha256', secret).update(`${timestamp}.${nonce}.${bytes}`).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return { kind: 'forged' };
  return Math.abs(Date.now() - Number(timestamp)) > windowMs ? { kind: 'outside-window' } : { kind: 'good', nonce };
}

type Read = { readonly done: z.infer<typeof callback> } | { readonly done?: undefined; readonly problem: Problem };

function readCallback(bytes: string): Read {
  let json: unknown;
  try {
    json = JSON.parse(bytes);
  } catch {
    return { problem: new Problem('not-json') };
  }
  const parsed = callback.safeParse(json);
  return parsed.success ? { done: parsed.data } : { problem: invalid(fieldErrors(parsed.error.issues)) };
}
