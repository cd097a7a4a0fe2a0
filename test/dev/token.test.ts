import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, type JWK } from 'jose';
import { DEV_AUDIENCE, DEV_ISSUER, devTokenKeyFile, issueDevToken } from '../../dev/dev-token.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'token-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

/** As the API sees it: by the public half of the key in DATA_DIR. */
async function verified(token: string) {
  const { kty, crv, x, y, kid } = JSON.parse(readFileSync(devTokenKeyFile(dataDir), 'utf8')) as Record<string, string>;
  const keys = createLocalJWKSet({ keys: [{ kty, crv, x, y, kid } as JWK] });
  const options = { issuer: DEV_ISSUER, audience: DEV_AUDIENCE, typ: 'at+jwt', algorithms: ['ES256'] };
  return (await jwtVerify(token, keys, options)).payload;
}

test('a token says who it is for, holds 12 hours, and its key is made once and private', async () => {
  const claims = { sub: 'wang', roles: ['handler', 'reviewer'], org: '220102' };
  const payload = await verified(await issueDevToken(dataDir, claims));
  expect(payload).toMatchObject(claims);
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(12 * 3600);
  expect(payload['auth_time']).toBe(payload.iat);
  const path = devTokenKeyFile(dataDir);
  const key = readFileSync(path, 'utf8');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await verified(await issueDevToken(dataDir, { roles: ['auditor'] }))).sub).toBe('dev');
  expect(readFileSync(path, 'utf8')).toBe(key);
});

test('a key file that holds no key is refused by name', async () => {
  writeFileSync(devTokenKeyFile(dataDir), '{}');
  await expect(issueDevToken(dataDir, { roles: [] })).rejects.toThrow(/dev-token-key\.json is no private P-256 key/);
});

type Ended = { code: number; stdout: string; stderr: string };

function command(...args: string[]): Promise<Ended> {
  const env = { ...process.env, DATA_DIR: dataDir, NODE_OPTIONS: '' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'dev/token.ts', ...args],
      { cwd: project, env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

test('the command prints the token and nothing else', async () => {
  const person = ['--name', '王芳', '--id-number', '220102198803071234', '--credit-code', '91220101MA0Y000000'];
  const { code, stdout, stderr } = await command('--role', 'applicant', '--role', 'employer', ...person);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const payload = await verified(stdout.trim());
  expect(payload).toMatchObject({ sub: 'dev', roles: ['applicant', 'employer'], name: '王芳' });
  expect(payload).toMatchObject({ idNumber: '220102198803071234', creditCode: '91220101MA0Y000000' });
  expect(payload).not.toHaveProperty('org');
});

test.each([
  ['no role', [], /^--role is missing/],
  ['an unknown role', ['--role', 'king'], /^--role king is unknown: one of applicant, /],
  ['a wrong org', ['--role', 'handler', '--org', '2201'], /^--org is wrong/],
  ['an unknown flag', ['--role', 'handler', '--rol', 'x'], /^Unknown option '--rol'/],
  ['a stray word', ['handler'], /^Unexpected argument 'handler'/],
])('%s: one line, exit 1', async (_what, args, line) => {
  const { code, stdout, stderr } = await command(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
