import { z } from 'zod';

/** Keys that encrypt data keys and payloads, 32 bytes each; `active` encrypts, all decrypt. */
export type PayloadKeys = { readonly active: string; readonly keys: ReadonlyMap<string, Buffer> };

/** Secrets of the bank's callbacks by key id; `active` is the first one given, with which the sandbox signs. */
export type CallbackKeys = { readonly active: string; readonly keys: ReadonlyMap<string, string> };

const keyId = /^[A-Za-z0-9._-]{1,64}$/;

/** `keyId:rest[,…]` as pairs in the given order; undefined when an id is malformed or given twice. */
function pairs(text: string): [string, string][] | undefined {
  const found = text.split(',').map((pair): [string, string] => {
    const colon = pair.indexOf(':');
    return [pair.slice(0, Math.max(colon, 0)).trim(), pair.slice(colon + 1).trim()];
  });
  const ids = new Set(found.map(([id]) => id));
  return ids.size === found.length && found.every(([id]) => keyId.test(id)) ? found : undefined;
}

/** Reads `keyId:base64-of-32-bytes[,…]`. */
export const payloadKeys = z.string().transform((text, context): PayloadKeys => {
  const keys = pairs(text)?.map(([id, key]): [string, Buffer] => [id, Buffer.from(key, 'base64')]);
  const active = keys?.[0]?.[0];
  if (keys && active !== undefined && keys.every(([, key]) => key.length === 32))
    return { active, keys: new Map(keys) };
  context.addIssue('wrong');
  return z.NEVER;
});

/** Reads `keyId:secret[,…]`, secrets of 16 characters or more. */
export const callbackKeys = z.string().transform((text, context): CallbackKeys => {
  const keys = pairs(text);
  const active = keys?.[0]?.[0];
  if (keys && active !== undefined && keys.every(([, key]) => key.length >= 16)) return { active, keys: new Map(keys) };
  context.addIssue('wrong');
  return z.NEVER;
});
