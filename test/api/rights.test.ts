import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Who } from '../../dev/client.ts';
import { roles, type Role } from '../../domain/actor.ts';
import { rights } from '../../domain/rights.ts';
import { applicantOf, staff } from './cases.ts';
import { type Desk, openDesk, ORG, problemOf, REGION, type Reply } from './desk.ts';
import { type Exhibits, exhibit } from './exhibits.ts';
import { call, collectRoutes, nameOf, type Route } from './routes.ts';
import { type Sample } from './samples.ts';

/** Every route of /v1 for every role, in and out of its reach (contract.md, Roles and Conventions). */

/** Where staff may be, seen from a district of Changchun: an own unit, above it, or foreign. */
const places: readonly (readonly [org: string, reaches: readonly string[]])[] = [
  [ORG, [ORG]],
  [REGION, [ORG, REGION]],
  ['220000', [ORG, REGION, '220000']],
  ['220103', []], // another district of the same city
  ['220200', []], // another city
  ['220099', []], // 省直
];

let desk: Desk;
let otherFirm = '';
let exhibits: Exhibits;
let everyRoute: readonly Route[] = [];
let routes: readonly Route[] = [];
let served: readonly (readonly [path: string, methods: object])[] = [];
const samples = new Map<'applicant' | 'employer', Readonly<Record<string, Sample>>>();

beforeAll(async () => {
  desk = await openDesk(35);
  otherFirm = desk.person().employer.creditCode;
  everyRoute = await collectRoutes(desk);
  routes = everyRoute.filter(({ path }) => path.startsWith('/v1/'));
  exhibits = await exhibit(desk);
  for (const whose of ['applicant', 'employer'] as const) samples.set(whose, await exhibits.samples(whose));
  served = Object.entries(z.record(z.string(), z.record(z.string(), z.unknown())).parse(desk.app.swagger().paths));
}, 120_000);
afterAll(() => desk.close());

const isPersons = (role: Role): role is 'applicant' | 'employer' => role === 'applicant' || role === 'employer';

function sampleOf(route: Route, role: Role): Sample {
  const sample = samples.get(role === 'employer' ? 'employer' : 'applicant')?.[nameOf(route)];
  if (!sample) throw new Error(`test/api/samples.ts: say how ${nameOf(route)} is rightly called`);
  return sample;
}

function rolesOf({ may }: Route): readonly Role[] {
  if (may === undefined || may === 'anyone' || may === 'bank') throw new Error('every route of /v1 needs a sign-in');
  return rights[may].roles;
}

/** Somebody of the role, and whether what the sample is about is theirs. */
interface Caller {
  readonly who: Who;
  readonly isOwn: boolean;
}

function callersOf(role: Role, sample: Sample): readonly Caller[] {
  if (role === 'applicant')
    return [
      { who: exhibits.applicant, isOwn: true },
      { who: applicantOf(desk.person()), isOwn: false },
    ];
  if (role === 'employer')
    return [
      { who: exhibits.employer, isOwn: true },
      { who: { sub: 'another-firm', roles: ['employer'], creditCode: otherFirm }, isOwn: false },
    ];
  return places.map(([org, reaches]) => ({
    who: staff(`${role}-${org}`, role, org),
    isOwn: reaches.includes(sample.unit ?? ORG),
  }));
}

const slug = (reply: Reply): string => `${reply.status} ${problemOf(reply).slug}`;

test('the routes are those that are served, and each has a sample', () => {
  const names = served.flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const own = names.filter((name) => name.includes(' /v1/')).sort();
  expect(routes.map(nameOf).sort()).toEqual(own);
  expect(own.length).toBeGreaterThanOrEqual(30);
  for (const route of routes) for (const role of roles) sampleOf(route, role);
  expect(Object.keys(samples.get('applicant') ?? {}).filter((name) => !own.includes(name))).toEqual([]);
});

test('what is open to everyone is open on purpose: outside /v1, by name; pages that no description shows too', () => {
  const isOpen = /^\/(public\/|healthz$|openapi\.json$|robots\.txt$)/;
  const outside = everyRoute.filter(({ path }) => !path.startsWith('/v1/'));
  const wrong = outside.filter(({ path, may }) => may !== (path === '/bank/v1/callbacks' ? 'bank' : 'anyone'));
  expect(wrong).toEqual([]);
  expect(outside.filter(({ path, may }) => may === 'anyone' && !isOpen.test(path))).toEqual([]);
});

describe('turned away, and nothing is left of it', () => {
  let before: Readonly<Record<string, number>>;
  beforeAll(async () => {
    before = await desk.countRows();
  });
  afterAll(async () => {
    expect(await desk.countRows()).toEqual(before);
  });

  test('without a sign-in: 401', async () => {
    for (const route of routes) {
      const sample = sampleOf(route, 'handler');
      for (const header of [null, '', 'Bearer', 'Bearer ', 'Basic d2FuZzp3YW5n', 'Bearer a.b.c', 'bearer  x']) {
        const reply = await call(desk.withHeader(header), route, sample, sample.known);
        expect([nameOf(route), slug(reply)]).toEqual([nameOf(route), '401 unauthenticated']);
        expect(reply.headers['www-authenticate']).toBe('Bearer');
      }
    }
  });

  test('a role that the table does not name: 403, wherever it is', async () => {
    for (const route of routes) {
      for (const role of roles.filter((one) => !rolesOf(route).includes(one))) {
        const sample = sampleOf(route, role);
        for (const { who } of callersOf(role, sample).filter((_, place) => place % 2 === 0)) {
          const reply = await call(desk.as(who), route, sample, sample.known);
          expect([nameOf(route), role, who.org, slug(reply)]).toEqual([nameOf(route), role, who.org, '403 forbidden']);
        }
      }
    }
  }, 180_000);

  test('no role, or none that is known: 403', async () => {
    for (const route of routes) {
      const sample = sampleOf(route, 'handler');
      for (const given of [[], ['root', 'Handler', 'handler ', '*']])
        expect(slug(await call(desk.withHeader(await withRoles(given)), route, sample, sample.known))).toBe(
          '403 forbidden',
        );
    }
  });

  const withRoles = async (given: readonly string[]): Promise<string> =>
    `Bearer ${await desk.token({ sub: 'x', org: ORG, roles: given as readonly Role[] })}`;

  test("another unit's, another person's and an unknown one are the same 404", async () => {
    for (const route of routes) {
      for (const role of rolesOf(route)) {
        const sample = sampleOf(route, role);
        if (sample.foreign === null || (isPersons(role) && route.path === '/v1/applications')) continue;
        for (const { who, isOwn } of callersOf(role, sample)) {
          const client = desk.as(who);
          const told = [nameOf(route), role, who.org] as const;
          if (!isOwn) {
            const reply = await call(client, route, sample, sample.known);
            // A list without a unit is one's own; an application to a foreign agency is told where to go (N2.1).
            if (isPersons(role) && sample.known.startsWith('?'))
              expect([...told, reply.status]).toEqual([...told, 200]);
            else expect([...told, slug(reply)]).toEqual([...told, sample.foreign ? '422 invalid' : '404 not-found']);
          }
          if (sample.unknown === undefined) continue;
          const unknown = await call(client, route, sample, sample.unknown);
          expect([...told, unknown.status, unknown.text]).toEqual([
            ...told,
            404,
            '{"type":"urn:problem:not-found","title":"没有找到","status":404,"detail":"没有找到"}',
          ]);
          if (isOwn) continue;
          const foreign = await call(client, route, sample, sample.known);
          expect([...told, foreign.text, foreign.headers['content-length']]).toEqual([
            ...told,
            unknown.text,
            unknown.headers['content-length'],
          ]);
        }
      }
    }
  }, 180_000);

  test('staff whose token names no unit, or none that is known, reach nothing', async () => {
    for (const route of routes) {
      for (const role of rolesOf(route).filter((one) => !isPersons(one))) {
        const sample = sampleOf(route, role);
        if (sample.foreign !== undefined) continue;
        for (const org of [undefined, '999999', '']) {
          const who = { sub: 'x', roles: [role], ...(org === undefined ? {} : { org }) };
          const { status } = await call(desk.as(who), route, sample, sample.known);
          expect([nameOf(route), role, org, [403, 404].includes(status)]).toEqual([nameOf(route), role, org, true]);
        }
      }
    }
  });
});

test('lists show what is in reach and nothing beside it', async () => {
  const items = async (who: Who, path: string): Promise<number> => {
    const { body } = await desk.as(who).get(path);
    return (Reflect.get(Object(body), 'items') as readonly unknown[]).length;
  };
  for (const path of [
    '/v1/cases',
    '/v1/publicity-rounds',
    '/v1/payment-batches',
    '/v1/tasks',
    '/v1/application-batches',
  ]) {
    for (const [org, reaches] of places) {
      const found = await items(staff('zhou', 'supervisor', org), path);
      expect([path, org, found > 0]).toEqual([path, org, reaches.length > 0]);
    }
  }
  expect(await items(exhibits.applicant, '/v1/cases')).toBe(2);
  expect(await items(exhibits.employer, '/v1/cases')).toBe(1);
  expect(await items(applicantOf(desk.person()), '/v1/cases')).toBe(0);
});

// Last, because these do what they may.
test('let in: a role that the table names, on what is its own', async () => {
  for (const route of routes) {
    for (const role of rolesOf(route)) {
      const sample = sampleOf(route, role);
      for (const { who, isOwn } of callersOf(role, sample)) {
        if (!isOwn && sample.foreign !== null) continue;
        const reply = await call(desk.as(who), route, sample, sample.known);
        const isLetIn = reply.status < 300 || reply.status === 409;
        expect([nameOf(route), role, who.org, isLetIn ? true : reply.text]).toEqual([
          nameOf(route),
          role,
          who.org,
          true,
        ]);
      }
    }
  }
}, 180_000);

/** What contract.md says of who calls what, apart from the code's own table. */
const contract: Readonly<Record<string, readonly Role[]>> = {
  'POST /v1/applications': ['applicant', 'handler', 'employer'],
  'POST /v1/application-batches': ['employer', 'hrss'],
  'POST /v1/application-batches/:batchId/acceptance': ['hrss'],
  'POST /v1/application-batches/:batchId/appointment': ['hrss'],
  'POST /v1/cases/:caseNo/transfer': ['handler'],
  'POST /v1/cases/:caseNo/transfer/confirmation': ['handler'],
  'GET /v1/cases/:caseNo/history': ['supervisor', 'auditor'],
  'GET /v1/cases/:caseNo/annex-1': ['applicant', 'handler', 'reviewer', 'hrss', 'supervisor', 'auditor'],
  'POST /v1/cases/:caseNo/handling': ['handler'],
  'POST /v1/cases/:caseNo/review': ['reviewer'],
  'POST /v1/cases/:caseNo/withdrawal': ['applicant', 'handler'],
  'POST /v1/publicity-rounds': ['handler'],
  'POST /v1/publicity-rounds/:roundId/publication': ['hrss'],
  'POST /v1/objections/:id/decision': ['hrss'],
  'POST /v1/reports/:id/decision': ['hrss'],
  'POST /v1/payment-batches': ['finance'],
  'POST /v1/payment-batches/:batchId/release': ['finance'],
  'POST /v1/payment-batches/:batchId/cancellation': ['finance'],
  'POST /v1/funds/:org/budgets': ['finance'],
};

test.each(Object.entries(contract))('%s is for %p', (name, expected) => {
  const route = routes.find((one) => nameOf(one) === name);
  expect(route && [...rolesOf(route)].sort()).toEqual([...expected].sort());
});
