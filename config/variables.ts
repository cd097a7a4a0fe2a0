import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { callbackKeys, keySettings } from './keys.ts';
import { setting } from './setting.ts';

/** Every variable that a process reads, with its form and the words for a wrong one. */

/** businessNow = businessAnchorMs + (now − realAnchorMs) × speed; instants in epoch milliseconds. */
export type ClockSettings = {
  readonly businessAnchorMs: number;
  readonly realAnchorMs: number;
  readonly speed: number;
};

const clock = z.object({ businessAnchorMs: z.number(), realAnchorMs: z.number(), speed: z.number().positive() });
const clockJson = z.string().transform((text, context): ClockSettings => {
  try {
    return clock.parse(JSON.parse(text));
  } catch {
    context.addIssue('wrong');
    return z.NEVER;
  }
});
const portNumber = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(1).max(65535));
/** Nothing leaves this machine without TLS: the rule holds for every connection, whatever it is for. */
export const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
/** Whether an address may be called: by TLS, or on this machine. */
export const isSafe = (text: string): boolean => text.startsWith('https:') || isThisMachine(new URL(text).hostname);

const httpUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:\/\//.test(text) && isSafe(text))
  .transform((text) => text.replace(/\/+$/, ''));
const partnerUrl = (name: string) =>
  setting(name, httpUrl, 'an https:// address (http:// on this machine only), or leave it unset for PARTNERS_URL');

export const PORT = setting('PORT', portNumber, 'a port from 1 to 65535, such as 8080');
export const SANDBOX_PORT = setting('SANDBOX_PORT', portNumber, 'a port from 1 to 65535, such as 8090');
export const DATA_DIR = setting(
  'DATA_DIR',
  z.string().transform((path) => resolve(path)),
  'a folder that can be written',
);
export const DATABASE_URL = setting(
  'DATABASE_URL',
  z.string().refine((text) => {
    if (!URL.canParse(text) || !/^postgres(ql)?:\/\//.test(text)) return false;
    const { hostname, searchParams } = new URL(text);
    return isThisMachine(hostname) || searchParams.get('sslmode') === 'verify-full';
  }),
  'postgres://user:password@host:port/database, with ?sslmode=verify-full unless the host is this machine',
);
export const TEMPORAL_ADDRESS = setting(
  'TEMPORAL_ADDRESS',
  z.string().regex(/^(\[[0-9A-Fa-f:]+\]|[^\s:/]+):\d{1,5}$/),
  'host:port of the Temporal server, such as 127.0.0.1:7233',
);
export const TEMPORAL_NAMESPACE = setting(
  'TEMPORAL_NAMESPACE',
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  'the name of a Temporal namespace, such as default',
);
const pemFile = (name: string) => setting(name, z.string(), 'the path of a PEM file');
export const TEMPORAL_TLS_CA = pemFile('TEMPORAL_TLS_CA');
export const TEMPORAL_TLS_CERT = pemFile('TEMPORAL_TLS_CERT');
export const TEMPORAL_TLS_KEY = pemFile('TEMPORAL_TLS_KEY');
export const CODEC_PORT = setting(
  'CODEC_PORT',
  portNumber,
  "a port from 1 to 65535 for Temporal's UI to decode payloads at",
);
export const TEMPORAL_UI_ORIGIN = setting(
  'TEMPORAL_UI_ORIGIN',
  httpUrl.refine((text) => new URL(text).origin === text),
  "the origin of Temporal's UI, such as https://temporal.example.org (http:// on this machine only)",
);
const requests = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(10).max(1_000_000));
export const CLIENT_REQUESTS = setting(
  'CLIENT_REQUESTS',
  requests,
  'requests a minute from one address, 10 to 1000000',
);
export const PERSON_REQUESTS = setting('PERSON_REQUESTS', requests, 'requests a minute of one person, 10 to 1000000');
export const CLOCK_SPEED = setting(
  'CLOCK_SPEED',
  z.coerce.number().positive().max(1e6),
  'a number above 0; production is 1',
);
export const CLOCK_ANCHOR = setting(
  'CLOCK_ANCHOR',
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  'an ISO instant with offset, such as 2017-09-01T09:00:00+08:00',
);
export const OIDC_ISSUER = setting(
  'OIDC_ISSUER',
  httpUrl,
  'the https:// address of the OpenID provider (http:// on this machine only)',
);
export const DEV_TOKEN_KEY = setting('DEV_TOKEN_KEY', z.string(), 'the path of a private JWK file (development only)');
export const PAYLOAD_KEYS = setting(
  'PAYLOAD_KEYS',
  keySettings,
  'keyId:base64-of-32-bytes[,…], each id once; the first one encrypts',
);
export const PAYLOAD_KEYS_FILE = setting(
  'PAYLOAD_KEYS_FILE',
  z.string().transform((path, context) => {
    const read = keySettings.safeParse(textOf(path)?.trim());
    if (read.success) return read.data;
    context.addIssue('wrong');
    return z.NEVER;
  }),
  'the path of a file that holds what PAYLOAD_KEYS would',
);
export const KMS_URL = setting('KMS_URL', httpUrl, 'the https:// address of a transit engine that opens wrapped keys');
export const KMS_TOKEN_FILE = setting('KMS_TOKEN_FILE', z.string(), 'the path of the file with the token for KMS_URL');
export const BANK_CALLBACK_KEYS = setting(
  'BANK_CALLBACK_KEYS',
  callbackKeys,
  'keyId:secret[,…], each id once, secrets of 16 characters or more',
);
export const BANK_CALLBACK_URL = setting(
  'BANK_CALLBACK_URL',
  httpUrl,
  'the address on this machine that the sandbox bank calls back',
);
export const SANDBOX_CLOCK = setting('SANDBOX_CLOCK', clockJson, 'JSON {"businessAnchorMs","realAnchorMs","speed"}');
export const BANK_FILES = setting(
  'BANK_FILES',
  z.string().transform((path) => resolve(path)),
  'a folder that the bank’s files go to and come from',
);
export const SEED_BUDGET_FEN = setting(
  'SEED_BUDGET_FEN',
  z.coerce.number().int().positive(),
  'fen with which each fund opens its budget years; outside production only',
);
export const PARTNERS_URL = setting(
  'PARTNERS_URL',
  httpUrl,
  'the https:// address of the partner systems (http:// on this machine only)',
);

export const partners = {
  insurance: partnerUrl('INSURANCE_URL'),
  provincialRegister: partnerUrl('PROVINCIAL_REGISTER_URL'),
  nationalRegister: partnerUrl('NATIONAL_REGISTER_URL'),
  bank: partnerUrl('BANK_URL'),
  publisher: partnerUrl('PUBLISHER_URL'),
  sms: partnerUrl('SMS_URL'),
  letter: partnerUrl('LETTER_URL'),
  appraisal: partnerUrl('APPRAISAL_URL'),
};

/** Every variable that a process of the project reads: what a system started on purpose must not inherit by chance. */
export const SETTING_NAMES: readonly string[] = [
  ...[PORT, SANDBOX_PORT, DATA_DIR, DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, CLOCK_SPEED, CLOCK_ANCHOR],
  ...[TEMPORAL_TLS_CA, TEMPORAL_TLS_CERT, TEMPORAL_TLS_KEY, CODEC_PORT, TEMPORAL_UI_ORIGIN],
  ...[PAYLOAD_KEYS_FILE, KMS_URL, KMS_TOKEN_FILE],
  ...[CLIENT_REQUESTS, PERSON_REQUESTS],
  ...[OIDC_ISSUER, DEV_TOKEN_KEY, PAYLOAD_KEYS, BANK_CALLBACK_KEYS, BANK_CALLBACK_URL, SANDBOX_CLOCK],
  ...[SEED_BUDGET_FEN, BANK_FILES, PARTNERS_URL, ...Object.values(partners)],
].map(({ name }) => name);

/** Undefined where it can't be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
