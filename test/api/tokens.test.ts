import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { tokenReader } from '../../api/auth.ts';
import { DEV_AUDIENCE, DEV_ISSUER, devTokenKey, devTokenKeyFile } from '../../dev/dev-token.ts';
import { testFolder } from '../setup/run-folder.ts';

/** The reader of tokens by itself: what of a development token it believes, and what it says when a provider is away. */

type Reader = Awaited<ReturnType<typeof tokenReader>>;
let jwk: JWK;
let reader: Reader;
beforeAll(async () => {
  const folder = testFolder();
  jwk = await devTokenKey(folder);
  reader = await tokenReader({ kind: 'development', keyFile: devTokenKeyFile(folder) });
});

const now = (): number => Math.floor(Date.now() / 1000);
const good = () => ({
  iss: DEV_ISSUER,
  aud: DEV_AUDIENCE,
  sub: 'wang',
  exp: now() + 600,
  roles: ['handler'],
  org: '220102',
});
const sign = async (claims: object, header: object = {}, key: JWK = jwk): Promise<string> =>
  new SignJWT({ ...good(), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
    .sign(await importJWK(key, 'ES256'));
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const byHand = (header: object, signature: (text: string) => string): string => {
  const text = `${encoded(header)}.${encoded(good())}`;
  return `${text}.${signature(text)}`;
};
const hmac = (secret: string) => (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
const publicPart = (): string => JSON.stringify({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y });
const stranger = async (): Promise<JWK> =>
  exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);

test('the right one is read', async () => {
  expect(await reader(await sign({}))).toMatchObject({ sub: 'wang', roles: ['handler'], org: '220102', name: null });
  expect(await reader(await sign({ roles: ['x', 'handler'], org: '999999' }))).toMatchObject({
    roles: ['handler'],
    org: null,
  });
});

const wrong: readonly (readonly [what: string, token: () => string | Promise<string>])[] = [
  ['expired', () => sign({ exp: now() - 1 })],
  ['without an end', () => sign({ exp: undefined })],
  ['with an end that is no number', () => sign({ exp: 'never' }).catch(() => 'not even signed')],
  ['not valid yet', () => sign({ nbf: now() + 600 })],
  ['of another issuer', () => sign({ iss: 'https://elsewhere.example' })],
  ['of no issuer', () => sign({ iss: undefined })],
  ['for another audience', () => sign({ aud: 'another-system' })],
  ['for no audience', () => sign({ aud: undefined })],
  ['without a subject', () => sign({ sub: undefined })],
  ['with an empty subject', () => sign({ sub: '' })],
  ['with a subject that is no text', () => sign({ sub: 7 }).catch(() => 'not even signed')],
  ['with roles that are no list', () => sign({ roles: 'handler' })],
  ['an ID token, not an access token', () => sign({}, { typ: 'JWT' })],
  ['of no type', () => sign({}, { typ: undefined })],
  ['signed by a stranger', async () => sign({}, {}, await stranger())],
  ['whose key comes with it', async () => sign({}, { jwk: await stranger() }, await stranger())],
  ['alg none', () => byHand({ alg: 'none', typ: 'at+jwt' }, () => '')],
  ['alg None', () => byHand({ alg: 'None', typ: 'at+jwt' }, () => '')],
  ['HS256 with the public key as its secret', () => byHand({ alg: 'HS256', typ: 'at+jwt' }, hmac(publicPart()))],
  ['HS256 with nothing as its secret', () => byHand({ alg: 'HS256', typ: 'at+jwt' }, hmac(''))],
  [
    'changed after it was signed',
    async () => (await sign({})).replace(/\.[^.]+\./, `.${encoded({ ...good(), org: '220000' })}.`),
  ],
  ['without its signature', async () => (await sign({})).replace(/[^.]+$/, '')],
  ['encrypted, five parts', () => 'a.b.c.d.e'],
  ['nothing', () => ''],
];

test.each(wrong)('%s: unauthenticated', async (_what, token) => {
  await expect(reader(await token())).rejects.toMatchObject({ slug: 'unauthenticated', status: 401 });
});

/** A provider that shows `document` at its well-known address and keys at `/keys`, unless told otherwise. */
async function provider(status: {
  keys: number;
  discovery: number;
}): Promise<{ issuer: string; server: Server; token: () => Promise<string> }> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const kid = randomUUID();
  const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' }] };
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    response.statusCode = isKeys ? status.keys : status.discovery;
    if (response.statusCode === 0) response.destroy();
    else response.end(JSON.stringify(isKeys ? keys : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = () =>
    new SignJWT({ ...good(), iss: issuer, auth_time: now() })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(pair.privateKey);
  return { issuer, server, token };
}
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

test.each([
  ['its address answers 500', { discovery: 500, keys: 200 }],
  ['its address hangs up', { discovery: 0, keys: 200 }],
  ['its keys answer 500', { discovery: 200, keys: 500 }],
  ['its keys hang up', { discovery: 200, keys: 0 }],
])(
  'while the provider is away (%s) nobody is told that their token is wrong, and afterwards it is read',
  async (_what, away) => {
    const status = { ...away };
    const { issuer, server, token } = await provider(status);
    servers.push(server);
    const read = await tokenReader({ kind: 'oidc', issuer });
    const signed = await token();
    const failure: unknown = await read(signed).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toMatchObject({ slug: 'unauthenticated' });
    Object.assign(status, { discovery: 200, keys: 200 });
    expect(await read(signed)).toMatchObject({ sub: 'wang', trustClaims: false });
  },
);
