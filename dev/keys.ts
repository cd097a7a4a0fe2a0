import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '../config/setting.ts';
import { keptFile } from './data-folder.ts';

/** Keys for development, made once per DATA_DIR; what the environment brings goes first. */
export type DevelopmentKeys = { readonly PAYLOAD_KEYS?: string; readonly BANK_CALLBACK_KEYS: string };

export function developmentKeys(dataDir: string, env: Environment): DevelopmentKeys {
  const given = (name: keyof DevelopmentKeys) => (env[name]?.trim() === '' ? undefined : env[name]);
  const payloadKeys = () =>
    given('PAYLOAD_KEYS') ??
    keptFile(join(dataDir, 'payload-keys'), () => `dev-1:${randomBytes(32).toString('base64')}`);
  return {
    ...(env['PAYLOAD_KEYS_FILE'] ? {} : { PAYLOAD_KEYS: payloadKeys() }),
    BANK_CALLBACK_KEYS:
      given('BANK_CALLBACK_KEYS') ??
      keptFile(join(dataDir, 'bank-callback-keys'), () => `dev-bank-1:${randomBytes(24).toString('base64url')}`),
  };
}
