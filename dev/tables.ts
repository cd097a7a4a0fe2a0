import { columns, numberTitle } from '../api/batch-columns.ts';
import { writeWorkbook } from '../console/xlsx.ts';
import type { ApplicationBody } from './papers.ts';

/** A row of a collective table, by the titles of its columns. */
export type TableRow = Readonly<Record<string, string>>;

const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'applicant.gender': { male: '男', female: '女' },
  'certificate.kind': { qualification: '职业资格证书', 'skill-level': '职业技能等级证书' },
  'certificate.issuer.scope': { province: '本省', 'other-province': '外省', industry: '行业' },
  'account.kind': { 'bank-card': '银行卡', 'social-security-card': '社会保障卡' },
};

/** An application as a person fills it into the sheet. */
export function tableRow(application: ApplicationBody, otherwise: TableRow = {}): TableRow {
  const row: Record<string, string> = {};
  for (const { title, path } of columns) {
    const value = at(application, path.split('.'));
    if (typeof value === 'string' || typeof value === 'number')
      row[title] = words[path]?.[String(value)] ?? String(value);
  }
  return { ...row, ...otherwise };
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return typeof value === 'object' && value !== null ? at(Reflect.get(value, key), rest) : undefined;
}

const titles = [numberTitle, ...columns.map(({ title }) => title)];
const cellsOf = (rows: readonly TableRow[]): string[][] =>
  rows.map((row, n) => titles.map((title) => (title === numberTitle ? String(n + 1) : (row[title] ?? ''))));

export const tableWorkbook = (rows: readonly TableRow[]): Promise<Buffer> =>
  writeWorkbook([{ name: '申请表', widths: titles.map(() => 16), rows: [titles, ...cellsOf(rows)] }]);

export const tableCsv = (rows: readonly TableRow[]): string =>
  [titles, ...cellsOf(rows)].map((cells) => cells.map(quoted).join(',')).join('\r\n');

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
