import { expect, test } from '@jest/globals';
import { refuseBlindTls, SettingError, type Environment } from '../../config/setting.ts';
import { apiSettings, migrateSettings, startSettings, workerSettings } from '../../config/settings.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const api: Environment = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/subsidy',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  PAYLOAD_KEYS: `k2:${key},k1:${key}`,
  BANK_CALLBACK_KEYS: 'b1:a-secret-of-the-bank',
  DEV_TOKEN_KEY: '/tmp/key.json',
};

/** The one line with which reading stops. */
function refusal(read: (env: Environment) => unknown, env: Environment): string {
  try {
    read(env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingError);
    return (error as SettingError).message;
  }
  throw new Error('it was accepted');
}

test('the API reads its settings, ports and namespace with their defaults', () => {
  const settings = apiSettings(api);
  expect(settings).toMatchObject({ port: 8080, temporal: { address: '127.0.0.1:7233', namespace: 'default' } });
  expect(settings.payloadKeys.active).toBe('k2');
  expect([...settings.payloadKeys.keys.keys()]).toEqual(['k2', 'k1']);
  expect(settings.tokens).toEqual({ kind: 'development', keyFile: '/tmp/key.json' });
});

test.each(['DATABASE_URL', 'TEMPORAL_ADDRESS', 'PAYLOAD_KEYS', 'BANK_CALLBACK_KEYS'])(
  'a missing %s is named in one line',
  (name) => {
    for (const missing of [undefined, '', '  ']) {
      expect(refusal(apiSettings, { ...api, [name]: missing })).toMatch(
        new RegExp(`^${name} is missing: set it to .+$`),
      );
    }
  },
);

test.each([
  ['PORT', ['0', '65536', '80a', '-1', '8080.5']],
  ['DATABASE_URL', ['mysql://x/y', 'nonsense']],
  ['TEMPORAL_ADDRESS', ['localhost', 'http://localhost:7233', 'a b:1']],
  ['TEMPORAL_NAMESPACE', ['a b', '-']],
  ['PAYLOAD_KEYS', ['k1', `k1:${key.slice(4)}`, `k1:${key},k1:${key}`, `:${key}`]],
  ['BANK_CALLBACK_KEYS', ['b1:too-short', 'a-secret-without-an-id', 'b1:a-secret-of-the-bank,b1:a-secret-of-the-bank']],
  ['OIDC_ISSUER', ['issuer', 'ftp://issuer']],
])('a wrong %s is named in one line that does not repeat it', (name, values) => {
  for (const value of values) {
    const line = refusal(apiSettings, { ...api, [name]: value });
    expect(line).toMatch(new RegExp(`^${name} is wrong: `));
    expect(line).not.toContain(value.length > 3 ? value : '\n');
  }
});

test.each<[string, Environment]>([
  ['DATABASE_URL', { DATABASE_URL: 'postgres://u:p@db.example:5432/subsidy' }],
  ['DATABASE_URL', { DATABASE_URL: 'postgres://u:p@db.example:5432/subsidy?sslmode=require' }],
  ['OIDC_ISSUER', { OIDC_ISSUER: 'http://login.example' }],
  ['TEMPORAL_TLS_CA', { TEMPORAL_ADDRESS: 'temporal.example:7233' }],
  ['TEMPORAL_TLS_KEY', { TEMPORAL_TLS_CA: '/ca.pem', TEMPORAL_TLS_CERT: '/cert.pem' }],
  ['TEMPORAL_TLS_CERT', { TEMPORAL_TLS_CA: '/ca.pem', TEMPORAL_TLS_KEY: '/key.pem' }],
  ['PARTNERS_URL', { PARTNERS_URL: 'http://partners.example' }],
  ['BANK_URL', { PARTNERS_URL: 'https://partners.example', BANK_URL: 'http://bank.example' }],
])('beyond this machine nothing goes without TLS: %s', (name, wrong) => {
  const read = /PARTNERS|BANK/.test(name) ? workerSettings : apiSettings;
  expect(refusal(read, { ...api, ...wrong })).toMatch(new RegExp(`^${name} is (wrong|missing): `));
});

test('with TLS it is read', () => {
  const far = {
    ...api,
    DATABASE_URL: 'postgres://u:p@db.example/subsidy?sslmode=verify-full',
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_TLS_CA: '/ca.pem',
    PARTNERS_URL: 'https://partners.example',
  };
  expect(workerSettings(far)).toMatchObject({
    temporal: { address: 'temporal.example:7233', tls: { ca: '/ca.pem' } },
    partners: { bank: 'https://partners.example' },
  });
});

test('exactly one issuer of tokens', () => {
  expect(refusal(apiSettings, { ...api, DEV_TOKEN_KEY: undefined })).toMatch(/^OIDC_ISSUER is missing/);
  expect(refusal(apiSettings, { ...api, OIDC_ISSUER: 'https://id.example' })).toMatch(
    /^DEV_TOKEN_KEY is wrong: unset it/,
  );
});

test('a partner has its own address, or that of all', () => {
  const env = { ...api, PARTNERS_URL: 'http://127.0.0.1:8090/', BANK_URL: 'https://bank.example/v2' };
  const { partners } = workerSettings(env);
  expect(partners).toMatchObject({ insurance: 'http://127.0.0.1:8090', bank: 'https://bank.example/v2' });
  expect(refusal(workerSettings, { ...api, BANK_URL: 'https://bank.example' })).toMatch(/^PARTNERS_URL is missing/);
});

test('the clock of a migration: an instant with offset, a speed above 0', () => {
  const env = { DATABASE_URL: api['DATABASE_URL'] };
  expect(migrateSettings(env).clock).toEqual({ speed: undefined, anchorMs: undefined });
  const given = { ...env, CLOCK_SPEED: '3600', CLOCK_ANCHOR: '2017-09-01T09:00:00+08:00' };
  expect(migrateSettings(given).clock).toEqual({ speed: 3600, anchorMs: Date.UTC(2017, 8, 1, 1) });
  for (const speed of ['0', '-1', 'fast'])
    expect(refusal(migrateSettings, { ...env, CLOCK_SPEED: speed })).toMatch(/^CLOCK_SPEED/);
  for (const anchor of ['2017-09-01', '2017-09-01T09:00:00', '2017-02-30T09:00:00Z']) {
    expect(refusal(migrateSettings, { ...env, CLOCK_ANCHOR: anchor })).toMatch(/^CLOCK_ANCHOR is wrong/);
  }
});

test('npm start needs nothing, and refuses what a process of it would refuse later', () => {
  expect(startSettings({})).toMatchObject({ port: 8080, sandboxPort: 8090, databaseUrl: undefined });
  expect(refusal(startSettings, { PORT: '8090' })).toBe('SANDBOX_PORT is wrong: it equals PORT');
  expect(refusal(startSettings, { PAYLOAD_KEYS: 'x' })).toMatch(/^PAYLOAD_KEYS is wrong/);
  expect(refusal(startSettings, { BANK_URL: 'x' })).toMatch(/^BANK_URL is wrong/);
});

test('a switch that accepts any certificate is refused', () => {
  expect(refusal(refuseBlindTls, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatch(
    /^NODE_TLS_REJECT_UNAUTHORIZED is wrong: /,
  );
  refuseBlindTls({});
});

test("payloads are decoded where a port and the UI's origin are set, both or neither", () => {
  expect(apiSettings(api).codec).toBeUndefined();
  const codec = { CODEC_PORT: '8091', TEMPORAL_UI_ORIGIN: 'https://temporal.example.org' };
  expect(apiSettings({ ...api, ...codec }).codec).toEqual({ port: 8091, uiOrigin: 'https://temporal.example.org' });
  expect(refusal(apiSettings, { ...api, CODEC_PORT: '8091' })).toMatch(/^TEMPORAL_UI_ORIGIN is missing: /);
  expect(refusal(apiSettings, { ...api, ...codec, CODEC_PORT: '8080' })).toMatch(/^CODEC_PORT is wrong: /);
  for (const origin of ['http://temporal.example.org', 'https://temporal.example.org/ui', '*'])
    expect(refusal(apiSettings, { ...api, ...codec, TEMPORAL_UI_ORIGIN: origin })).toMatch(
      /^TEMPORAL_UI_ORIGIN is wrong: /,
    );
});

test('how often somebody may ask', () => {
  expect(apiSettings(api).limits).toEqual({ client: 300, person: 600 });
  expect(apiSettings({ ...api, PERSON_REQUESTS: '60' }).limits.person).toBe(60);
  expect(refusal(apiSettings, { ...api, CLIENT_REQUESTS: '0' })).toMatch(/^CLIENT_REQUESTS is wrong: /);
});
