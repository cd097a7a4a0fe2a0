import { expect, test } from '@jest/globals';
import { applicationBody, sandboxRecords } from '../../dev/papers.ts';
import { people, type Person } from '../../dev/people.ts';
import { parseBankCard } from '../../domain/policy/bank-card.ts';
import { parseCreditCode } from '../../domain/policy/credit-code.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { parseIdentityNumber } from '../../domain/policy/identity-number.ts';
import { certificateSchema } from '../../sandbox/registers.ts';
import { recordInput } from '../../sandbox/insurance.ts';

const seeds = Array.from({ length: 500 }, (_, seed) => seed);

function crowd(seed: number, size: number): Person[] {
  const source = people(seed);
  return Array.from({ length: size }, () => source.next().value);
}

test.each([
  ['ID number', (one: Person) => parseIdentityNumber(one.idNumber, civilDate('2017-09-01')), (one: Person) => one],
  ['credit code', (one: Person) => parseCreditCode(one.employer.creditCode), () => ({})],
  ['bank card', (one: Person) => parseBankCard(one.account.number), () => ({})],
])("the %s of 500 seeds' first people passes the domain's own check", (_what, parse, agreesWith) => {
  for (const seed of seeds) {
    const [one] = crowd(seed, 1);
    if (!one) throw new Error('nobody');
    const { gender, birthDate } = one;
    const expected = agreesWith(one) === one ? { ok: true, gender, birthDate } : { ok: true };
    expect(parse(one)).toMatchObject(expected);
  }
});

test('everyone is a grown-up from Jilin with a mainland mobile phone', () => {
  for (const one of seeds.flatMap((seed) => crowd(seed, 2))) {
    expect(one.idNumber).toMatch(/^22\d{15}[\dX]$/);
    expect(one.birthDate >= '1960-01-01' && one.birthDate < '2000-01-01').toBe(true);
    expect(one.phone).toMatch(/^1[3-9]\d{9}$/);
    expect(one.homeAddress).toMatch(/^吉林省.+\d+号$/u);
    expect(one.name).toMatch(/^\p{Script=Han}+(·\p{Script=Han}+)?$/u);
  }
});

test('some have names with a middle dot, most do not', () => {
  const dotted = crowd(7, 1000).filter((one) => one.name.includes('·')).length;
  expect(dotted).toBeGreaterThan(10);
  expect(dotted).toBeLessThan(200);
});

test('the same seed gives the same people, another seed others', () => {
  expect(crowd(11, 20)).toEqual(crowd(11, 20));
  expect(crowd(11, 1)[0]?.idNumber).not.toBe(crowd(12, 1)[0]?.idNumber);
});

test('no two people of a crowd share a number', () => {
  const all = crowd(3, 5000);
  const numbers = all.flatMap((one) => [
    ...[one.idNumber, one.phone, one.account.number, one.certificateSerial, one.employer.creditCode],
  ]);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('an application is complete, and what is wanted otherwise is otherwise', () => {
  const [one] = crowd(1, 1);
  if (!one) throw new Error('nobody');
  const body = applicationBody(one, { certificate: { level: 3, occupation: '中式烹调师', issuedOn: '2017-02-03' } });
  expect(body).toMatchObject({
    channel: 'online',
    applicant: { name: one.name, idNumber: one.idNumber },
    certificate: { kind: 'qualification', level: 3, occupation: '中式烹调师', issuedOn: '2017-02-03' },
    account: { holder: one.name, number: one.account.number },
    commitment: { accepted: true },
  });
  expect(body.certificate.number).toMatch(/^1707\d{6}3\d{5}$/);
  const counter = applicationBody(one, { channel: 'counter' });
  expect(counter.originalsSeen).toHaveLength(2);
});

test("the partners' records are what the sandbox takes and say what the application says", () => {
  const [one] = crowd(2, 1);
  if (!one) throw new Error('nobody');
  const body = applicationBody(one);
  const records = new Map(sandboxRecords(body, { months: 35 }).map(({ path, body: record }) => [path, record]));
  const { number } = body.certificate;
  expect([...records.keys()]).toEqual([
    `/insurance/${one.idNumber}`,
    `/registers/provincial/${number}`,
    `/registers/national/${number}`,
    `/accounts/${one.account.number}`,
  ]);
  expect(recordInput.parse(records.get(`/insurance/${one.idNumber}`))).toMatchObject({ months: 35, arrears: false });
  expect(certificateSchema.parse(records.get(`/registers/national/${number}`))).toMatchObject({
    idNumber: one.idNumber,
    issuedOn: '2017-06-30',
  });
  expect(sandboxRecords(body, { unknownTo: ['national'] }).map(({ path }) => path)).not.toContain(
    `/registers/national/${number}`,
  );
});
