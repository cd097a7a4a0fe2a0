import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Who } from '../../dev/client.ts';
import { rights } from '../../domain/rights.ts';
import { applicationBody } from '../../dev/papers.ts';
import { published, staff, wang } from '../api/cases.ts';
import { type Client, type Desk, openDesk, ORG } from '../api/desk.ts';
import { type Exhibits, exhibit } from '../api/exhibits.ts';
import { call, collectRoutes, nameOf, type Route } from '../api/routes.ts';
import { type Sample } from '../api/samples.ts';
import { formOf } from '../api/uploads.ts';
import { textFields, withText } from './fields.ts';
import { foundInRows, foundInText } from './places.ts';
import { searchFor } from './search.ts';

/** A word of its own in every field of text of every route: what is found of them, in rows and in the log, is on a list. */

let desk: Desk;
let exhibits: Exhibits;
let routes: ReadonlyMap<string, Route>;
const samples = new Map<string, Sample>();
/** A notice whose window is open. */
let noticeId = '';
/** Word → where it was written. */
const written = new Map<string, string>();
/** Where something was written that the API took for right. */
const taken = new Set<string>();

beforeAll(async () => {
  desk = await openDesk(36);
  // Described first: another server of this process, as `collectRoutes` opens one, would leave the fields without types.
  desk.app.swagger();
  routes = new Map((await collectRoutes(desk)).map((route) => [nameOf(route), route]));
  exhibits = await exhibit(desk);
  for (const [name, sample] of Object.entries(await exhibits.samples('applicant'))) samples.set(name, sample);
  noticeId = (await published(desk)).roundId;
  for (const [name, sample] of Object.entries(publicSamples())) samples.set(name, sample);
}, 120_000);
afterAll(() => desk.close());

/** Five characters that no text of ours has, another word each time. */
function word(place: string): string {
  const n = written.size;
  const made = `魑魅${String.fromCharCode(0x9b40 + (n >> 6), 0x9c00 + (n & 63))}魍`;
  written.set(made, place);
  return made;
}

function whoMay({ may }: Route, sample: Sample | undefined): Who | null {
  if (may === undefined || may === 'anyone' || may === 'bank') return null;
  const role = rights[may].roles.find((one) => one !== 'employer') ?? 'employer';
  if (role === 'employer') return exhibits.employer;
  return role === 'applicant' ? exhibits.applicant : staff(`writer-${role}`, role, sample?.unit ?? ORG);
}

/** Public routes have no sample: an objection, a report, a self-check, a look-up. */
const publicSamples = (): Readonly<Record<string, Sample>> => ({
  'POST /public/v1/notices/:noticeId/objections': {
    known: noticeId,
    body: { entryId: '1', text: '有异议。' },
  },
  'POST /public/v1/reports': { known: '', body: { text: '举报。' } },
  'POST /public/v1/eligibility-checks': {
    known: '',
    body: {
      ...{ contributionMonths: 36, arrears: false, employed: true },
      certificate: { kind: 'qualification', occupation: '焊工', level: 4, issuedOn: '2017-06-30' },
    },
  },
});

/** What must stand beside a text for it to be taken: a reason belongs to a refusal, an opinion to what it is about. */
function besides(path: string): object {
  const documentId = exhibits.documentId;
  if (path.startsWith('reasons')) return { decision: 'refuse', reasons: [{ clause: 'N1.1', text: '缴费不足。' }] };
  if (path.startsWith('overrides'))
    return { decision: 'approve', overrides: [{ code: 'no-arrears', reason: '已补缴。', documentId }] };
  if (path.startsWith('account')) return { decision: 'heirs', account: desk.person().account, documents: [documentId] };
  if (path.startsWith('appraisal'))
    return { grounds: 'certificate', appraisal: { body: '鉴定中心', opinion: '属实。' } };
  return {};
}

/** At the counter anybody may come, with somebody who acts for them; an account is in the applicant's own name. */
function counterForm(path: string, text: string): unknown {
  const { name, idNumber } = desk.person();
  const form = applicationBody(desk.person(), {
    channel: 'counter',
    proxy: { name, idNumber },
    priorClaims: [{ occupation: '电工', level: 5, month: '2016-03' }],
  });
  const filled = withText(form, path, text);
  const isName = path === 'applicant.name' || path === 'account.holder';
  return isName ? withText(withText(filled, 'applicant.name', text), 'account.holder', text) : filled;
}

async function write(route: Route, sample: Sample, path: string, isFirst: boolean): Promise<void> {
  const place = `${nameOf(route)} ${path}`;
  const who = whoMay(route, sample);
  const client = who === null ? desk.withHeader(null) : desk.as(who);
  const isForm = nameOf(route) === 'POST /v1/applications';
  const bodies: readonly (readonly [Client, unknown])[] = [
    [client, withText(sample.body, path, word(place))],
    isForm
      ? [desk.as(wang), counterForm(path, word(place))]
      : [client, withText({ ...Object(sample.body), ...besides(path) }, path, word(place))],
  ];
  const turnedAway = isFirst ? [desk.withHeader(null), desk.as(staff('stranger', 'security-admin'))] : [];
  for (const asker of turnedAway)
    await call(asker, route, { ...sample, body: withText(sample.body, path, word(place)) }, sample.known);
  for (const [asker, body] of bodies) {
    const { status } = await call(asker, route, { ...sample, body }, sample.known);
    if (status < 300 || status === 409) taken.add(place);
    expect([place, status, status >= 500]).toEqual([place, status, false]);
  }
}

test('every field of text of every route is written to', async () => {
  for (const { route: name, body, query } of textFields(desk)) {
    const route = routes.get(name);
    if (!route) throw new Error(`${name} is described and not there`);
    const sample = samples.get(name) ?? { known: 'x' };
    for (const [n, path] of body.entries()) await write(route, sample, path, n === 0);
    const { method, path } = route;
    const who = whoMay(route, sample);
    const client = who === null ? desk.withHeader(null) : desk.as(who);
    for (const one of query) await client.get(`${path}?${one}=${encodeURIComponent(word(`${name} ?${one}`))}`);
    const steps = path.replace(/:\w+/g, () => encodeURIComponent(word(`${name} address`)));
    if (steps !== path) await (method === 'GET' ? client.get(steps) : client.post(steps, sample.body));
  }
  const scan = await formOf(undefined, {}, word('form field'));
  await desk.as(exhibits.applicant).post('/v1/documents', scan.body, { headers: scan.headers });
  await desk.withHeader(`Bearer ${encodeURIComponent(word('token'))}`).get('/v1/cases');
  await desk.as(exhibits.applicant).post('/v1/applications', {}, { key: encodeURIComponent(word('key')) });
  expect(written.size).toBeGreaterThan(250);
}, 180_000);

test('what people write about people was taken for right at least once each, so that it was really kept', () => {
  const free = /[ .](reason|note|text|contact|opinion|homeAddress|holder|name)$/;
  const places = [...new Set(written.values())].filter((place) => free.test(place));
  const never = places.filter((place) => !taken.has(place));
  // An account is in its applicant's own name, whatever somebody writes.
  expect(never.filter((place) => !place.endsWith(' account.holder'))).toEqual([]);
  expect(places.length).toBeGreaterThan(50);
});

/** What stands open on purpose: it is about offices, rules and sign-in names, and about no applicant. */
const open: readonly string[] = [
  'POST /v1/appointments sub',
  // What colleagues call each other, and where the public finds them.
  'POST /v1/appointments name',
  'POST /v1/offices/:org address',
  // Who signs Annex 2.
  'POST /v1/publicity-rounds preparedBy',
  'POST /v1/publicity-rounds head',
  'POST /v1/publicity-rounds phone',
  'POST /v1/publicity-rounds/:roundId/signatures name',
  'POST /v1/stand-ins absent',
  'POST /v1/stand-ins standIn',
  'POST /v1/calendar-notices source',
  'POST /v1/policy-drafts document',
  // What somebody learned: the entitlement is told by it (N4.3). Letters only, no number of anybody fits in.
  'POST /v1/applications certificate.occupation',
];

test('nothing of it is found in any table or in the log, but what stands open on purpose', async () => {
  const search = searchFor([...written].map(([text, name]) => ({ name, text })));
  const query = <R extends object>(text: string): Promise<R[]> => desk.sql(text);
  const inRows = await foundInRows(query, search);
  const found = [...inRows, ...foundInText('log', desk.log.join(''), search)];
  expect(found.filter((one) => !open.some((name) => one.startsWith('table') && one.includes(`: ${name} (`)))).toEqual(
    [],
  );
  for (const name of open) expect([name, inRows.some((one) => one.includes(`: ${name} (`))]).toEqual([name, true]);
}, 60_000);
