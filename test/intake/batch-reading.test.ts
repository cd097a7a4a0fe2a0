import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { xlsxType } from '../../console/xlsx.ts';
import { applicationBody } from '../../dev/papers.ts';
import { tableCsv, tableRow, type TableRow, tableWorkbook } from '../../dev/tables.ts';
import { wrongCells } from '../../dev/wrong-rows.ts';
import { problemOf, read, wrongFields } from '../api/desk.ts';
import { archiveOf, workbookParts } from '../console/archives.ts';
import { hrss, openTables, received, type TableOffice } from './tables.ts';

/** Tables of collective filings (N2.5) are read, and every row is checked before any is filed. */

let office: TableOffice;
beforeAll(async () => {
  office = await openTables(42);
}, 120_000);
afterAll(() => office.desk.close());

describe('reading a table', () => {
  test.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['GB18030', (text: string) => iconv.encode(text, 'gb18030')],
    ['with tabs', (text: string) => Buffer.from(text.replaceAll(',', '\t'))],
    ['with a title above', (text: string) => Buffer.from(`集中申请\r\n\r\n${text}`)],
  ])('CSV in %s', async (_what, encode) => {
    const { rows } = await office.uploaded(encode(tableCsv([office.goodRow(), office.goodRow()])));
    expect(rows.map(({ status }) => status)).toEqual(['waiting', 'waiting']);
  });

  test('XLSX, as the body or as a form', async () => {
    const asBody = await office.uploaded(await tableWorkbook([office.goodRow()]), office.employer, {
      'content-type': xlsxType,
    });
    expect(asBody.rows).toMatchObject([{ line: 2, status: 'waiting', errors: [] }]);
    expect(read(await office.asForm(await tableWorkbook([office.goodRow()])), 201, received).rows).toHaveLength(1);
  });

  test('columns may be named as in JSON, stand in any order, and some be left out', async () => {
    const left = ['性别', '出生日期', '统一社会信用代码', '等级'];
    const { 等级, ...others } = office.goodRow();
    const rest = Object.fromEntries(Object.entries(others).filter(([title]) => !left.includes(title)));
    const titles = [...Object.keys(rest).reverse(), 'certificate.level'];
    const cells = [...Object.values(rest).reverse(), 等级 ?? ''];
    expect((await office.uploaded(`${titles.join(',')}\n${cells.join(',')}`)).rows).toMatchObject([
      { status: 'waiting' },
    ]);
  });

  test('an ID number that is wrong or left out is one error: what it would have said is not missing besides', async () => {
    const left = ['性别', '出生日期'];
    const withId = (change: (id: string) => string): TableRow => {
      const full = office.goodRow();
      const row = Object.fromEntries(Object.entries(full).filter(([title]) => !left.includes(title)));
      return { ...row, 身份证号码: change(full['身份证号码'] ?? '') };
    };
    const wrongDigit = (id: string) => id.slice(0, 9) + String((Number(id[9]) + 1) % 10) + id.slice(10);
    const badSex = { ...withId(wrongDigit), 性别: '男性' };
    const table = tableCsv([withId(wrongDigit), withId(() => ''), withId(() => '1'), badSex]);
    expect((await office.uploaded(table)).rows.map(({ errors }) => errors.map((one) => one.title))).toEqual([
      ...[['身份证号码'], ['身份证号码'], ['身份证号码']],
      ['性别', '身份证号码'],
    ]);
  });

  test('the template is read as it is: its examples are not filed; a filled-in row is', async () => {
    const reply = await office.desk.app.inject({
      url: '/v1/application-batches/template',
      headers: { authorization: `Bearer ${await office.desk.token(hrss)}` },
    });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, xlsxType]);
    const { rows } = await office.uploaded(reply.rawPayload, office.employer, { 'content-type': xlsxType });
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
    ['an open quote', () => Buffer.from(tableCsv([office.goodRow()]) + '\r\n"'), 'not-csv'],
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
    const before = await office.desk.countRows();
    const reply = await office.upload(content());
    expect(new Set(wrongFields(reply))).toEqual(new Set(['file']));
    expect(JSON.stringify(problemOf(reply)['errors'])).toContain(`"${code}"`);
    expect(await office.desk.countRows()).toEqual(before);
  });

  test('more than 10 MB is told as a file, in the body or in a form', async () => {
    const content = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    for (const reply of [await office.upload(content), await office.asForm(content)])
      expect(problemOf(reply)).toMatchObject({ status: 413, slug: 'file-too-large' });
  });
});

describe('every row is checked before any is filed', () => {
  test.each([...wrongCells, ['核发日期', '2018-01-01'] as const])(
    'a wrong %s (%j) is told with line, column and reason',
    async (title, text) => {
      const one = await office.uploaded(tableCsv([office.goodRow(), { ...office.goodRow(), [title]: text }]));
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
    const other = tableRow(applicationBody(office.desk.person(), { channel: 'collective' }));
    const good = office.goodRow();
    const { rows } = await office.uploaded(tableCsv([other, good, good, { ...office.goodRow(), 账号: '6.22202E+18' }]));
    expect(rows.map(({ errors }) => errors.map(({ title, code }) => [title, code]))).toEqual([
      [['统一社会信用代码', 'not-yours']],
      [],
      [['身份证号码', 'repeated']],
      [['账号', 'digits-lost']],
    ]);
  });

  test('HRSS files for its own units; a place elsewhere is told where to go (N2.1)', async () => {
    const rows = [office.goodRow(), office.goodRow({ insuredAt: '220202' })];
    const one = await office.uploaded(tableCsv(rows), office.desk.as(hrss));
    expect(one.rows.map(({ errors }) => errors.map(({ code }) => code))).toEqual([[], ['wrong-agency']]);
    expect(one.org).toBe('220100');
  });

  test('the receiver is the least unit above all agencies; 省直 is its own', async () => {
    const orgs = async (...places: string[]) =>
      (await office.uploaded(tableCsv(places.map((insuredAt) => office.goodRow({ insuredAt }))))).org;
    expect(await orgs('220103', '220103')).toBe('220103');
    expect(await orgs('220102', '220103')).toBe('220100');
    expect(await orgs('220102', '220202')).toBe('220000');
    expect(await orgs('220099')).toBe('220099');
  });
});
