import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { applicationBody, type Otherwise } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import { identityCheckCharacter } from '../../domain/policy/identity-number.ts';
import { applicantOf, caseNoOf, file, staff, wang } from './cases.ts';
import { type Client, type Desk, openDesk, problemOf, read, wrongFields } from './desk.ts';

/** What belongs together on Annex 1 (N2, N3.3), and what is unusual and right. */

let desk: Desk;
let clerk: Client;
beforeAll(async () => {
  desk = await openDesk(32);
  clerk = desk.as(wang);
}, 120_000);
afterAll(() => desk.close());

const counter = (otherwise: Otherwise): Otherwise => ({ channel: 'counter', ...otherwise });
const onlyCode = (reply: Awaited<ReturnType<Client['post']>>): unknown => {
  const { errors } = problemOf(reply);
  return z
    .array(z.object({ code: z.string() }))
    .parse(errors)
    .map(({ code }) => code);
};

const rules: readonly (readonly [
  what: string,
  otherwise: (one: Person, other: Person) => Otherwise,
  path: string,
  code: string,
])[] = [
  [
    'a birth date that the ID number does not say',
    () => ({ applicant: { birthDate: '1901-01-01' } }),
    'applicant.birthDate',
    'differs-from-id-number',
  ],
  [
    'a gender that the ID number does not say',
    ({ gender }) => ({ applicant: { gender: gender === 'male' ? 'female' : 'male' } }),
    'applicant.gender',
    'differs-from-id-number',
  ],
  ["another one's account (N3.3)", () => ({ account: { holder: '旁人' } }), 'account.holder', 'not-the-applicant'],
  [
    'a bank card whose check digit is wrong',
    ({ account }) => ({ account: { number: nextDigit(account.number) } }),
    'account.number',
    'wrong',
  ],
  [
    'a social-security number of five characters',
    () => ({ account: { kind: 'social-security-card', number: '12345' } }),
    'account.number',
    'wrong',
  ],
  [
    'a certificate of tomorrow',
    () => ({ certificate: { issuedOn: '2017-09-05' } }),
    'certificate.issuedOn',
    'in-the-future',
  ],
  [
    'a commitment of tomorrow',
    () => ({ commitment: { signedOn: '2017-09-05' } }),
    'commitment.signedOn',
    'in-the-future',
  ],
  ['a proxy online (N2.4)', (_, other) => ({ channel: 'online', proxy: other }), 'proxy', 'counter-only'],
  ['the applicant as their own proxy', (one) => ({ proxy: one }), 'proxy.idNumber', 'is-the-applicant'],
  [
    'the applicant as their own proxy, written in another way',
    (one) => ({ proxy: { name: one.name, idNumber: spaced(one.idNumber).toLowerCase() } }),
    'proxy.idNumber',
    'is-the-applicant',
  ],
  ["a proxy's signature without a proxy", () => ({ commitment: { by: 'proxy' } }), 'commitment.by', 'no-proxy'],
  ['the agency of another district (N2.1)', () => ({ insuredAt: '220103' }), 'insuredAt', 'wrong-agency'],
  ['the agency of another city', () => ({ insuredAt: '220202' }), 'insuredAt', 'wrong-agency'],
  [
    'the province, which has no agency of its own but 省直',
    () => ({ insuredAt: '220000' }),
    'insuredAt',
    'wrong-agency',
  ],
];

const spaced = (text: string): string => text.replace(/(.{4})/g, '$1 ').trim();
const nextDigit = (number: string): string => number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10);
const asProxy = ({ proxy, ...rest }: Otherwise): Otherwise =>
  proxy ? { ...rest, proxy: { name: proxy.name, idNumber: proxy.idNumber } } : rest;

test.each(rules)('%s is one entry', async (_what, otherwise, path, code) => {
  const [one, other] = [desk.person(), desk.person()];
  const before = await desk.countRows();
  const reply = await clerk.post('/v1/applications', applicationBody(one, asProxy(counter(otherwise(one, other)))));
  expect(wrongFields(reply)).toEqual([path]);
  expect(onlyCode(reply)).toEqual([code]);
  expect(await desk.countRows()).toEqual(before);
});

test('all of it together: one entry each', async () => {
  const one = desk.person();
  const body = applicationBody(one, {
    channel: 'online',
    applicant: { birthDate: '1901-01-01', gender: one.gender === 'male' ? 'female' : 'male' },
    account: { holder: '旁人', number: nextDigit(one.account.number) },
    certificate: { issuedOn: '2018-01-01' },
    commitment: { signedOn: '2018-01-01' },
    proxy: { name: '旁人', idNumber: spaced(one.idNumber) },
    insuredAt: '220202',
  });
  expect(wrongFields(await clerk.post('/v1/applications', body))).toEqual([
    ...['account.holder', 'account.number', 'applicant.birthDate', 'applicant.gender', 'certificate.issuedOn'],
    ...['commitment.signedOn', 'insuredAt', 'proxy', 'proxy.idNumber'],
  ]);
});

test.each([
  ['applicant', 'counter'],
  ['applicant', 'collective'],
  ['employer', 'online'],
  ['employer', 'counter'],
] as const)('an %s does not file in the way %s (N2.1, N2.5)', async (role, channel) => {
  const person = desk.person();
  const { creditCode } = person.employer;
  const who = role === 'applicant' ? applicantOf(person) : { sub: 'firm', roles: [role], creditCode };
  const reply = await desk.as(who).post('/v1/applications', applicationBody(person, { channel }));
  expect(wrongFields(reply)).toEqual(['channel']);
});

test('an ID number of the future is refused on the day, not for its form', async () => {
  const first17 = '22010220180101121';
  const idNumber = first17 + identityCheckCharacter(first17);
  const body = applicationBody(desk.person(), {
    channel: 'counter',
    applicant: { idNumber, birthDate: '2018-01-01', gender: 'male' },
  });
  const reply = await clerk.post('/v1/applications', body);
  expect(wrongFields(reply)).toEqual(['applicant.idNumber']);
  expect(onlyCode(reply)).toEqual(['in-the-future']);
});

test('before 2017-08-23 there is no policy to file under (N7), and nothing is left', async () => {
  await desk.setNow('2017-08-22T23:59:00+08:00');
  const before = await desk.countRows();
  const person = desk.person();
  const body = applicationBody(person, { commitment: { signedOn: '2017-08-22' } });
  const applicant = desk.as(applicantOf(person));
  const early = await applicant.post('/v1/applications', body, { key: 'early' });
  expect(early.status).toBe(422);
  expect(problemOf(early)).toMatchObject({ slug: 'no-policy' });
  expect(await desk.countRows()).toEqual(before);
  await desk.setNow('2017-08-23T00:00:00+08:00');
  read(await applicant.post('/v1/applications', body, { key: 'early' }), 201, caseNoOf); // no form error is stored
  await desk.setNow('2017-09-04T09:00:00+08:00');
});

/** Names as they are written on real cards. */
const names = [
  '古丽娜尔·买买提',
  '阿依古丽•艾力',
  '𠮷田𡈽',
  '䶮䶮',
  '欧阳娜娜',
  "O'Neill-Łukasz Émile",
  '王',
  '扎西  旺堆',
];

test.each(names)('somebody named %s files for themselves, and reads the name as it was written', async (name) => {
  const person = { ...desk.person(), name };
  const { caseNo, applicant } = await file(desk, {}, person);
  const seen = await applicant.get(`/v1/cases/${caseNo}`);
  expect(seen.body).toMatchObject({ application: { applicant: { name }, account: { holder: name } } });
});

test('an ID number that ends in x is the one that ends in X, in the form and in the token', async () => {
  let person = desk.person();
  while (!person.idNumber.endsWith('X')) person = desk.person();
  const small = { ...person, idNumber: person.idNumber.toLowerCase() };
  const { caseNo } = await file(desk, {}, small);
  const seen = await desk.as(applicantOf(person)).get(`/v1/cases/${caseNo}`);
  expect(seen.body).toMatchObject({ application: { applicant: { idNumber: person.idNumber } } });
  const again = await desk.as(applicantOf(small)).post('/v1/applications', applicationBody(person));
  expect(problemOf(again)).toMatchObject({ slug: 'already-claimed' });
  const seenSmall = await desk.as(applicantOf(small)).get(`/v1/cases/${caseNo}`);
  expect(seenSmall.status).toBe(200);
});

test('full-width digits, blanks and hyphens are read as people mean them', async () => {
  const person = desk.person();
  const wide = (text: string): string =>
    text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  const body = applicationBody(person, {
    channel: 'counter',
    applicant: {
      idNumber: wide(person.idNumber),
      phone: `+86 ${spaced(person.phone)}`,
      homeAddress: `  ${person.homeAddress} `,
    },
    account: { number: spaced(person.account.number) },
    employer: { creditCode: person.employer.creditCode.toLowerCase() },
  });
  const { caseNo } = read(await clerk.post('/v1/applications', body), 201, caseNoOf);
  expect((await clerk.get(`/v1/cases/${caseNo}`)).body).toMatchObject({
    application: {
      applicant: { idNumber: person.idNumber, phone: `+86${person.phone}`, homeAddress: person.homeAddress },
      account: { number: person.account.number },
      employer: { creditCode: person.employer.creditCode },
    },
  });
});

test('missing documents never refuse a filing: they are named (N2.2)', async () => {
  const filed = z.object({
    missingDocuments: z.array(z.string()),
    deadlines: z.array(z.looseObject({ kind: z.string() })),
  });
  const online = applicationBody(desk.person(), { channel: 'counter', originalsSeen: [], documents: [] });
  const { missingDocuments, deadlines } = read(await clerk.post('/v1/applications', online), 201, filed);
  expect(missingDocuments).toEqual(['certificate', 'id-card']);
  expect(deadlines).toEqual([
    expect.objectContaining({
      ...{ kind: 'review', startedOn: '2017-09-04', workingDays: 5 },
      ...{ dueOn: '2017-09-11', dueAt: '2017-09-12T00:00:00+08:00', status: 'running' },
    }),
  ]);
});

test("a clerk of the city files for its districts, a clerk of 省直 for 省直's", async () => {
  const city = desk.as(staff('he', 'handler', '220100'));
  read(await city.post('/v1/applications', applicationBody(desk.person(), { channel: 'counter' })), 201, caseNoOf);
  const direct = desk.as(staff('lu', 'handler', '220099'));
  const body = applicationBody(desk.person(), { channel: 'counter', insuredAt: '220099' });
  expect(read(await direct.post('/v1/applications', body), 201, caseNoOf).caseNo).toMatch(/^220099-2017-/);
});
