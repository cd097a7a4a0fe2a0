import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { applicationBody } from '../../dev/papers.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { readCase } from '../../store/case.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { applicantOf, caseNoOf, file, lookUp, staff, wang } from '../api/cases.ts';
import { type Desk, openDesk, problemOf, read, wrongFields } from '../api/desk.ts';

/** The three channels, proxies, and who moved (N2.1 to N2.5). */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(44);
}, 120_000);
afterAll(() => desk.close());

const missing = caseNoOf.extend({ missingDocuments: z.array(z.string()) });
const checksOf = async (caseNo: string, who = wang) =>
  read(
    await desk.as(who).get(`/v1/cases/${caseNo}`),
    200,
    z.looseObject({ checks: z.array(z.object({ clause: z.string(), code: z.string(), passed: z.boolean() })) }),
  ).checks.filter(({ clause }) => clause === 'N2.3');
const toldOf = async (caseNo: string) => {
  const { state } = await readCase(desk.services.store.db, caseNo as CaseNo);
  return (state.tellings?.open ?? []).map(({ about }) => about);
};

test('originals are what a clerk saw: online nobody saw any (N2.2)', async () => {
  const person = desk.person();
  const originalsSeen = [{ kind: 'certificate' }, { kind: 'id-card' }] as const;
  const online = applicationBody(person, { originalsSeen });
  const filed = read(await desk.as(applicantOf(person)).post('/v1/applications', online), 201, missing);
  expect(filed.missingDocuments).toEqual(['certificate', 'id-card']);
  const counter = applicationBody(desk.person(), { channel: 'counter', originalsSeen });
  expect(read(await desk.as(wang).post('/v1/applications', counter), 201, missing).missingDocuments).toEqual([]);
});

test('a proxy comes to the counter, with both originals; the applicant is told (N2.4)', async () => {
  const [person, { name, idNumber }] = [desk.person(), desk.person()];
  const proxy = { name, idNumber };
  for (const channel of ['online', 'collective'] as const) {
    const { creditCode } = person.employer;
    const firm = { sub: 'firm', roles: ['employer'], creditCode } as const;
    const who = channel === 'online' ? applicantOf(person) : firm;
    const reply = await desk.as(who).post('/v1/applications', applicationBody(person, { channel, proxy }));
    expect(wrongFields(reply)).toEqual(['proxy']);
  }
  const body = applicationBody(person, { channel: 'counter', proxy });
  const filed = read(await desk.as(wang).post('/v1/applications', body), 201, missing);
  expect(filed.missingDocuments).toEqual(['proxy-id-card']);
  expect(await toldOf(filed.caseNo)).toEqual(['filed-for-you']);
});

test('whose employees a firm may file for is the word of its sign-in', async () => {
  const body = applicationBody(desk.person(), { channel: 'collective' });
  const nameless = desk.as({ sub: 'firm', roles: ['employer'] });
  expect(problemOf(await nameless.post('/v1/applications', body)).slug).toBe('forbidden');
});

test('who filed herself is told nothing of it', async () => {
  const { caseNo } = await file(desk);
  expect(await toldOf(caseNo)).toEqual([]);
});

test("moved across pooling regions: a proof for each place, and this system's own records (N2.3)", async () => {
  const person = desk.person();
  const earlier = applicationBody(person, {
    channel: 'counter',
    insuredAt: '220202',
    certificate: { occupation: '没听说过的工种' },
  });
  read(await desk.as(staff('gao', 'handler', '220202')).post('/v1/applications', earlier), 201, caseNoOf);
  const body = applicationBody(person, {
    channel: 'counter',
    movedFrom: [{ org: '220202' }, { org: '210100' }],
  });
  const { caseNo, missingDocuments } = read(await desk.as(wang).post('/v1/applications', body), 201, missing);
  expect(missingDocuments).toEqual(['no-subsidy-proof']);
  await lookUp(desk, caseNo as CaseNo);
  expect(await checksOf(caseNo)).toEqual([{ clause: 'N2.3', code: 'no-claim-elsewhere', passed: false }]);

  const other = await file(desk, { movedFrom: [{ org: '210100' }] });
  await lookUp(desk, other.caseNo);
  expect(await checksOf(other.caseNo)).toEqual([{ clause: 'N2.3', code: 'no-claim-elsewhere', passed: true }]);
  const settled = await file(desk);
  await lookUp(desk, settled.caseNo);
  expect(await checksOf(settled.caseNo)).toEqual([]);

  const { store } = desk.services;
  const onRecord = await readOnRecord(store, [caseNo as CaseNo, other.caseNo]);
  const rules = await readRules(store.db);
  expect(onRecord.flatMap((one) => decideAgain(one, rules).differences)).toEqual([]);
});
