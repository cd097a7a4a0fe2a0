import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Who } from '../../dev/client.ts';
import type { Application } from '../../domain/application.ts';
import type { Role } from '../../domain/actor.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { rights } from '../../domain/rights.ts';
import { readApplications } from '../../store/application.ts';
import { staff } from './cases.ts';
import { type Desk, openDesk, ORG, REGION } from './desk.ts';
import { type Exhibits, exhibit } from './exhibits.ts';
import { call, collectRoutes, nameOf, type Route } from './routes.ts';
import { type Sample } from './samples.ts';

/** Who is shown a whole ID number, account, phone or address: every route's answer to every role, near and far. */

let desk: Desk;
let exhibits: Exhibits;
let routes: readonly Route[];
let samples: Readonly<Record<string, Sample>>;
let collective: Readonly<Record<string, Sample>>;
let applications: readonly Application[];

beforeAll(async () => {
  desk = await openDesk(37);
  routes = (await collectRoutes(desk)).filter(({ path }) => path.startsWith('/v1/'));
  exhibits = await exhibit(desk);
  samples = await exhibits.samples('applicant');
  collective = await exhibits.samples('employer');
  const { store } = desk.services;
  const caseNos = await desk.sql<{ no: CaseNo }>('SELECT case_no AS no FROM cases');
  const all = caseNos.map(({ no }) => no);
  applications = [...(await readApplications(store.db, store, all)).values()];
}, 120_000);
afterAll(() => desk.close());

/** What of anybody stands whole in a text. */
function wholeIn(text: string): readonly string[] {
  const kinds = new Set<string>();
  for (const { applicant, account, proxy } of applications) {
    if (text.includes(applicant.idNumber)) kinds.add('ID number');
    if (text.includes(account.number)) kinds.add('account');
    if (text.includes(applicant.phone)) kinds.add('phone');
    if (text.includes(applicant.homeAddress)) kinds.add('address');
    if (proxy && text.includes(proxy.idNumber)) kinds.add('proxy');
  }
  return [...kinds].sort();
}

const everywhere: readonly string[] = [ORG, REGION, '220000', '220103'];
const callersOf = (role: Role): readonly (readonly [string, Who])[] => {
  if (role === 'applicant') return [['own', exhibits.applicant]];
  if (role === 'employer') return [['own', exhibits.employer]];
  return everywhere.map((org) => [org, staff(`masked-${role}-${org}`, role, org)]);
};

/** Where whole numbers are shown: route, role, place. @param inUnit roles that work with them in the case's own unit */
async function shownBy(method: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const shown = new Map<string, readonly string[]>();
  for (const route of routes.filter((one) => one.method === method)) {
    const { may } = route;
    if (may === undefined || may === 'anyone' || may === 'bank') continue;
    for (const role of rights[may].roles) {
      const sample = (role === 'employer' ? collective : samples)[nameOf(route)];
      if (!sample) throw new Error(`no sample of ${nameOf(route)}`);
      for (const [place, who] of callersOf(role)) {
        const { text } = await call(desk.as(who), route, sample, sample.known);
        const whole = wholeIn(text);
        if (whole.length > 0) shown.set(`${nameOf(route)} ${role} ${place}`, whole);
      }
    }
  }
  return shown;
}

const numbers = ['ID number', 'account', 'address', 'phone'];
/** docs/security.md: handler, reviewer and finance of the case's own unit, and the applicant; Annex 2 is HRSS's too. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/cases/:caseNo applicant own': numbers,
  [`GET /v1/cases/:caseNo handler ${ORG}`]: numbers,
  [`GET /v1/cases/:caseNo reviewer ${ORG}`]: numbers,
  [`GET /v1/cases/:caseNo finance ${ORG}`]: numbers,
  'GET /v1/cases/:caseNo/annex-1 applicant own': numbers,
  [`GET /v1/cases/:caseNo/annex-1 handler ${ORG}`]: numbers,
  [`GET /v1/cases/:caseNo/annex-1 reviewer ${ORG}`]: numbers,
  [`GET /v1/publicity-rounds/:roundId/annex-2 handler ${ORG}`]: ['ID number'],
  [`GET /v1/publicity-rounds/:roundId/annex-2 reviewer ${ORG}`]: ['ID number'],
  [`GET /v1/publicity-rounds/:roundId/annex-2 hrss ${ORG}`]: ['ID number'],
  [`GET /v1/publicity-rounds/:roundId/annex-2 hrss ${REGION}`]: ['ID number'],
  'GET /v1/publicity-rounds/:roundId/annex-2 hrss 220000': ['ID number'],
};

test('what is read shows whole numbers to those who work with them, and to nobody else; reading changes nothing', async () => {
  const before = await desk.countRows();
  expect(Object.fromEntries(await shownBy('GET'))).toEqual(expected);
  expect(await desk.countRows()).toEqual(before);
}, 120_000);

test('without a sign-in nothing of it is shown', async () => {
  const [notice] = await desk.sql<{ id: string }>('SELECT round_id AS id FROM round');
  for (const path of ['/public/v1/notices', `/public/v1/notices/${z.string().parse(notice?.id)}`])
    expect(wholeIn((await desk.withHeader(null).get(path)).text)).toEqual([]);
});

// Last, because these do what they may.
test('no answer to a command shows any', async () => {
  expect(Object.fromEntries(await shownBy('POST'))).toEqual({});
}, 180_000);
