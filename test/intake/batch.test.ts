import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { z } from 'zod';
import { readWorkbook, xlsxType } from '../../console/xlsx.ts';
import { applicationBody, type Otherwise } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import { tableCsv, tableRow, type TableRow, tableWorkbook } from '../../dev/tables.ts';
import { wrongCells } from '../../dev/wrong-rows.ts';
import type { IntakeBatchId } from '../../domain/ids.ts';
import { fileWaitingRows } from '../../store/intake-filing.ts';
import { handOverCases } from '../../store/intake-handover.ts';
import { expireIntakeRows } from '../../store/intake.ts';
import { caseNoOf, lookUp, staff, zhao } from '../api/cases.ts';
import { type Client, type Desk, openDesk, problemOf, read, wrongFields } from '../api/desk.ts';
import { formOf } from '../api/uploads.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { archiveOf, workbookParts } from '../console/archives.ts';

/** Collective filing (N2.5): a table in, every row's fate out, each good row a case. */

const row = z.object({
  line: z.number(),
  status: z.string(),
  caseNo: z.string().nullable(),
  refusal: z.object({ type: z.string() }).nullable(),
  errors: z.array(
    z.object({
      column: z.string().nullable(),
      title: z.string().nullable(),
      path: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
});
const batch = z.object({
  batchId: z.string().transform((id) => id as IntakeBatchId),
  org: z.string(),
  stage: z.string(),
  progress: z.record(z.string(), z.number()),
  receivedOn: z.string().nullable(),
});
const received = batch.extend({ rows: z.array(row) });
const caseView = z.looseObject({
  receivedOn: z.string().nullish(),
  deadlines: z.array(z.looseObject({ kind: z.string(), startedOn: z.string(), dueOn: z.string(), status: z.string() })),
});

let desk: Desk;
let firm: Person['employer'];
let employer: Client;
const hrss = staff('zhao', 'hrss', '220100');
beforeAll(async () => {
  desk = await openDesk(42);
  firm = desk.person().employer;
  employer = desk.as({ sub: 'firm', roles: ['employer'], creditCode: firm.creditCode });
}, 120_000);
afterAll(() => desk.close());

const bodyOf = (person: Person, otherwise: Otherwise = {}) =>
  applicationBody(person, { channel: 'collective', employer: firm, ...otherwise });
const goodRow = (otherwise: Otherwise = {}): TableRow => tableRow(bodyOf(desk.person(), otherwise));

const csv = { 'content-type': 'text/csv' };
const upload = (content: string | Buffer, client = employer, headers: Record<string, string> = csv) =>
  client.post('/v1/application-batches', content, { headers });
const uploaded = async (content: string | Buffer, client = employer, headers?: Record<string, string>) =>
  read(await upload(content, client, headers), 201, received);
const asForm = async (content: Buffer) => {
  const { body, headers } = await formOf(content);
  return upload(body, employer, headers);
};
/** As the batch's run does. */
const run = (batchId: IntakeBatchId) => fileWaitingRows(desk.services.store, batchId, () => undefined);
const seen = async (batchId: string, client = employer) =>
  read(await client.get(`/v1/application-batches/${batchId}`), 200, received);

describe('reading a table', () => {
  test.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['GB18030', (text: string) => iconv.encode(text, 'gb18030')],
    ['with tabs', (text: string) => Buffer.from(text.replaceAll(',', '\t'))],
    ['with a title above', (text: string) => Buffer.from(`集中申请\r\n\r\n${text}`)],
  ])('CSV in %s', async (_what, encode) => {
    const { rows } = await uploaded(encode(tableCsv([goodRow(), goodRow()])));
    expect(rows.map(({ status }) => status)).toEqual(['waiting', 'waiting']);
  });

  test('XLSX, as the body or as a form', async () => {
    const asBody = await uploaded(await tableWorkbook([goodRow()]), employer, { 'content-type': xlsxType });
    expect(asBody.rows).toMatchObject([{ line: 2, status: 'waiting', errors: [] }]);
    expect(read(await asForm(await tableWorkbook([goodRow()])), 201, received).rows).toHaveLength(1);
  });

  test('columns may be named as in JSON, stand in any order, and some be left out', async () => {
    const left = ['性别', '出生日期', '统一社会信用代码', '等级'];
    const { 等级, ...others } = goodRow();
    const rest = Object.fromEntries(Object.entries(others).filter(([title]) => !left.includes(title)));
    const titles = [...Object.keys(rest).reverse(), 'certificate.level'];
    const cells = [...Object.values(rest).reverse(), 等级 ?? ''];
    expect((await uploaded(`${titles.join(',')}\n${cells.join(',')}`)).rows).toMatchObject([{ status: 'waiting' }]);
  });

  test('an ID number that is wrong or left out is one error: what it would have said is not missing besides', async () => {
    const left = ['性别', '出生日期'];
    const withId = (change: (id: string) => string): TableRow => {
      const full = goodRow();
      const row = Object.fromEntries(Object.entries(full).filter(([title]) => !left.includes(title)));
      return { ...row, 身份证号码: change(full['身份证号码'] ?? '') };
    };
    const wrongDigit = (id: string) => id.slice(0, 9) + String((Number(id[9]) + 1) % 10) + id.slice(10);
    const badSex = { ...withId(wrongDigit), 性别: '男性' };
    const table = tableCsv([withId(wrongDigit), withId(() => ''), withId(() => '1'), badSex]);
    expect((await uploaded(table)).rows.map(({ errors }) => errors.map((one) => one.title))).toEqual([
      ...[['身份证号码'], ['身份证号码'], ['身份证号码']],
      ['性别', '身份证号码'],
    ]);
  });

  test('the template is read as it is: its examples are not filed; a filled-in row is', async () => {
    const reply = await desk.app.inject({
      url: '/v1/application-batches/template',
      headers: { authorization: `Bearer ${await desk.token(hrss)}` },
    });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, xlsxType]);
    const { rows } = await uploaded(reply.rawPayload, employer, { 'content-type': xlsxType });
    expect(rows.map(({ status }) => status)).toEqual(['example', 'example']);
  });

  test.each([
    ['a picture', () => Buffer.from('89504e470d0a1a0a0000', 'hex'), 'not-an-archive'],
    ['no head', () => Buffer.from('a,b,c\n1,2,3'), 'no-head'],
    ['a missing column', () => Buffer.from('姓名,身份证号码,联系电话\n1,2,3'), 'missing-column'],
    ['no rows', () => Buffer.from(tableCsv([])), 'no-rows'],
    [
      'a macro workbook',
      () => archiveOf([...workbookParts(''), { name: 'xl/vbaProject.bin', content: 'x' }]),
      'macros',
    ],
    ['an old workbook', () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old-format'],
    ['an open quote', () => Buffer.from(tableCsv([goodRow()]) + '\r\n"'), 'not-csv'],
    [
      'a zip bomb',
      () => archiveOf([...workbookParts(''), { name: 'xl/sharedStrings.xml', content: Buffer.alloc(60_000_000) }]),
      'too-large',
    ],
    [
      'more than 5,000 rows',
      () => Buffer.from(tableCsv(Array.from({ length: 5_001 }, () => ({ 姓名: '王' })))),
      'too-many-rows',
    ],
  ] as const)('%s is refused with a sentence, and nothing is kept', async (_what, content, code) => {
    const before = await desk.countRows();
    const reply = await upload(content());
    expect(new Set(wrongFields(reply))).toEqual(new Set(['file']));
    expect(JSON.stringify(problemOf(reply)['errors'])).toContain(`"${code}"`);
    expect(await desk.countRows()).toEqual(before);
  });

  test('more than 10 MB is told as a file, in the body or in a form', async () => {
    const content = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    for (const reply of [await upload(content), await asForm(content)])
      expect(problemOf(reply)).toMatchObject({ status: 413, slug: 'file-too-large' });
  });
});

describe('every row is checked before any is filed', () => {
  test.each([...wrongCells, ['核发日期', '2018-01-01'] as const])(
    'a wrong %s (%j) is told with line, column and reason',
    async (title, text) => {
      const one = await uploaded(tableCsv([goodRow(), { ...goodRow(), [title]: text }]));
      expect(one.rows.map(({ line, status }) => [line, status])).toEqual([
        [2, 'waiting'],
        [3, 'wrong'],
      ]);
      const [error, ...others] = one.rows[1]?.errors ?? [];
      expect([error?.title, others]).toEqual([title, []]);
      expect(error?.message).toMatch(/\p{Script=Han}/u);
      expect(error?.column).toMatch(/^[A-Z]{1,2}$/);
    },
  );

  test("another firm's employee, one person twice, digits that a spreadsheet program lost", async () => {
    const other = tableRow(applicationBody(desk.person(), { channel: 'collective' }));
    const good = goodRow();
    const { rows } = await uploaded(tableCsv([other, good, good, { ...goodRow(), 账号: '6.22202E+18' }]));
    expect(rows.map(({ errors }) => errors.map(({ title, code }) => [title, code]))).toEqual([
      [['统一社会信用代码', 'not-yours']],
      [],
      [['身份证号码', 'repeated']],
      [['账号', 'digits-lost']],
    ]);
  });

  test('HRSS files for its own units; a place elsewhere is told where to go (N2.1)', async () => {
    const rows = [goodRow(), goodRow({ insuredAt: '220202' })];
    const one = await uploaded(tableCsv(rows), desk.as(hrss));
    expect(one.rows.map(({ errors }) => errors.map(({ code }) => code))).toEqual([[], ['wrong-agency']]);
    expect(one.org).toBe('220100');
  });

  test('the receiver is the least unit above all agencies; 省直 is its own', async () => {
    const orgs = async (...places: string[]) =>
      (await uploaded(tableCsv(places.map((insuredAt) => goodRow({ insuredAt }))))).org;
    expect(await orgs('220103', '220103')).toBe('220103');
    expect(await orgs('220102', '220103')).toBe('220100');
    expect(await orgs('220102', '220202')).toBe('220000');
    expect(await orgs('220099')).toBe('220099');
  });
});

describe('filed, once', () => {
  test('good rows become cases and bad ones do not; the answer goes back as a marked workbook', async () => {
    const content = tableCsv([goodRow(), { ...goodRow(), 户名: '=1+1' }, goodRow()]);
    const { batchId } = await uploaded(content);
    await run(batchId);
    const after = await seen(batchId);
    expect(after).toMatchObject({ stage: 'filed', progress: { filed: 2, wrong: 1, waiting: 0 } });
    expect(after.rows.map(({ caseNo }) => caseNo !== null)).toEqual([true, false, true]);
    const marked = await desk.app.inject({
      url: `/v1/application-batches/${batchId}`,
      headers: { accept: xlsxType, authorization: `Bearer ${await desk.token(firmSignIn())}` },
    });
    const sheet = await readWorkbook(marked.rawPayload, { entries: 50, unpackedBytes: 1e7, lines: 50, columns: 60 });
    expect(sheet).toHaveLength(2);
    expect(sheet[1]?.cells).toEqual(expect.arrayContaining(['3', '=1+1', expect.stringContaining('户名')]));
    // What is corrected can be sent again as it is: still wrong here.
    const again = await uploaded(marked.rawPayload, employer, { 'content-type': xlsxType });
    expect(again.rows.map(({ errors }) => errors.map(({ title }) => title))).toEqual([['户名']]);
  });

  test('the same file again is the same batch, and files nothing twice', async () => {
    const content = tableCsv([goodRow(), goodRow()]);
    const first = await uploaded(content);
    await run(first.batchId);
    const before = await desk.countRows();
    const again = await uploaded(content);
    expect(again.batchId).toBe(first.batchId);
    expect(again.rows.map(({ caseNo }) => caseNo)).toEqual(
      (await seen(first.batchId)).rows.map(({ caseNo }) => caseNo),
    );
    await run(again.batchId);
    expect({ ...(await desk.countRows()), command: 0 }).toEqual({ ...before, command: 0 });
    // Somebody else's same file is refused by the entitlement, row by row.
    const other = await uploaded(content, desk.as(hrss));
    await run(other.batchId);
    const refused = await seen(other.batchId, desk.as(hrss));
    expect(refused.rows.map(({ refusal }) => refusal?.type)).toEqual(Array(2).fill('urn:problem:already-claimed'));
  });

  test('an employer is told to ask the applicant, and nothing else, of an earlier claim', async () => {
    const person = desk.person();
    await desk.as(staff('wang', 'handler')).post('/v1/applications', applicationBody(person, { channel: 'counter' }));
    const { batchId } = await uploaded(tableCsv([tableRow(bodyOf(person))]));
    await run(batchId);
    const { rows, stage } = await seen(batchId);
    expect(rows).toMatchObject([{ status: 'refused', caseNo: null, refusal: { type: 'urn:problem:ask-applicant' } }]);
    expect(stage).toBe('empty');
    const reply = await employer.get(`/v1/application-batches/${batchId}`);
    expect(reply.text).not.toContain('already-claimed');
  });

  test('two runs at once, and one that begins again in the middle, file each row once', async () => {
    const { batchId } = await uploaded(tableCsv(Array.from({ length: 20 }, () => goodRow())));
    let filed = 0;
    const stopped = fileWaitingRows(desk.services.store, batchId, () => {
      filed += 1;
      if (filed === 7) throw new Error('killed');
    });
    await expect(stopped).rejects.toThrow('killed');
    await Promise.all([run(batchId), run(batchId)]);
    const { rows } = await seen(batchId);
    expect(new Set(rows.map(({ caseNo }) => caseNo)).size).toBe(20);
    const [cases] = await desk.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM cases JOIN intake_row USING (case_no) WHERE batch_id = $1',
      [batchId],
    );
    expect(cases?.n).toBe(20);
  });

  test('what is at rest shows nothing: rows are sealed, and filed ones are in their case alone', async () => {
    const person = desk.person();
    const { batchId } = await uploaded(tableCsv([tableRow(bodyOf(person)), { ...goodRow(), 户名: '某旁人' }]));
    const dump = async () =>
      JSON.stringify(
        await desk.sql('SELECT *, encode(sealed, $2) AS hex FROM intake_row WHERE batch_id = $1', [batchId, 'escape']),
      );
    for (const text of [person.name, person.idNumber, '某旁人']) expect(await dump()).not.toContain(text);
    await run(batchId);
    const sealed = await desk.sql<{ status: string; kept: boolean }>(
      'SELECT status, sealed IS NOT NULL AS kept FROM intake_row WHERE batch_id = $1 ORDER BY line',
      [batchId],
    );
    expect(sealed).toEqual([
      { status: 'filed', kept: false },
      { status: 'wrong', kept: true },
    ]);
    await desk.setNow('2017-12-20T09:00:00+08:00');
    expect(await expireIntakeRows(desk.services.store)).toBeGreaterThan(0);
    expect((await seen(batchId)).rows[1]).toMatchObject({ status: 'wrong', errors: [] });
    await desk.setNow('2017-09-04T09:00:00+08:00');
  });

  const firmSignIn = () => ({ sub: 'firm', roles: ['employer'], creditCode: firm.creditCode }) as const;
});

describe('HRSS accepts and hands over', () => {
  const accept = (batchId: string, body: object = {}, who: Client = desk.as(hrss)) =>
    who.post(`/v1/application-batches/${batchId}/acceptance`, body);

  test('two dates: received counts for N2.0, handed over starts the review (N3.1)', async () => {
    const { batchId } = await uploaded(tableCsv([goodRow(), goodRow()]));
    await run(batchId);
    const awaited = async () => (await desk.as(hrss).get('/v1/tasks?kind=receive&limit=200')).text.includes(batchId);
    expect(await awaited()).toBe(true);
    const caseNo = (await seen(batchId)).rows[0]?.caseNo ?? '';
    await lookUp(desk, caseNo as CaseNo);
    const clerk = desk.as(staff('wang', 'handler'));
    const view = async () => read(await clerk.get(`/v1/cases/${caseNo}`), 200, caseView);
    expect((await view()).deadlines).toMatchObject([{ kind: 'handover', status: 'running', dueOn: '2017-09-05' }]);
    await desk.setNow('2017-09-06T09:00:00+08:00');
    expect((await accept(batchId, { receivedOn: '2017-09-07' })).status).toBe(409);
    expect(read(await accept(batchId, { receivedOn: '2017-09-05' }), 200, batch)).toMatchObject({
      stage: 'handed-over',
      receivedOn: '2017-09-05',
    });
    expect(await view()).toMatchObject({
      receivedOn: '2017-09-05',
      deadlines: [
        { kind: 'handover', startedOn: '2017-09-05', status: 'met' },
        { kind: 'review', startedOn: '2017-09-06', dueOn: '2017-09-13', status: 'running' },
      ],
    });
    expect(problemOf(await accept(batchId)).slug).toBe('already-accepted');
    expect(await awaited()).toBe(false);
    await desk.setNow('2017-09-04T09:00:00+08:00');
  });

  test('before its rows are filed it may be accepted already: they follow when they are', async () => {
    const { batchId } = await uploaded(tableCsv([goodRow(), goodRow(), goodRow()]));
    expect(read(await accept(batchId), 200, batch).stage).toBe('filing');
    await run(batchId);
    expect((await seen(batchId)).stage).toBe('handing-over');
    await handOverCases(desk.services.store, batchId, () => undefined);
    expect((await seen(batchId)).stage).toBe('handed-over');
  });

  test('nothing to accept where nothing was filed; a stranger finds nothing', async () => {
    const { batchId } = await uploaded(tableCsv([{ ...goodRow(), 户名: '旁人' }]));
    expect((await accept(batchId, {}, desk.as(staff('p', 'hrss', '220000')))).status).toBe(409);
    const other = await uploaded(tableCsv([goodRow()]));
    expect((await accept(other.batchId, {}, desk.as(staff('x', 'hrss', '220200')))).status).toBe(404);
    expect((await employer.get(`/v1/application-batches/${other.batchId}0`)).status).toBe(404);
  });

  test('a joint office or a visit is arranged, and arranged anew', async () => {
    const { batchId } = await uploaded(tableCsv([goodRow()]));
    const arrange = (body: object) => desk.as(zhao).post(`/v1/application-batches/${batchId}/appointment`, body);
    const words = { place: '一汽集团会议中心', appraisalBody: '长春市职业技能鉴定中心' };
    read(await arrange({ ...words, on: '2017-09-06' }), 200, batch);
    read(await arrange({ ...words, kind: 'visit', on: '2017-09-07', time: '9:00-11:30' }), 200, batch);
    const { body } = await employer.get(`/v1/application-batches/${batchId}`);
    expect(body).toMatchObject({
      appointment: { ...words, kind: 'visit', on: '2017-09-07', agency: '220102', time: '9:00-11:30' },
    });
    expect(wrongFields(await arrange({ on: '2017-09-06' }))).toEqual(['appraisalBody', 'place']);
  });

  test('a single collective filing is a batch of one', async () => {
    const answer = caseNoOf.extend({ batchId: z.string(), deadlines: z.array(z.object({ kind: z.string() })) });
    const one = read(await employer.post('/v1/applications', bodyOf(desk.person())), 201, answer);
    expect(one.deadlines.map(({ kind }) => kind)).toEqual(['handover']);
    expect(read(await accept(one.batchId), 200, batch).stage).toBe('handed-over');
    const clerk = desk.as(staff('wang', 'handler'));
    const { deadlines } = read(await clerk.get(`/v1/cases/${one.caseNo}`), 200, caseView);
    expect(deadlines.map(({ kind, status }) => [kind, status])).toEqual([
      ['handover', 'met'],
      ['review', 'running'],
    ]);
  });

  test('of her cases an employer sees state and missing papers only', async () => {
    const { batchId } = await uploaded(tableCsv([goodRow()]));
    await run(batchId);
    const caseNo = (await seen(batchId)).rows[0]?.caseNo ?? '';
    const { body } = await employer.get(`/v1/cases/${caseNo}`);
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(body)).sort()).toEqual([
      'allowed',
      'caseNo',
      'deadlines',
      'missingDocuments',
      'seq',
      'state',
      'stateLabel',
    ]);
    expect(body).toMatchObject({ missingDocuments: ['certificate', 'id-card', 'commitment'] });
  });
});
