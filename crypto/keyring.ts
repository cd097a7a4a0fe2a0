import type { PayloadKeys } from '../config/keys.ts';
import { open, seal } from './seal.ts';

/** Seals with the active key and writes its id in front, so that rotation needs no guess. */
export function sealWithRing(ring: PayloadKeys, plain: Uint8Array, context: string): Buffer {
  const id = Buffer.from(ring.active);
  return Buffer.concat([Buffer.of(id.length), id, seal(keyNamed(ring, ring.active), plain, context)]);
}

/** @throws Error naming the key id when `PAYLOAD_KEYS` no longer has it */
export function openWithRing(ring: PayloadKeys, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  const end = 1 + bytes.readUInt8(0);
  return open(keyNamed(ring, bytes.subarray(1, end).toString()), bytes.subarray(end), context);
}

/** The id of the key that sealed this. */
export function wrappedBy(sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  return bytes.subarray(1, 1 + bytes.readUInt8(0)).toString();
}

function keyNamed(ring: PayloadKeys, id: string): Buffer {
  const key = ring.keys.get(id);
  if (!key) throw new Error(`PAYLOAD_KEYS has no key ${JSON.stringify(id)}, which sealed data needs`);
  return key;
}
