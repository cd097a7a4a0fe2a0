import { streamXlsxRows, writeXlsx } from 'hucre/xlsx';
import type { Cell as HucreCell, CellStyle, DataValidation, WriteSheet } from 'hucre/xlsx';
import { type ArchiveLimits, namesIn, packStored, unpack, UnusableArchive } from './unzip.ts';

/** The one place that knows how workbooks are written and read. Formulas are neither written nor computed. */

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export type Look = 'title' | 'head' | 'plain' | 'example' | 'right' | 'wrong';
export interface StyledCell {
  readonly value: string | number | null;
  readonly look: Look;
}
/** Text, a number, or either with a look; null: empty. */
export type Cell = string | number | null | StyledCell;

export interface SheetToWrite {
  readonly name: string;
  /** Of each column, in characters. */
  readonly widths: readonly number[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows at the top that stay in view. */
  readonly frozenRows?: number;
  /** Cells that are one: rows and columns from 0, both ends included. */
  readonly merges?: readonly { readonly from: readonly [number, number]; readonly to: readonly [number, number] }[];
  /** Drop-downs: what may be chosen in a column (from 0), in these rows (from 0). */
  readonly choices?: readonly {
    readonly column: number;
    readonly rows: readonly [from: number, to: number];
    readonly values: readonly string[];
  }[];
  /** Empty cells that keep what is typed as text, such as an ID number; from 0, rows with both ends. */
  readonly textCells?: { readonly columns: readonly number[]; readonly rows: readonly [from: number, to: number] };
  readonly landscape?: boolean;
}

const fill = (rgb: string) => ({ type: 'pattern', pattern: 'solid', fgColor: { rgb } }) as const;
const thin = { style: 'thin', color: { rgb: '999999' } } as const;
const border = { top: thin, right: thin, bottom: thin, left: thin } as const;
const inCell = { vertical: 'center', wrapText: true } as const;
/** A spreadsheet program rounds what is not text to 15 digits. */
const asText = '@';
const looks: Readonly<Record<Look, CellStyle>> = {
  title: { font: { bold: true, size: 16 }, alignment: { horizontal: 'center', vertical: 'center' } },
  head: {
    font: { bold: true },
    fill: fill('DDE6F0'),
    border,
    alignment: { ...inCell, horizontal: 'center' },
  },
  plain: { border, alignment: inCell },
  example: { font: { italic: true, color: { rgb: '666666' } }, border, alignment: inCell, numFmt: asText },
  right: { fill: fill('E2F0D9'), border, alignment: inCell },
  wrong: { fill: fill('F8CBAD'), border, alignment: inCell },
};

/** Where the drop-downs' values stand: lists of more than 255 characters have no room beside the cell. */
const choicesSheet = '选项';

/** A workbook with these sheets. Rows and columns as given, text as text. */
export async function writeWorkbook(sheets: readonly SheetToWrite[]): Promise<Buffer> {
  const lists: (readonly string[])[] = [];
  const written = sheets.map((sheet) => sheetOf(sheet, lists));
  const choices: WriteSheet[] =
    lists.length === 0 ? [] : [{ name: choicesSheet, hidden: true, rows: columnsOf(lists) }];
  const bytes = await writeXlsx({
    sheets: [...written, ...choices],
    defaultFont: { name: '宋体', size: 11 },
    stringMode: 'inline',
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sheetOf(sheet: SheetToWrite, lists: (readonly string[])[]): WriteSheet {
  const { name, widths, rows, frozenRows, merges = [], choices = [], textCells, landscape } = sheet;
  const cells = new Map<string, Partial<HucreCell>>();
  const [from, to] = textCells?.rows ?? [0, -1];
  for (let row = from; row <= to; row++)
    for (const column of textCells?.columns ?? [])
      cells.set(`${row},${column}`, { value: null, style: { numFmt: asText } });
  rows.forEach((row, at) => {
    row.forEach((cell, column) => {
      const { value, look } = styled(cell);
      cells.set(`${at},${column}`, { value: typeof value === 'string' ? harmless(value) : value, style: looks[look] });
    });
  });
  const validations = choices.map(({ column, rows: [from, to], values }): DataValidation => {
    lists.push(values);
    const list = columnName(lists.length - 1);
    return {
      type: 'list',
      range: `${columnName(column)}${from + 1}:${columnName(column)}${to + 1}`,
      formula1: `${choicesSheet}!$${list}$1:$${list}$${values.length}`,
      allowBlank: true,
      showErrorMessage: true,
      errorTitle: '填写内容有误',
      errorMessage: '请从下拉列表中选择。',
    };
  });
  return {
    name,
    columns: widths.map((width) => ({ width })),
    rows: Array.from({ length: Math.max(rows.length, to + 1) }, (_, at) => (rows[at] ?? []).map(() => null)),
    cells,
    merges: merges.map(({ from, to }) => ({ startRow: from[0], startCol: from[1], endRow: to[0], endCol: to[1] })),
    dataValidations: validations,
    pageSetup: { paperSize: 'a4', orientation: landscape ? 'landscape' : 'portrait', fitToPage: true, fitToHeight: 0 },
    ...(frozenRows === undefined ? {} : { freezePane: { rows: frozenRows } }),
  };
}

const styled = (cell: Cell): StyledCell =>
  typeof cell === 'object' && cell !== null ? cell : { value: cell, look: 'plain' };

const columnsOf = (lists: readonly (readonly string[])[]): (string | null)[][] =>
  Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, at) =>
    lists.map((list) => list[at] ?? null),
  );

function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

const startsFormula = /^[=+\-@\t\r]/;
/** Text that a spreadsheet program could take for a formula is marked as text by an apostrophe. */
const harmless = (text: string): string => (startsFormula.test(text) ? `'${text}` : text);
const withoutMark = (text: string): string =>
  text.startsWith("'") && startsFormula.test(text.slice(1)) ? text.slice(1) : text;

/** Why a workbook is not read. */
export type WorkbookProblem = UnusableArchive['reason'] | 'not-a-workbook' | 'macros' | 'old-format' | 'too-many-rows';
export class UnreadableWorkbook extends Error {
  readonly problem: WorkbookProblem;
  constructor(problem: WorkbookProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** What a cell holds: text, a date without time, or a number beyond the 15 digits that spreadsheets keep. */
export type ReadCell = string | { readonly lossy: string };
export interface ReadRow {
  /** As the spreadsheet program numbers it, from 1. */
  readonly line: number;
  readonly cells: readonly ReadCell[];
}

export interface ReadLimits extends ArchiveLimits {
  /** Line of the last row that may hold anything. */
  readonly lines: number;
  /** Columns beyond these are not looked at. */
  readonly columns: number;
}

const oldFormat = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const macroParts = /vba(project|data)|macrosheets|activex/i;
const neededParts =
  /^(\[Content_Types\]\.xml|_rels\/\.rels|xl\/_rels\/workbook\.xml\.rels|xl\/(workbook|sharedStrings|styles)\.xml|xl\/worksheets\/[^/]+\.xml)$/i;

/**
 * The rows of a workbook's first sheet that hold anything. Formulas count as what the sender's program last computed.
 * @throws UnreadableWorkbook
 */
export async function readWorkbook(content: Buffer, limits: ReadLimits): Promise<readonly ReadRow[]> {
  if (content.subarray(0, oldFormat.length).equals(oldFormat)) throw new UnreadableWorkbook('old-format');
  const clean = await cleaned(content, limits);
  const rows: ReadRow[] = [];
  try {
    for await (const { index, values } of streamXlsxRows(clean)) {
      const cells = values.slice(0, limits.columns).map(readCell);
      if (cells.every((cell) => cell === '')) continue;
      if (index >= limits.lines) throw new UnreadableWorkbook('too-many-rows');
      rows.push({ line: index + 1, cells });
    }
  } catch (error) {
    throw error instanceof UnreadableWorkbook ? error : new UnreadableWorkbook('not-a-workbook');
  }
  return rows;
}

/** The workbook's few parts that hold its cells, unpacked under our limits and free of what runs or refers elsewhere. */
async function cleaned(content: Buffer, limits: ReadLimits): Promise<Buffer> {
  try {
    if (namesIn(content, limits).some((name) => macroParts.test(name))) throw new UnreadableWorkbook('macros');
    const parts = await unpack(content, limits, (name) => neededParts.test(name));
    for (const part of parts.values()) if (part.includes('<!DOCTYPE')) throw new UnreadableWorkbook('not-a-workbook');
    const types = parts.get('[Content_Types].xml')?.toString() ?? '';
    if (/macroEnabled|vbaProject/i.test(types)) throw new UnreadableWorkbook('macros');
    if (!types.includes('spreadsheetml')) throw new UnreadableWorkbook('not-a-workbook');
    return packStored(parts);
  } catch (error) {
    throw error instanceof UnusableArchive ? new UnreadableWorkbook(error.reason) : error;
  }
}

const safeDigits = 1e15;

function readCell(value: string | number | boolean | Date | null): ReadCell {
  if (value === null) return '';
  if (typeof value === 'string') return withoutMark(value);
  if (typeof value === 'number') return Math.abs(value) >= safeDigits ? { lossy: String(value) } : String(value);
  if (typeof value === 'boolean') return value ? '是' : '否';
  return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
}
