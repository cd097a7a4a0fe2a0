import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CallbackKeys } from '../../config/keys.ts';
import type { OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { acceptCallback } from '../../store/order.ts';
import type { App, Services } from '../app.ts';
import { fieldErrors } from '../input.ts';
import { invalid, Problem } from '../problems.ts';
import { problems } from '../view.ts';

const callback = z.strictObject({
  orderNo: z.string().min(1).max(64),
  outcome: z.enum(['paid', 'failed', 'returned']),
  code: z.string().max(64),
  amountFen: z.int().min(1),
  at: z.iso.datetime({ offset: true }),
});

const headers = z.object({
  'x-key-id': z.string(),
  'x-timestamp': z.string().regex(/^\d{13}$/),
  'x-nonce': z.string().min(8).max(128),
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
            200: z.object({ effect: z.enum(['moved', 'agreed', 'repeated']) }),
            ...problems(400, 401, 409, 413, 415, 422, 503),
          },
        },
      },
      async (request) => {
        const bytes = typeof request.body === 'string' ? request.body : '';
        const nonce = signedNonce(bankCallbackKeys, request, bytes);
        const report = readCallback(bytes);
        const amountFen = fen(report.amountFen);
        const { outcome, code, orderNo } = report;
        const word = { outcome, code, amountFen, at: parseInstant(report.at) };
        const decision = await acceptCallback(store, { nonce, bytes }, orderNo as OrderNo, word);
        if (decision.effect === 'difference') throw new Problem('difference-recorded');
        return { effect: decision.effect };
      },
    );
    ready();
  });
}

/** The nonce of a callback whose signature and time are right. @throws Problem `signature-invalid` */
function signedNonce({ keys }: CallbackKeys, request: FastifyRequest, bytes: string): string {
  const parsed = headers.safeParse(request.headers);
  if (!parsed.success) throw new Problem('signature-invalid');
  const { 'x-key-id': keyId, 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature } = parsed.data;
  const secret = keys.get(keyId);
  if (secret === undefined || Math.abs(Date.now() - Number(timestamp)) > windowMs)
    throw new Problem('signature-invalid');
  const expected = createHmac('sha256', secret).update(`${timestamp}.${nonce}.${bytes}`).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw new Problem('signature-invalid');
  return nonce;
}

function readCallback(bytes: string): z.infer<typeof callback> {
  let json: unknown;
  try {
    json = JSON.parse(bytes);
  } catch {
    throw new Problem('not-json');
  }
  const parsed = callback.safeParse(json);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error.issues));
  return parsed.data;
}
