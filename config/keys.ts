import { z } from 'zod';

/** Keys that encrypt data keys and payloads, 32 bytes each; `active` encrypts, all decrypt. */
export type PayloadKeys = { readonly active: string; readonly keys: ReadonlyMap<string, Buffer> };

/** A service with the interface of Vault's transit engine: the address that opens a key, and the file of its token. */
export type KmsSettings = { readonly url: string; readonly tokenFile: string };

/** `PAYLOAD_KEYS` as they were given: 32 bytes, or the words of a key management service that only it can open. */
export type KeySettings = {
  readonly active: string;
  readonly keys: ReadonlyMap<string, Buffer | string>;
  readonly kms?: KmsSettings;
};

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

const wrapped = /^vault:v\d+:[A-Za-z0-9+/=]+$/;

/** Reads `keyId:base64-of-32-bytes[,…]`; instead of the base64, `vault:v1:…` of a key management service. */
export const keySettings = z.string().transform((text, context): KeySettings => {
  const keys = pairs(text)?.map(([id, key]): [string, Buffer | string] => [
    id,
    wrapped.test(key) ? key : Buffer.from(key, 'base64'),
  ]);
  const active = keys?.[0]?.[0];
  if (keys && active !== undefined && keys.every(([, key]) => typeof key === 'string' || key.length === 32))
    return { active, keys: new Map(keys) };
  context.addIssue('wrong');
  return z.NEVER;
});

/** Reads keys that are given plainly. */
export const payloadKeys = keySettings.transform(({ active, keys }, context): PayloadKeys => {
  const plain = [...keys].filter((pair): pair is [string, Buffer] => typeof pair[1] !== 'string');
  if (plain.length === keys.size) return { active, keys: new Map(plain) };
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
