import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { KeySettings, KmsSettings, PayloadKeys } from '../config/keys.ts';
import { SettingError } from '../config/setting.ts';

/** What a key management service does for us: it opens keys that only it can open. The port; adapters are below. */
export interface KeyManagement {
  /** @throws SettingError when the service can't be asked, or does not open it */
  unwrap(wrapped: string): Promise<Buffer>;
}

const answerWithinMs = 10_000;
const answer = z.object({ data: z.object({ plaintext: z.base64() }) });

/** A service with the HTTP interface of Vault's and OpenBao's transit engine: `POST …/decrypt/<key>`. */
function transit({ url, tokenFile }: KmsSettings): KeyManagement {
  return {
    async unwrap(ciphertext) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-vault-token': tokenIn(tokenFile) },
        body: JSON.stringify({ ciphertext }),
        redirect: 'error',
        signal: AbortSignal.timeout(answerWithinMs),
      }).catch(() => undefined);
      if (!response) throw new SettingError('KMS_URL is wrong: nothing answers there');
      if (!response.ok) throw new SettingError(`KMS_URL is wrong: it answers ${response.status}`);
      const parsed = answer.safeParse(await response.json().catch(() => undefined));
      if (!parsed.success) throw new SettingError('KMS_URL is wrong: what answers there is no transit engine');
      return Buffer.from(parsed.data.data.plaintext, 'base64');
    },
  };
}

/** Read at each use, so that whoever renews the token need not restart anything. */
function tokenIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new SettingError('KMS_TOKEN_FILE is wrong: the file cannot be read');
  }
}

/**
 * The keys that `PAYLOAD_KEYS` names: given plainly, or wrapped by a key management service, which is asked once at the
 * start. They stay in this process's memory and are written nowhere.
 * @throws SettingError
 */
export async function payloadRing(
  { active, keys, kms }: KeySettings,
  management: KeyManagement | undefined = kms && transit(kms),
): Promise<PayloadKeys> {
  const opened = new Map<string, Buffer>();
  for (const [id, key] of keys) {
    if (typeof key !== 'string') opened.set(id, key);
    else {
      if (!management) throw new SettingError('KMS_URL is missing: PAYLOAD_KEYS has a wrapped key');
      const plain = await management.unwrap(key);
      if (plain.length !== 32) throw new SettingError('PAYLOAD_KEYS is wrong: a wrapped key is not 32 bytes long');
      opened.set(id, plain);
    }
  }
  return { active, keys: opened };
}
