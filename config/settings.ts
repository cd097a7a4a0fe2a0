import { resolve } from 'node:path';
import type { CallbackKeys, KeySettings } from './keys.ts';
import { optional, required, SettingError, type Environment } from './setting.ts';
import {
  type ClockSettings,
  isThisMachine,
  PORT,
  SANDBOX_PORT,
  DATA_DIR,
  DATABASE_URL,
  TEMPORAL_ADDRESS,
  TEMPORAL_NAMESPACE,
  TEMPORAL_TLS_CA,
  TEMPORAL_TLS_CERT,
  TEMPORAL_TLS_KEY,
  CODEC_PORT,
  TEMPORAL_UI_ORIGIN,
  CLIENT_REQUESTS,
  PERSON_REQUESTS,
  CLOCK_SPEED,
  CLOCK_ANCHOR,
  OIDC_ISSUER,
  DEV_TOKEN_KEY,
  PAYLOAD_KEYS,
  PAYLOAD_KEYS_FILE,
  KMS_URL,
  KMS_TOKEN_FILE,
  BANK_CALLBACK_KEYS,
  BANK_CALLBACK_URL,
  SANDBOX_CLOCK,
  BANK_FILES,
  SEED_BUDGET_FEN,
  PARTNERS_URL,
  partners,
} from './variables.ts';

/** Where Temporal is: `host:port` and namespace. */
export type TemporalSettings = {
  readonly address: string;
  readonly namespace: string;
  /** Absent on this machine only. */
  readonly tls?: TemporalTls;
};

/** PEM files' paths: whom we trust, and who we are where the server asks for it. */
export type TemporalTls = { readonly ca: string; readonly client?: { readonly cert: string; readonly key: string } };

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
