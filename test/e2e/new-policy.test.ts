import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { signIn } from '../../dev/client.ts';
import { openOffice, type Office } from './office.ts';

let office: Office;

beforeAll(async () => {
  office = await openOffice(104, 86_400);
}, 90_000);
afterAll(async () => {
  await office.system.stop();
}, 60_000);

const draft = z.object({ draftId: z.string(), hash: z.string(), state: z.string() });
const versionOf = z.object({ policyVersion: z.string() });

test('12 months and three claims a year by API alone, on a whole system: a new case has it, the one before its own', async () => {
  const { cast, file, system, untilState } = office;
  const failed = async (caseNo: string) => {
    const { checks } = await untilState(caseNo, 'review');
    const { policyVersion } = await cast.supervisor.get(`/v1/cases/${caseNo}`, versionOf);
    return [policyVersion, checks.filter(({ passed }) => !passed).map(({ code }) => code)];
  };
  const before = await file({}, { months: 20 });
  expect(await failed(before.caseNo)).toEqual(['2017-67', ['contribution-months']]);

  const admin = (sub: string) => signIn(system, { sub, roles: ['policy-admin'], org: '220000' });
  const [author, other] = [await admin('hua'), await admin('ming')];
  const changes = { contributionMonths: 12, claimsPerYear: 3 };
  const body = { version: '2017-99', inForceFrom: '2017-09-04', document: '试验', changes };
  const { draftId, hash } = await author.post('/v1/policy-drafts', body, draft);
  const adoption = `/v1/policy-drafts/${draftId}/adoption`;
  await expect(author.post(adoption, { hash }, draft)).rejects.toMatchObject({ slug: 'four-eyes' });
  expect((await other.post(adoption, { hash }, draft)).state).toBe('in-force');

  const after = await file({}, { months: 20 });
  expect(await failed(after.caseNo)).toEqual(['2017-99', []]);
  expect(await failed(before.caseNo)).toEqual(['2017-67', ['contribution-months']]);
}, 90_000);
