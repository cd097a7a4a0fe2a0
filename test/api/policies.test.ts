import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Person } from '../../dev/people.ts';
import { addBudget, decide, file, inReview, lookUp, staff, wang } from './cases.ts';
import { type Client, type Desk, openDesk, problemOf, read, wrongFields } from './desk.ts';

/** Policy versions as data: drafted by one, put in force by another, over the API alone (N7). */

const draft = z.looseObject({
  draftId: z.string(),
  revision: z.number(),
  hash: z.string(),
  state: z.string(),
  authors: z.array(z.string()),
});
type Draft = z.output<typeof draft>;
const preview = z.looseObject({
  cases: z.number(),
  changed: z.array(z.looseObject({ caseNo: z.string() })),
  beforeFen: z.number(),
  afterFen: z.number(),
  differenceFen: z.number(),
  next: z.string().nullable(),
});
const caseOf = z.looseObject({
  policyVersion: z.string(),
  amountFen: z.number().nullable(),
  checks: z.array(z.looseObject({ code: z.string(), passed: z.boolean(), detail: z.string() })),
});

let desk: Desk;
let author: Client;
let other: Client;
beforeAll(async () => {
  desk = await openDesk(43);
  await addBudget(desk);
  author = desk.as(staff('hua', 'policy-admin', '220000'));
  other = desk.as(staff('ming', 'policy-admin', '220000'));
}, 120_000);
afterAll(() => desk.close());

const version12 = {
  version: '2017-99',
  inForceFrom: '2017-10-09',
  document: '吉人社联字〔2017〕99号（试验）',
  changes: {
    contributionMonths: 12,
    claimsPerYear: 3,
    shortage: {
      occupations: [
        { name: '焊工', scope: '220000' },
        { name: '电工', scope: '220100' },
      ],
    },
    occupations: [
      { name: '焊工', aliases: ['深海焊接技工'] },
      { name: '水下巡检工', aliases: [] },
    ],
  },
};

const draftOf = async (body: object): Promise<Draft> => read(await author.post('/v1/policy-drafts', body), 201, draft);
const adopt = (who: Client, { draftId, hash }: Draft) => who.post(`/v1/policy-drafts/${draftId}/adoption`, { hash });
const shown = async (caseNo: string) =>
  read(await desk.as(staff('wang', 'handler')).get(`/v1/cases/${caseNo}`), 200, caseOf);
const failed = async (caseNo: string): Promise<readonly string[]> =>
  (await shown(caseNo)).checks.filter(({ passed }) => !passed).map(({ code }) => code);

test('a version of 12 months and three claims a year, by API alone; cases before keep theirs', async () => {
  // Before: refused for 20 months, approved with 60.
  const short = await inReview(desk, { months: 20 });
  expect(await failed(short.caseNo)).toEqual(['contribution-months']);
  await decide(desk, short.caseNo, 'refuse');
  const welder = await inReview(desk);
  await decide(desk, welder.caseNo);
  const electrician = await inReview(desk, {}, { certificate: { occupation: '电工' } });
  await decide(desk, electrician.caseNo);

  const first = await draftOf(version12);
  expect(first).toMatchObject({ revision: 1, basedOn: '2017-67', state: 'draft', authors: ['hua'] });
  const { changes } = read(
    await author.get(`/v1/policy-drafts/${first.draftId}/diff`),
    200,
    z.object({ changes: z.array(z.looseObject({ path: z.string() })) }),
  );
  expect(changes).toContainEqual({ path: 'contributionMonths', label: '累计缴费月数', before: 36, after: 12 });
  expect(changes).toContainEqual({ path: 'claimsPerYear', label: '每人每年申领次数上限', before: null, after: 3 });
  expect(
    changes
      .map(({ path }) => path)
      .filter((path) => path.startsWith('shortage'))
      .sort(),
  ).toEqual([
    'shortage.occupations.化学分析工',
    'shortage.occupations.多工序数控机床操作调整工',
    'shortage.occupations.建材物理检验工',
    'shortage.occupations.模具工',
    'shortage.occupations.电工',
    'shortage.occupations.药物制剂工',
  ]);

  const range = 'filedFrom=2017-09-01&filedTo=2017-09-30';
  const run = read(await author.get(`/v1/policy-drafts/${first.draftId}/preview?${range}`), 200, preview);
  expect(run).toMatchObject({
    cases: 3,
    beforeFen: 195_000 + 150_000,
    afterFen: 3 * 195_000,
    differenceFen: 240_000,
    next: null,
  });
  expect(Object.fromEntries(run.changed.map(({ caseNo, ...more }) => [caseNo, more]))).toMatchObject({
    [short.caseNo]: {
      awardedFen: null,
      before: { eligible: false, amountFen: null, failed: ['contribution-months'] },
      after: { eligible: true, amountFen: 195_000, failed: [] },
    },
    [electrician.caseNo]: { awardedFen: 150_000, before: { amountFen: 150_000 }, after: { amountFen: 195_000 } },
  });
  const paged = read(await author.get(`/v1/policy-drafts/${first.draftId}/preview?${range}&limit=2`), 200, preview);
  expect([paged.cases, paged.next === null]).toEqual([2, false]);
  const rest = read(
    await author.get(`/v1/policy-drafts/${first.draftId}/preview?${range}&limit=2&cursor=${paged.next ?? ''}`),
    200,
    preview,
  );
  expect([rest.cases, rest.next, paged.differenceFen + rest.differenceFen]).toEqual([1, null, 240_000]);

  expect(problemOf(await adopt(author, first)).slug).toBe('four-eyes');
  expect(read(await adopt(other, first), 201, draft)).toMatchObject({ state: 'in-force' });

  // In force from 2017-10-09 only; another process of the API would see it at its next question.
  const check = { contributionMonths: 20, arrears: false, employed: true };
  const certificate = { kind: 'qualification', occupation: '焊工', level: 4, issuedOn: '2017-06-30' };
  const selfCheck = async () =>
    read(
      await desk.withHeader(null).post('/public/v1/eligibility-checks', { ...check, certificate }),
      200,
      z.looseObject({ eligible: z.boolean() }),
    );
  await desk.setNow('2017-10-08T23:00:00+08:00');
  expect((await selfCheck()).eligible).toBe(false);
  const before = await inReview(desk, { months: 20 });
  const unknown = await inReview(desk, { months: 20 }, { certificate: { occupation: '深海焊接技工' } });
  expect(await failed(unknown.caseNo)).toEqual(['contribution-months', 'occupation-known']);
  await desk.setNow('2017-10-09T09:00:00+08:00');
  expect((await selfCheck()).eligible).toBe(true);
  const after = await inReview(desk, { months: 20 });
  expect([(await shown(before.caseNo)).policyVersion, await failed(before.caseNo)]).toEqual([
    '2017-67',
    ['contribution-months'],
  ]);
  expect([(await shown(after.caseNo)).policyVersion, await failed(after.caseNo)]).toEqual(['2017-99', []]);
  expect(await shown(welder.caseNo)).toMatchObject({ policyVersion: '2017-67', amountFen: 195_000 });
  expect(await shown(electrician.caseNo)).toMatchObject({ policyVersion: '2017-67', amountFen: 150_000 });

  // A name that the version knows: it means a welder, and what was claimed under it before is claimed (N4.3).
  const alias = { certificate: { occupation: '深海焊接技工' } };
  expect(await failed((await inReview(desk, { months: 20 }, alias)).caseNo)).toEqual([]);
  const welding = { ...unknown.application, certificate: { ...unknown.application.certificate, occupation: '电焊工' } };
  expect(problemOf(await unknown.applicant.post('/v1/applications', welding)).slug).toBe('already-claimed');
  const named = { decision: 'refuse', reasons: [{ clause: 'N1.1', text: '不足36个月。' }], occupation: '深海焊接技工' };
  read(await desk.as(wang).post(`/v1/cases/${unknown.caseNo}/handling`, named), 200, z.looseObject({}));
  expect(await failed(unknown.caseNo)).toEqual(['contribution-months']);

  // Three claims a year: the fourth is told, earlier ones that were given back do not count.
  const person: Person = desk.person();
  const claimOf = async (occupation: string): Promise<string> => {
    const { caseNo } = await file(desk, { certificate: { occupation, number: `2017${occupation}` } }, person);
    await lookUp(desk, caseNo);
    return caseNo;
  };
  for (const occupation of ['焊工', '电工', '钳工']) expect(await failed(await claimOf(occupation))).toEqual([]);
  const fourth = await claimOf('车工');
  expect(await failed(fourth)).toEqual(['claims-per-year']);
  expect((await shown(fourth)).checks.find(({ code }) => code === 'claims-per-year')?.detail).toContain('已申领3次');
}, 120_000);

describe('drafts', () => {
  const small = (version: string, inForceFrom: string, changes: object = {}) => ({
    version,
    inForceFrom,
    document: '试验',
    changes,
  });

  test('everyone who wrote a part of it is an author; who adopts has read what is in force then', async () => {
    const first = await draftOf(small('a-1', '2018-01-01'));
    const path = `/v1/policy-drafts/${first.draftId}`;
    const changed = read(
      await other.post(`${path}/changes`, { changes: { standards: { 5: 110_000 } }, revision: 1 }),
      200,
      draft,
    );
    expect(changed).toMatchObject({
      revision: 2,
      authors: ['hua', 'ming'],
      body: { standards: { 4: 150_000, 5: 110_000 } },
    });
    expect(problemOf(await author.post(`${path}/changes`, { changes: {}, revision: 1 })).slug).toBe('draft-changed');
    const third = desk.as(staff('yu', 'policy-admin', '220000'));
    expect(problemOf(await adopt(third, first)).slug).toBe('draft-changed');
    for (const who of [author, other]) expect(problemOf(await adopt(who, changed)).slug).toBe('four-eyes');
    expect((await adopt(third, changed)).status).toBe(201);
    expect(problemOf(await adopt(third, changed)).slug).toBe('draft-closed');
    expect(problemOf(await author.post(`${path}/changes`, { changes: {} })).slug).toBe('draft-closed');
  });

  test('no date in the past, no date or number twice', async () => {
    expect(wrongFields(await author.post('/v1/policy-drafts', small('b-1', '2017-10-08')))).toEqual(['inForceFrom']);
    const past = await draftOf(small('b-1', '2017-10-10'));
    const changed = { changes: { inForceFrom: '2017-10-08' } };
    expect(wrongFields(await author.post(`/v1/policy-drafts/${past.draftId}/changes`, changed))).toEqual([
      'inForceFrom',
    ]);
    await desk.setNow('2017-10-11T09:00:00+08:00'); // it waited for too long
    expect(problemOf(await adopt(other, past)).slug).toBe('in-the-past');
    expect(problemOf(await author.post('/v1/policy-drafts', small('b-1', '2018-02-01'))).slug).toBe('version-taken');
    expect(problemOf(await author.post('/v1/policy-drafts', small('2017-67', '2018-02-01'))).slug).toBe(
      'version-taken',
    );
    expect(problemOf(await author.post('/v1/policy-drafts', small('b-2', '2018-01-01'))).slug).toBe('date-taken');
    const gone = read(await author.post(`/v1/policy-drafts/${past.draftId}/discard`, {}), 200, draft);
    expect(gone.state).toBe('discarded');
    expect((await author.post('/v1/policy-drafts', small('b-1', '2018-02-01'))).status).toBe(201);
  });

  test.each<[object, readonly string[]]>([
    [{ contributionMonths: -1 }, ['contributionMonths']],
    [{ contributionMonths: '12' }, ['contributionMonths']],
    [{ standards: { 5: 0.5 } }, ['standards.5']],
    [{ standards: { 5: null } }, ['standards.5']],
    [{ shortage: { occupations: [{ name: '电焊工', scope: '220000' }] } }, ['shortage.occupations.0.name']],
    [{ shortage: { occupations: [{ name: '焊工', scope: '210000' }] } }, ['shortage.occupations.0.scope']],
    [{ deadlines: { review: 5, holiday: 3 } }, ['deadlines.holiday']],
    [{ counterClosingTime: '25:00', claimants: [] }, ['claimants', 'counterClosingTime']],
    [{ occupations: [{ name: '潜水焊工', aliases: ['电焊工'] }] }, ['occupations.0.aliases.0']],
    [{ occupations: [{ name: '潜水焊工', aliases: ['深水焊工', '（）'] }] }, ['occupations.0.aliases.1']],
    [{ occupations: [{ name: '潜水焊工', aliases: ['深水焊工', '深水 焊工'] }] }, ['occupations.0.aliases.1']],
    [{ occupations: [{ name: '潜水焊工', aliases: ['（潜水焊工）'] }] }, ['occupations.0.aliases.0']],
    [{ occupations: ['a', 'b'].map((more) => ({ name: '焊工', aliases: [`水焊${more}`] })) }, ['occupations.1.name']],
    [{ sample: { percent: 101 }, recovery: { reminders: -1 } }, ['recovery.reminders', 'sample.percent']],
    [{ months: 12 }, ['months']],
    [{ certificates: { levels: [5, 4, 3, 2] } }, ['shortage.standards.2', 'standards.2']],
  ])('%j is told at its place', async (changes, paths) => {
    expect(wrongFields(await author.post('/v1/policy-drafts', small('c-1', '2018-03-01', changes)))).toEqual(paths);
  });

  test('the database holds them to it: four eyes, the very body, append-only', async () => {
    const one = await draftOf(small('d-1', '2018-04-01'));
    const { db } = desk.services.store;
    const insert = (by: string, body: string) =>
      db.query(
        `INSERT INTO policy_version (version, in_force_from, body, draft_id, adopted_by, adopted_at)
         SELECT 'd-1', '2018-04-01', ${body}, draft_id, $2, business_now() FROM policy_draft_revision WHERE draft_id = $1`,
        [one.draftId, by],
      );
    await expect(insert('hua', 'body')).rejects.toThrow('four eyes');
    await expect(insert('ming', `body || '{"contributionMonths": 1}'`)).rejects.toThrow('another body');
    await expect(
      db.query(`INSERT INTO policy_version (version, in_force_from, body) VALUES ('x', '2018-05-01', '{}')`),
    ).rejects.toThrow('needs a draft');
    await expect(db.query(`UPDATE policy_version SET in_force_from = '2018-06-01'`)).rejects.toThrow(
      'permission denied',
    );
    await expect(desk.sql(`UPDATE policy_version SET in_force_from = '2018-06-01'`)).rejects.toThrow('append-only');
    await expect(desk.sql(`DELETE FROM policy_draft_revision`)).rejects.toThrow('append-only');
  });

  test('the province drafts, everyone of the staff may read; a city does not', async () => {
    const city = desk.as(staff('an', 'policy-admin', '220100'));
    expect((await city.post('/v1/policy-drafts', small('e-1', '2018-07-01'))).status).toBe(404);
    const clerk = desk.as(staff('wang', 'handler'));
    const { items } = read(
      await clerk.get('/v1/policy-versions'),
      200,
      z.object({ items: z.array(z.looseObject({ version: z.string(), isInForce: z.boolean() })) }),
    );
    expect(
      wrongFields(
        await author.post('/v1/policy-drafts', {
          ...small('e-1', '2018-07-01', { occupations: [] }),
          basedOn: '2017-99',
        }),
      ),
    ).toEqual(['occupations']);
    const unaware = await draftOf({ ...small('e-1', '2018-07-01'), basedOn: '2017-67' });
    expect(problemOf(await adopt(other, unaware))).toMatchObject({
      slug: 'names-taken-back',
      names: ['焊工', '深海焊接技工', '水下巡检工'],
    });
    expect(items.map(({ version, isInForce }) => [version, isInForce])).toEqual([
      ['2017-67', false],
      ['2017-99', true],
      ['a-1', false],
    ]);
  });
});
