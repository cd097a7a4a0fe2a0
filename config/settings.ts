import { resolve } from 'node:path';
import { z } from 'zod';
import { readFileSync } from 'node:fs';
import { callbackKeys, keySettings, type CallbackKeys, type KeySettings } from './keys.ts';
import { optional, required, setting, SettingError, type Environment } from './setting.ts';

/** Where Temporal is: `host:port` and namespace. */
export type TemporalSettings = {
  readonly address: string;
  readonly namespace: string;
  /** Absent on this machine only. */
  readonly tls?: TemporalTls;
};

/** PEM files' paths: whom we trust, and who we are where the server asks for it. */
export type TemporalTls = { readonly ca: string; readonly client?: { readonly cert: string; readonly key: string } };

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
const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
/** Whether an address may be called: by TLS, or on this machine. */
export const isSafe = (text: string): boolean => text.startsWith('https:') || isThisMachine(new URL(text).hostname);

const httpUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:\/\//.test(text) && isSafe(text))
  .transform((text) => text.replace(/\/+$/, ''));
const partnerUrl = (name: string) =>
  setting(name, httpUrl, 'an https:// address (http:// on this machine only), or leave it unset for PARTNERS_URL');

const PORT = setting('PORT', portNumber, 'a port from 1 to 65535, such as 8080');
const SANDBOX_PORT = setting('SANDBOX_PORT', portNumber, 'a port from 1 to 65535, such as 8090');
const DATA_DIR = setting(
  'DATA_DIR',
  z.string().transform((path) => resolve(path)),
  'a folder that can be written',
);
const DATABASE_URL = setting(
  'DATABASE_URL',
  z.string().refine((text) => {
    if (!URL.canParse(text) || !/^postgres(ql)?:\/\//.test(text)) return false;
    const { hostname, searchParams } = new URL(text);
    return isThisMachine(hostname) || searchParams.get('sslmode') === 'verify-full';
  }),
  'postgres://user:password@host:port/database, with ?sslmode=verify-full unless the host is this machine',
);
const TEMPORAL_ADDRESS = setting(
  'TEMPORAL_ADDRESS',
  z.string().regex(/^(\[[0-9A-Fa-f:]+\]|[^\s:/]+):\d{1,5}$/),
  'host:port of the Temporal server, such as 127.0.0.1:7233',
);
const TEMPORAL_NAMESPACE = setting(
  'TEMPORAL_NAMESPACE',
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  'the name of a Temporal namespace, such as default',
);
const pemFile = (name: string) => setting(name, z.string(), 'the path of a PEM file');
const TEMPORAL_TLS_CA = pemFile('TEMPORAL_TLS_CA');
const TEMPORAL_TLS_CERT = pemFile('TEMPORAL_TLS_CERT');
const TEMPORAL_TLS_KEY = pemFile('TEMPORAL_TLS_KEY');
const CODEC_PORT = setting('CODEC_PORT', portNumber, "a port from 1 to 65535 for Temporal's UI to decode payloads at");
const TEMPORAL_UI_ORIGIN = setting(
  'TEMPORAL_UI_ORIGIN',
  httpUrl.refine((text) => new URL(text).origin === text),
  "the origin of Temporal's UI, such as https://temporal.example.org (http:// on this machine only)",
);
const requests = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(10).max(1_000_000));
const CLIENT_REQUESTS = setting('CLIENT_REQUESTS', requests, 'requests a minute from one address, 10 to 1000000');
const PERSON_REQUESTS = setting('PERSON_REQUESTS', requests, 'requests a minute of one person, 10 to 1000000');
const CLOCK_SPEED = setting('CLOCK_SPEED', z.coerce.number().positive().max(1e6), 'a number above 0; production is 1');
const CLOCK_ANCHOR = setting(
  'CLOCK_ANCHOR',
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  'an ISO instant with offset, such as 2017-09-01T09:00:00+08:00',
);
const OIDC_ISSUER = setting(
  'OIDC_ISSUER',
  httpUrl,
  'the https:// address of the OpenID provider (http:// on this machine only)',
);
const DEV_TOKEN_KEY = setting('DEV_TOKEN_KEY', z.string(), 'the path of a private JWK file (development only)');
const PAYLOAD_KEYS = setting(
  'PAYLOAD_KEYS',
  keySettings,
  'keyId:base64-of-32-bytes[,…], each id once; the first one encrypts',
);
const PAYLOAD_KEYS_FILE = setting(
  'PAYLOAD_KEYS_FILE',
  z.string().transform((path, context) => {
    const read = keySettings.safeParse(textOf(path)?.trim());
    if (read.success) return read.data;
    context.addIssue('wrong');
    return z.NEVER;
  }),
  'the path of a file that holds what PAYLOAD_KEYS would',
);
const KMS_URL = setting('KMS_URL', httpUrl, 'the https:// address of a transit engine that opens wrapped keys');
const KMS_TOKEN_FILE = setting('KMS_TOKEN_FILE', z.string(), 'the path of the file with the token for KMS_URL');
const BANK_CALLBACK_KEYS = setting(
  'BANK_CALLBACK_KEYS',
  callbackKeys,
  'keyId:secret[,…], each id once, secrets of 16 characters or more',
);
const BANK_CALLBACK_URL = setting(
  'BANK_CALLBACK_URL',
  httpUrl,
  'the address on this machine that the sandbox bank calls back',
);
const SANDBOX_CLOCK = setting('SANDBOX_CLOCK', clockJson, 'JSON {"businessAnchorMs","realAnchorMs","speed"}');
const BANK_FILES = setting(
  'BANK_FILES',
  z.string().transform((path) => resolve(path)),
  'a folder that the bank’s files go to and come from',
);
const SEED_BUDGET_FEN = setting(
  'SEED_BUDGET_FEN',
  z.coerce.number().int().positive(),
  'fen with which each fund opens its budget years; outside production only',
);
const PARTNERS_URL = setting(
  'PARTNERS_URL',
  httpUrl,
  'the https:// address of the partner systems (http:// on this machine only)',
);

const partners = {
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

/** Base URL of each partner, without a closing slash. */
export type Partners = Readonly<Record<keyof typeof partners, string>>;

/** Who signs the tokens that the API accepts: an OpenID provider, or in development the key in a file. */
export type TokenSettings =
  { readonly kind: 'oidc'; readonly issuer: string } | { readonly kind: 'development'; readonly keyFile: string };

export type ApiSettings = {
  readonly port: number;
  readonly databaseUrl: string;
  readonly temporal: TemporalSettings;
  readonly payloadKeys: KeySettings;
  readonly bankCallbackKeys: CallbackKeys;
  readonly tokens: TokenSettings;
  readonly limits: RequestLimits;
  /** Absent: nobody decodes payloads for Temporal's UI. */
  readonly codec?: CodecSettings;
};

/** Requests a minute, by real time: of one address without a sign-in, of one person signed in. */
export type RequestLimits = { readonly client: number; readonly person: number };

/** Where this process decodes payloads, and the only origin whose pages may ask for it. */
export type CodecSettings = { readonly port: number; readonly uiOrigin: string };

export function apiSettings(env: Environment): ApiSettings {
  const codec = codecSettings(env);
  return {
    ...(codec ? { codec } : {}),
    port: optional(env, PORT) ?? 8080,
    databaseUrl: required(env, DATABASE_URL),
    temporal: temporalSettings(env),
    payloadKeys: payloadKeySettings(env),
    bankCallbackKeys: required(env, BANK_CALLBACK_KEYS),
    tokens: tokenSettings(env),
    limits: { client: optional(env, CLIENT_REQUESTS) ?? 300, person: optional(env, PERSON_REQUESTS) ?? 600 },
  };
}

export type WorkerSettings = {
  readonly databaseUrl: string;
  readonly temporal: TemporalSettings;
  readonly payloadKeys: KeySettings;
  readonly partners: Partners;
  /** Where files of banks that work by files go and come from; undefined: no fund has such a bank. */
  readonly bankFiles: string | undefined;
};

/** What a command that only looks into PostgreSQL needs. */
export type StoreSettings = { readonly databaseUrl: string; readonly payloadKeys: KeySettings };

export function storeSettings(env: Environment): StoreSettings {
  return { databaseUrl: required(env, DATABASE_URL), payloadKeys: payloadKeySettings(env) };
}

export function workerSettings(env: Environment): WorkerSettings {
  return {
    databaseUrl: required(env, DATABASE_URL),
    temporal: temporalSettings(env),
    payloadKeys: payloadKeySettings(env),
    bankFiles: optional(env, BANK_FILES),
    partners: {
      insurance: partner(env, 'insurance'),
      provincialRegister: partner(env, 'provincialRegister'),
      nationalRegister: partner(env, 'nationalRegister'),
      bank: partner(env, 'bank'),
      publisher: partner(env, 'publisher'),
      sms: partner(env, 'sms'),
      letter: partner(env, 'letter'),
      appraisal: partner(env, 'appraisal'),
    },
  };
}

export type MigrateSettings = {
  readonly databaseUrl: string;
  /** As given; undefined leaves the stored clock, or at first use speed 1 from now. */
  readonly clock: { readonly speed: number | undefined; readonly anchorMs: number | undefined };
  /** Outside production each fund's current and next year open with this much, in fen. */
  readonly seedBudgetFen: number | undefined;
};

export function migrateSettings(env: Environment): MigrateSettings {
  return {
    databaseUrl: required(env, DATABASE_URL),
    clock: { speed: optional(env, CLOCK_SPEED), anchorMs: optional(env, CLOCK_ANCHOR) },
    seedBudgetFen: optional(env, SEED_BUDGET_FEN),
  };
}

export type SandboxSettings = {
  readonly port: number;
  readonly dataDir: string;
  readonly bankCallbackUrl: string;
  readonly bankCallbackKeys: CallbackKeys;
  readonly bankFiles: string | undefined;
  readonly clock: ClockSettings;
};

export function sandboxSettings(env: Environment): SandboxSettings {
  return {
    port: optional(env, SANDBOX_PORT) ?? 8090,
    dataDir: dataDirSetting(env),
    bankCallbackUrl: required(env, BANK_CALLBACK_URL),
    bankCallbackKeys: required(env, BANK_CALLBACK_KEYS),
    bankFiles: optional(env, BANK_FILES),
    clock: required(env, SANDBOX_CLOCK),
  };
}

/** What `npm start` is told; what is undefined is made or started on this machine and kept in `dataDir`. */
export type StartSettings = {
  readonly port: number;
  readonly sandboxPort: number;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  readonly clock: MigrateSettings['clock'];
  readonly oidcIssuer: string | undefined;
  readonly partnersUrl: string | undefined;
};

export function startSettings(env: Environment): StartSettings {
  const settings: StartSettings = {
    port: optional(env, PORT) ?? 8080,
    sandboxPort: optional(env, SANDBOX_PORT) ?? 8090,
    dataDir: dataDirSetting(env),
    databaseUrl: optional(env, DATABASE_URL),
    temporalAddress: optional(env, TEMPORAL_ADDRESS),
    temporalNamespace: optional(env, TEMPORAL_NAMESPACE) ?? 'default',
    clock: { speed: optional(env, CLOCK_SPEED), anchorMs: optional(env, CLOCK_ANCHOR) },
    oidcIssuer: optional(env, OIDC_ISSUER),
    partnersUrl: optional(env, PARTNERS_URL),
  };
  if (settings.port === settings.sandboxPort) throw new SettingError('SANDBOX_PORT is wrong: it equals PORT');
  // The processes read these themselves; a wrong one is told before anything is started.
  optional(env, PAYLOAD_KEYS);
  optional(env, BANK_CALLBACK_KEYS);
  Object.values(partners).forEach((url) => optional(env, url));
  return settings;
}

/** DATA_DIR as an absolute path, `.data` in the present folder when unset. */
export function dataDirSetting(env: Environment): string {
  return optional(env, DATA_DIR) ?? resolve('.data');
}

function temporalSettings(env: Environment): TemporalSettings {
  const address = required(env, TEMPORAL_ADDRESS);
  const namespace = optional(env, TEMPORAL_NAMESPACE) ?? 'default';
  const tls = temporalTls(env, address);
  return { address, namespace, ...(tls ? { tls } : {}) };
}

function temporalTls(env: Environment, address: string): TemporalTls | undefined {
  const isNear = isThisMachine(address.slice(0, address.lastIndexOf(':')));
  const ca = isNear ? optional(env, TEMPORAL_TLS_CA) : required(env, TEMPORAL_TLS_CA);
  if (ca === undefined) return undefined;
  const cert = optional(env, TEMPORAL_TLS_CERT);
  const key = cert === undefined ? optional(env, TEMPORAL_TLS_KEY) : required(env, TEMPORAL_TLS_KEY);
  if (key !== undefined && cert === undefined) required(env, TEMPORAL_TLS_CERT);
  return { ca, ...(cert !== undefined && key !== undefined ? { client: { cert, key } } : {}) };
}

function payloadKeySettings(env: Environment): KeySettings {
  const file = optional(env, PAYLOAD_KEYS_FILE);
  if (file && optional(env, PAYLOAD_KEYS))
    throw new SettingError('PAYLOAD_KEYS_FILE is wrong: unset it, PAYLOAD_KEYS is set');
  const keys = file ?? required(env, PAYLOAD_KEYS);
  const url = optional(env, KMS_URL);
  if (url !== undefined) return { ...keys, kms: { url, tokenFile: required(env, KMS_TOKEN_FILE) } };
  if ([...keys.keys.values()].some((key) => typeof key === 'string')) required(env, KMS_URL);
  return keys;
}

/** Undefined where it can't be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function codecSettings(env: Environment): CodecSettings | undefined {
  const port = optional(env, CODEC_PORT);
  if (port === undefined) return undefined;
  if (port === (optional(env, PORT) ?? 8080)) throw new SettingError('CODEC_PORT is wrong: it equals PORT');
  return { port, uiOrigin: required(env, TEMPORAL_UI_ORIGIN) };
}

function partner(env: Environment, name: keyof typeof partners): string {
  return optional(env, partners[name]) ?? required(env, PARTNERS_URL);
}

function tokenSettings(env: Environment): TokenSettings {
  const issuer = optional(env, OIDC_ISSUER);
  const keyFile = optional(env, DEV_TOKEN_KEY);
  if (issuer !== undefined && keyFile !== undefined) {
    throw new SettingError('DEV_TOKEN_KEY is wrong: unset it, OIDC_ISSUER is set');
  }
  if (issuer !== undefined) return { kind: 'oidc', issuer };
  if (keyFile !== undefined) return { kind: 'development', keyFile };
  throw new SettingError(`OIDC_ISSUER is missing: set it to ${OIDC_ISSUER.want}`);
}
