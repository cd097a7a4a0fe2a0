import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import {
  type ReadCell,
  type ReadRow,
  readWorkbook,
  UnreadableWorkbook,
  type WorkbookProblem,
} from '../console/xlsx.ts';
import { columns, numberTitle } from './batch-columns.ts';
import { type FieldError, invalid } from './problems.ts';

/** Fixed by the issue: rows of one file; larger ones are sent in parts. */
export const mostRows = 5_000;
/** In bytes, packed. */
export const largestTable = 10 * 1024 * 1024;
/** The head may stand below a title. */
const headWithin = 10;
const limits = {
  entries: 200,
  unpackedBytes: 32 * 1024 * 1024,
  lines: mostRows + headWithin + 20,
  columns: 60,
};

/** A table with its head: which column stands where. */
export interface Table {
  /** Index of each column of Annex 1 in a row's cells, by its path. */
  readonly places: ReadonlyMap<string, number>;
  /** Index of the running number. */
  readonly numberAt: number | null;
  readonly rows: readonly ReadRow[];
}

const sentences: Readonly<Record<WorkbookProblem, string>> = {
  'not-an-archive': '无法识别该文件，请上传 XLSX 或 CSV 文件。',
  'not-a-workbook': '无法读取该工作簿，请用模板重新填写并另存为 XLSX。',
  encrypted: '文件已加密，请取消密码后上传。',
  'too-large': '文件展开后过大，请拆分后上传。',
  macros: '不接受含宏的工作簿，请另存为不含宏的 XLSX。',
  'old-format': '不接受 XLS 或加密的工作簿，请另存为 XLSX。',
  'too-many-rows': `行数过多，每个文件最多${mostRows}行，请拆分后上传。`,
};

const wrongFile = (code: string, message: string) => invalid([{ path: 'file', code, message }]);

/** Reads XLSX or CSV by content, whatever it is called. @throws InvalidInput that says what is wrong with the file */
export async function readTable(content: Buffer): Promise<Table> {
  const rows = isArchive(content) || isOldOffice(content) ? await workbookRows(content) : csvRows(content);
  const headAt = rows.findIndex(({ cells }, at) => at < headWithin && cells.filter(isTitle).length >= 3);
  const head = rows[headAt];
  if (!head) throw wrongFile('no-head', '没有找到表头，请使用模板，并保留表头一行。');
  const titles = head.cells.map((cell) => (typeof cell === 'string' ? cell.replace(/[*＊\s]/g, '') : ''));
  const places = new Map<string, number>();
  for (const { title, path } of columns) {
    const at = titles.findIndex((one) => one === title || one === path);
    if (at >= 0) places.set(path, at);
  }
  const missing = columns.filter(({ path, required }) => required && !places.has(path));
  if (missing.length > 0) throw invalid(missing.map(({ title }) => missingColumn(title)));
  const below = rows.slice(headAt + 1);
  if (below.length === 0) throw wrongFile('no-rows', '表中没有申请。');
  if (below.length > mostRows) throw wrongFile('too-many-rows', sentences['too-many-rows']);
  const numberAt = titles.indexOf(numberTitle);
  return { places, numberAt: numberAt < 0 ? null : numberAt, rows: below };
}

const missingColumn = (title: string): FieldError => ({
  path: 'file',
  code: 'missing-column',
  message: `缺少“${title}”一列。`,
});

const known = new Set(columns.flatMap(({ title, path }) => [title, path]));
const isTitle = (cell: ReadCell): boolean => typeof cell === 'string' && known.has(cell.replace(/[*＊\s]/g, ''));

const isArchive = (content: Buffer): boolean => content.subarray(0, 2).toString('latin1') === 'PK';
const isOldOffice = (content: Buffer): boolean => content.subarray(0, 4).toString('hex') === 'd0cf11e0';

async function workbookRows(content: Buffer): Promise<readonly ReadRow[]> {
  try {
    return await readWorkbook(content, limits);
  } catch (error) {
    if (error instanceof UnreadableWorkbook) throw wrongFile(error.problem, sentences[error.problem]);
    throw error;
  }
}

function csvRows(content: Buffer): readonly ReadRow[] {
  const text = decoded(content);
  const [firstLine = ''] = text.split('\n', 1);
  const delimiter = firstLine.includes('\t') ? '\t' : ',';
  const options = { delimiter, bom: true, info: true, relax_column_count: true, max_record_size: 100_000 } as const;
  let records: z.infer<typeof recordsWithLines>;
  try {
    records = recordsWithLines.parse(parse(text, options));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw wrongFile('not-csv', '无法读取该 CSV 文件：引号不成对或格式不正确。');
  }
  let line = 1;
  return records.flatMap(({ record, info }) => {
    const row = { line, cells: record.slice(0, limits.columns).map(csvCell) };
    line = info.lines + 1;
    return row.cells.every((cell) => cell === '') ? [] : [row];
  });
}

/** As csv-parse gives them with `info`: `lines` counts those read so far. */
const recordsWithLines = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/** UTF-8, else what Chinese spreadsheet programs write. */
function decoded(content: Buffer): string {
  if (content.subarray(0, 4096).includes(0)) throw wrongFile('not-an-archive', sentences['not-an-archive']);
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(content);
    } catch {
      continue;
    }
  }
  throw wrongFile('wrong-encoding', '无法识别文字编码，请保存为 UTF-8 或 GB18030（GBK）编码的 CSV。');
}

/** Marks by which people keep spreadsheet programs from changing digits are dropped: `="007"`, `'007`, a tab. */
function csvCell(value: string): ReadCell {
  const trimmed = value.trim();
  const [, quoted] = /^="(.*)"$/.exec(trimmed) ?? [];
  const cell = quoted ?? (trimmed.startsWith("'") ? trimmed.slice(1) : trimmed);
  return /^\d(\.\d+)?E\+\d{2}$/i.test(cell) ? { lossy: cell } : cell;
}
