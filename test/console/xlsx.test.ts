import { expect, test } from '@jest/globals';
import { type ReadRow, readWorkbook, UnreadableWorkbook, writeWorkbook } from '../../console/xlsx.ts';
import { unpack } from '../../console/unzip.ts';
import { type ArchiveFile, archiveOf, workbookParts } from './archives.ts';

/** Workbooks of strangers: what is in them is read, what hides in them is not. */

const limits = { entries: 50, unpackedBytes: 4_000_000, lines: 100, columns: 10 };
const read = (content: Buffer): Promise<readonly ReadRow[]> => readWorkbook(content, limits);

async function problemOf(content: Buffer): Promise<unknown> {
  try {
    return await read(content);
  } catch (error) {
    if (error instanceof UnreadableWorkbook) return error.problem;
    throw error;
  }
}

test('what was written is read again, text as text', async () => {
  const rows = [
    ['姓名', '身份证号'],
    ['阿依古丽·艾力', '220102198803071234'],
    ['𠮷田', '007'],
  ];
  const workbook = await writeWorkbook([{ name: '申请表', widths: [10, 20], rows }]);
  expect(await read(workbook)).toEqual(rows.map((cells, at) => ({ line: at + 1, cells })));
});

test.each(['=1+1', '+861380', '-2', '@SUM(A1)', '\tx', '\rx', '=cmd|/c calc!A0'])(
  'text that could be a formula is marked as text: %j',
  async (text) => {
    const workbook = await writeWorkbook([{ name: 'a', widths: [10], rows: [[text]] }]);
    const parts = await unpack(workbook, limits, (name) => name.endsWith('sheet1.xml'));
    const xml = parts.get('xl/worksheets/sheet1.xml')?.toString() ?? '';
    expect(xml).toMatch(/<t[^>]*>(&apos;|')/);
    expect(xml).not.toContain('<f>');
    expect(await read(workbook)).toEqual([{ line: 1, cells: [text] }]);
  },
);

const sheet = (cells: string) => archiveOf(workbookParts(`<row r="3">${cells}</row>`));

test('a formula counts as what was last computed, and is never computed', async () => {
  const cells =
    '<c r="A3"><f>1+1</f><v>7</v></c><c r="B3"><f>WEBSERVICE("http://x")</f></c><c r="C3" t="str"><v>x</v></c>';
  expect(await read(sheet(cells))).toEqual([{ line: 3, cells: ['7', '', 'x'] }]);
});

test('a number beyond 15 digits lost some of them: it is told apart', async () => {
  expect(await read(sheet('<c r="A3"><v>220102198803071234</v></c>'))).toEqual([
    { line: 3, cells: [{ lossy: '220102198803071230' }] },
  ]);
});

test('archives that are too large, whatever they say of themselves', async () => {
  const big: ArchiveFile = { name: 'xl/sharedStrings.xml', content: Buffer.alloc(40_000_000) };
  const started = Date.now();
  expect(await problemOf(archiveOf([...workbookParts(''), big]))).toBe('too-large');
  for (const declaredBytes of [0, 1, 1_000])
    expect(await problemOf(archiveOf([...workbookParts(''), { ...big, declaredBytes }]))).toBe('too-large');
  const many = Array.from({ length: 60 }, (_, n) => ({ name: `x${n}`, content: '' }));
  expect(await problemOf(archiveOf([...workbookParts(''), ...many]))).toBe('too-large');
  expect(Date.now() - started).toBeLessThan(10_000);
});

test('what the directory says is enough to refuse: nothing is unpacked to see whether it is so', async () => {
  const content = Buffer.alloc(1_000, 'x');
  const withSize = (declaredBytes: number) => {
    const archive = archiveOf([{ name: 'xl/sharedStrings.xml', content, declaredBytes }, ...workbookParts('')]);
    // No bytes that could be unpacked: who tries says that it is no archive.
    return archive.fill(0xff, 30 + 'xl/sharedStrings.xml'.length, 30 + 'xl/sharedStrings.xml'.length + 4);
  };
  expect(await problemOf(withSize(1_000))).toBe('not-an-archive');
  expect(await problemOf(withSize(limits.unpackedBytes))).toBe('too-large');
});

const macro = (name: string) => archiveOf([...workbookParts(''), { name, content: 'x' }]);

test.each([
  ['a macro workbook', macro('xl/vbaProject.bin'), 'macros'],
  ['an Excel 4 macro sheet', macro('xl/macrosheets/sheet1.xml'), 'macros'],
  ['an ActiveX control', macro('xl/activeX/activeX1.xml'), 'macros'],
  ['a workbook of before 2007', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old-format'],
  ['a letter', archiveOf([{ name: 'word/document.xml', content: '<w/>' }]), 'not-a-workbook'],
  ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'not-an-archive'],
  ['nothing', Buffer.alloc(0), 'not-an-archive'],
  ['an encrypted one', archiveOf(workbookParts('').map((part) => ({ ...part, flags: 1 }))), 'encrypted'],
  ['one that brings a DTD', sheet('<!DOCTYPE x [<!ENTITY a "b">]>'), 'not-a-workbook'],
  ['two parts of one name', archiveOf([...workbookParts(''), ...workbookParts('')]), 'not-an-archive'],
  ['half of one', (() => archiveOf(workbookParts('')).subarray(0, 300))(), 'not-an-archive'],
] as const)('%s is refused', async (_what, content, problem) => {
  expect(await problemOf(content)).toBe(problem);
});

test('rows beyond the last line are refused, empty ones are not', async () => {
  const far = (value: string) => archiveOf(workbookParts(`<row r="900000"><c r="A900000"><v>${value}</v></c></row>`));
  expect(await problemOf(far('1'))).toBe('too-many-rows');
  expect(await read(far(''))).toEqual([]);
});

test('a cell in the last column of a sheet costs nothing', async () => {
  expect(
    await read(archiveOf(workbookParts('<row r="1"><c r="XFD1"><v>1</v></c><c r="A1"><v>2</v></c></row>'))),
  ).toEqual([{ line: 1, cells: ['2', ...Array.from({ length: 9 }, () => '')] }]);
});
