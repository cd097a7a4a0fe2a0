import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { type Client, type Desk, openDesk, read } from './desk.ts';

/** The published description of the API: valid, complete, and reachable by everyone. */

const operation = z.looseObject({
  summary: z.string().optional(),
  responses: z.record(z.string(), z.unknown()),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string(), required: z.boolean().optional() })).optional(),
});
const document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

let desk: Desk;
let anyone: Client;
let published: z.output<typeof document>;
beforeAll(async () => {
  desk = await openDesk(36);
  anyone = desk.withHeader(null);
  published = read(await anyone.get('/openapi.json'), 200, document);
}, 120_000);
afterAll(() => desk.close());

const operations = () =>
  Object.entries(published.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ name: `${method.toUpperCase()} ${path}`, one })),
  );
const lacking = (isThere: (one: z.output<typeof operation>, name: string) => boolean): readonly string[] =>
  operations().flatMap(({ name, one }) => (isThere(one, name) ? [] : [name]));

test('it is valid OpenAPI 3.1', async () => {
  expect(published.openapi).toMatch(/^3\.1\.\d+$/);
  const { valid, errors } = await new Validator().validate(structuredClone(published));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test('every reference in it leads somewhere', () => {
  const text = JSON.stringify(published);
  const references = [...text.matchAll(/"\$ref":"(#[^"]+)"/g)].map(([, found = '']) => found);
  expect(references.length).toBeGreaterThan(20);
  for (const reference of new Set(references)) {
    const steps = reference
      .slice(2)
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const target = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), published);
    expect([reference, typeof target]).toEqual([reference, 'object']);
  }
});

test('every route says in Chinese and English what it is for', () => {
  expect(lacking(({ summary = '' }) => /\p{Script=Han}/u.test(summary) && /[a-z]{3}/i.test(summary))).toEqual([]);
  expect(operations().length).toBeGreaterThan(35);
});

test('every route says what it answers: a success, and what can be wrong', () => {
  const has = (pattern: RegExp) => (one: z.output<typeof operation>) =>
    Object.keys(one.responses).some((status) => pattern.test(status));
  expect(lacking(has(/^2\d\d$/))).toEqual([]);
  expect(lacking(has(/^503$/))).toEqual([]);
  // Nothing that a caller does can be wrong about these two.
  const harmless = ['GET /healthz'];
  expect(lacking((one, name) => harmless.includes(name) || has(/^4\d\d$/)(one))).toEqual([]);
});

test('a query that nobody can read is 400 wherever it stands, as every route says', async () => {
  const reads = operations().filter(({ name }) => name.startsWith('GET '));
  for (const { name } of reads) {
    const path = name.replace('GET ', '').replace(/\{\w+\}/g, '1');
    const { status } = await anyone.get(`${path}?cursor=a&b=%00`);
    expect([name, status]).toEqual([name, 400]);
  }
  expect(lacking(({ responses }, name) => !name.startsWith('GET ') || '400' in responses)).toEqual([]);
});

test('what needs a sign-in says 401 and 403; what is a command says 409, 413, 415 and 422', () => {
  const statuses = (one: z.output<typeof operation>) => Object.keys(one.responses);
  const says = (prefix: RegExp, ...wanted: readonly string[]) =>
    lacking((one, name) => !prefix.test(name) || wanted.every((status) => statuses(one).includes(status)));
  expect(says(/ \/v1\//, '401', '403')).toEqual([]);
  expect(says(/^POST \/v1\//, '400', '409', '413', '415', '422')).toEqual([]);
});

test('it says where a sign-in and where a key is needed, so that /docs can be used', () => {
  const needsSignIn = operations().flatMap(({ name, one }) =>
    one.security?.some((way) => 'bearer' in way) ? [name] : [],
  );
  expect(needsSignIn).toEqual(
    operations()
      .map(({ name }) => name)
      .filter((name) => name.includes(' /v1/')),
  );
  const needsKey = operations().flatMap(({ name, one }) =>
    one.parameters?.some((each) => each.name === 'Idempotency-Key' && each.required) ? [name] : [],
  );
  expect(needsKey).toEqual(needsSignIn.filter((name) => name.startsWith('POST ')));
});

test("contract.md's routes are there", () => {
  const there = operations().map(({ name }) => name.replace(/\{\w+\}/g, '{}'));
  const main = [
    ...['POST /v1/applications', 'GET /v1/cases', 'GET /v1/cases/{}', 'GET /v1/cases/{}/timeline'],
    ...['GET /v1/cases/{}/history', 'GET /v1/tasks', 'POST /v1/cases/{}/handling', 'POST /v1/cases/{}/review'],
    ...['POST /v1/cases/{}/withdrawal', 'POST /v1/publicity-rounds', 'POST /v1/publicity-rounds/{}/publication'],
    ...['GET /public/v1/notices', 'GET /public/v1/notices/{}', 'POST /public/v1/notices/{}/objections'],
    ...['GET /public/v1/receipts/{}', 'POST /v1/objections/{}/decision', 'POST /v1/payment-batches'],
    ...[
      'GET /v1/payment-batches/{}',
      'POST /v1/payment-batches/{}/release',
      'POST /v1/payment-batches/{}/cancellation',
    ],
    ...['POST /v1/funds/{}/budgets', 'GET /v1/funds/{}', 'POST /bank/v1/callbacks', 'POST /public/v1/reports'],
    ...['POST /v1/reports', 'POST /v1/reports/{}/decision', 'GET /v1/statistics/annex-4'],
    'POST /public/v1/eligibility-checks',
  ];
  expect(main.filter((name) => !there.includes(name))).toEqual([]);
});

test('/docs shows it, in the browser of anybody', async () => {
  const page = await anyone.get('/docs');
  const shown = page.status === 302 ? await anyone.get(String(page.headers['location'])) : page;
  expect(shown.status).toBe(200);
  expect(shown.headers['content-type']).toContain('text/html');
  const scripts = [...shown.text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, found = '']) => found);
  expect(scripts.length).toBeGreaterThan(2);
  for (const script of scripts) {
    const { status } = await anyone.get(new URL(script, 'http://x/docs/').pathname);
    expect([script, status]).toEqual([script, 200]);
  }
  expect((await anyone.get('/docs/json')).body).toEqual(published);
});
