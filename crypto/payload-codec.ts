import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKeys } from '../config/keys.ts';
import { openWithRing, sealWithRing } from './keyring.ts';

const encoding = 'binary/aes-256-gcm';
const context = 'temporal-payload';

/** Everything that Temporal stores is sealed, though workflows carry no personal data at all (design.md, Privacy). */
export function payloadCodec(ring: PayloadKeys): PayloadCodec {
  return {
    encode: (payloads) =>
      Promise.resolve(
        payloads.map((payload) => ({
          metadata: { encoding: Buffer.from(encoding) },
          data: sealWithRing(ring, proto.temporal.api.common.v1.Payload.encode(payload).finish(), context),
        })),
      ),
    decode: (payloads) =>
      Promise.resolve(payloads.map((payload) => (isOurs(payload) ? decoded(ring, payload) : payload))),
  };
}

const isOurs = (payload: Payload): boolean => Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === encoding;

const decoded = (ring: PayloadKeys, payload: Payload): Payload =>
  proto.temporal.api.common.v1.Payload.decode(openWithRing(ring, payload.data ?? Buffer.of(), context));
