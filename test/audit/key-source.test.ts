import { createServer, type Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keySettings } from '../../config/keys.ts';
import { storeSettings } from '../../config/settings.ts';
import { payloadRing } from '../../crypto/key-source.ts';
import { openWithRing, sealWithRing } from '../../crypto/keyring.ts';
import { testFolder } from '../setup/run-folder.ts';

/** Keys from the environment, from a file, and from a service that alone can open them, over HTTP. */

const key = randomBytes(32);
const asked: { token: unknown; body: string }[] = [];
let server: Server;
let kms: { url: string; tokenFile: string };
let says: { status: number; body: unknown };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push({ token: request.headers['x-vault-token'], body });
      // Elsewhere it would be opened: nobody goes there.
      response.statusCode = request.url === '/elsewhere' ? 200 : says.status;
      if (says.status === 302) response.setHeader('location', '/elsewhere');
      response.end(JSON.stringify(says.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const tokenFile = join(testFolder(), 'token');
  writeFileSync(tokenFile, 'hvs.test\n');
  kms = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/transit/decrypt/subsidy`, tokenFile };
  says = { status: 200, body: { data: { plaintext: key.toString('base64') } } };
});
afterAll(() => new Promise((done) => server.close(done)));

const wrapped = 'new:vault:v1:c2VjcmV0';
const plain = `old:${randomBytes(32).toString('base64')}`;
const database = { DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/subsidy' };

test('a wrapped key is opened by the service, beside a plain one', async () => {
  const ring = await payloadRing({ ...keySettings.parse(`${wrapped},${plain}`), kms });
  expect(ring.active).toBe('new');
  expect(ring.keys.get('new')).toEqual(key);
  expect(asked).toEqual([{ token: 'hvs.test', body: '{"ciphertext":"vault:v1:c2VjcmV0"}' }]);
  expect(openWithRing(ring, sealWithRing(ring, Buffer.from('x'), 'c'), 'c').toString()).toBe('x');
});

test.each<[string, () => Promise<unknown>]>([
  [
    'KMS_URL is wrong: nothing answers there',
    () => payloadRing(settingsWith({ status: 302, body: { data: { plaintext: key.toString('base64') } } })),
  ],
  ['KMS_URL is wrong: it answers 403', () => payloadRing(settingsWith({ status: 403, body: {} }))],
  [
    'KMS_URL is wrong: what answers there is no transit engine',
    () => payloadRing(settingsWith({ status: 200, body: {} })),
  ],
  [
    'PAYLOAD_KEYS is wrong: a wrapped key is not 32 bytes long',
    () => payloadRing(settingsWith({ status: 200, body: { data: { plaintext: 'AAAA' } } })),
  ],
  ['KMS_URL is missing: PAYLOAD_KEYS has a wrapped key', () => payloadRing(keySettings.parse(wrapped))],
  [
    'KMS_TOKEN_FILE is wrong: the file cannot be read',
    () => payloadRing({ ...keySettings.parse(wrapped), kms: { ...kms, tokenFile: '/nowhere' } }),
  ],
  [
    'KMS_URL is wrong: nothing answers there',
    () => payloadRing({ ...keySettings.parse(wrapped), kms: { ...kms, url: 'http://127.0.0.1:9/' } }),
  ],
])('%s', async (line, read) => {
  await expect(read()).rejects.toThrow(line);
});

function settingsWith(answer: typeof says) {
  says = answer;
  return { ...keySettings.parse(wrapped), kms };
}

test('settings: from a file, never from both; a wrapped key needs its service', () => {
  const file = join(testFolder(), 'keys');
  writeFileSync(file, `${plain}\n`);
  expect([...storeSettings({ ...database, PAYLOAD_KEYS_FILE: file }).payloadKeys.keys.keys()]).toEqual(['old']);
  const read = (env: Record<string, string>) => () => storeSettings({ ...database, ...env });
  expect(read({ PAYLOAD_KEYS_FILE: file, PAYLOAD_KEYS: plain })).toThrow(/^PAYLOAD_KEYS_FILE is wrong: unset it/);
  expect(read({ PAYLOAD_KEYS_FILE: '/nowhere' })).toThrow(/^PAYLOAD_KEYS_FILE is wrong: /);
  expect(read({ PAYLOAD_KEYS: wrapped })).toThrow(/^KMS_URL is missing: /);
  expect(read({ PAYLOAD_KEYS: wrapped, KMS_URL: 'https://kms.example' })).toThrow(/^KMS_TOKEN_FILE is missing: /);
  expect(read({ PAYLOAD_KEYS: wrapped, KMS_URL: 'http://kms.example' })).toThrow(/^KMS_URL is wrong: /);
  const whole = { PAYLOAD_KEYS: wrapped, KMS_URL: 'https://kms.example/', KMS_TOKEN_FILE: file };
  expect(read(whole)().payloadKeys.kms).toEqual({ url: 'https://kms.example', tokenFile: file });
});
