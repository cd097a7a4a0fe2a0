import type { Application } from '../domain/application.ts';
import { stateLabels } from '../domain/case/procedure.ts';
import type { CaseNo } from '../domain/ids.ts';
import { type Cell, type SheetToWrite, writeWorkbook } from '../console/xlsx.ts';
import type { RowFate } from '../store/intake.ts';
import { columns, exampleMark, numberTitle, reasonTitle } from './batch-columns.ts';
import { mostRows } from './batch-file.ts';
import { refusalTitle } from './problems.ts';

const head = (titles: readonly string[]): Cell[] => titles.map((value) => ({ value, look: 'head' }));

const applicationsSheet = (
  rows: readonly (readonly Cell[])[],
  more: readonly string[],
  lastRow: number,
): SheetToWrite => ({
  name: '申请表',
  widths: [8, ...columns.map(({ width }) => width), ...more.map(() => 60)],
  rows: [
    head([numberTitle, ...columns.map(({ title, required }) => (required ? `${title}*` : title)), ...more]),
    ...rows,
  ],
  frozenRows: 1,
  landscape: true,
  textCells: {
    columns: columns.flatMap(({ isText }, at) => (isText ? [at + 1] : [])),
    rows: [rows.length + 1, lastRow],
  },
  choices: columns.flatMap(({ choices }, at) =>
    choices ? [{ column: at + 1, rows: [1, lastRow] as const, values: choices }] : [],
  ),
});

const notes = [
  ['标 * 的列必填；性别、出生日期可不填，以身份证号码为准；统一社会信用代码可不填，以单位登录身份为准。'],
  ['“示例”行不会受理，可保留或删除；每个文件最多5000行，请勿改动表头。'],
  ['身份证号码、账号等请按“文本”格式填写，避免被表格软件改动。'],
  [
    '每名职工须有本人签字的申请表（附件1）或本人确认：先上传扫描件，将返回的材料编号填入“承诺书材料编号”。未填的可先受理，之后补正。',
  ],
  ['跨统筹地区迁转的职工，在“原参保地”填写原参保地的行政区划代码，并提交原参保地经办机构出具的未享受补贴证明。'],
  ['“曾申领补贴”格式：2017-03 焊工 5（年月、职业、等级），多项用分号隔开。'],
];

let template: Promise<Buffer> | undefined;

/** The sheet to fill in, with drop-downs and two examples; made once. */
export function templateWorkbook(): Promise<Buffer> {
  const examples = [1, 2].map((n) => [
    { value: `${exampleMark}${n}`, look: 'example' } as const,
    ...columns.map(({ example }) => ({ value: example, look: 'example' }) as const),
  ]);
  template ??= writeWorkbook([
    applicationsSheet(examples, [], mostRows + examples.length),
    { name: '填写说明', widths: [100], rows: notes },
  ]);
  return template;
}

export interface MarkedRow extends RowFate {
  /** Null where the case's personal data was destroyed. */
  readonly name: string | null;
}

/**
 * The answer to a batch as a workbook: what has to be corrected, as it was sent and marked, ready to be sent again; then
 * every line's fate. What was filed is in its case and not repeated here.
 */
export function markedWorkbook(
  rows: readonly RowFate[],
  applications: ReadonlyMap<CaseNo, Application>,
): Promise<Buffer> {
  const wrong = rows.filter(({ status }) => status === 'wrong');
  const corrections = wrong.map(({ line, cells, errors }): Cell[] => [
    line,
    ...columns.map(({ title }): Cell => {
      const isWrong = errors.some((error) => error.title === title);
      return { value: cells[title] ?? null, look: isWrong ? 'wrong' : 'plain' };
    }),
    errors.map(({ title, message }) => (title === null ? message : `${title}：${message}`)).join('\n'),
  ]);
  const fates = rows.map(({ line, status, caseNo, state, refusal, errors, cells }): Cell[] => [
    line,
    (caseNo ? applications.get(caseNo)?.applicant.name : cells['姓名']) ?? null,
    { value: statusLabels[status], look: status === 'filed' ? 'right' : status === 'wrong' ? 'wrong' : 'plain' },
    caseNo,
    state && stateLabels[state],
    refusal === null
      ? errors.map(({ title, message }) => `${title ?? ''}${message}`).join('；')
      : refusalTitle(refusal),
  ]);
  return writeWorkbook([
    applicationsSheet(corrections, [reasonTitle], Math.max(corrections.length, 1)),
    {
      name: '办理结果',
      widths: [8, 14, 12, 24, 16, 80],
      rows: [head(['行号', '姓名', '结果', '案件编号', '当前状态', '说明']), ...fates],
      frozenRows: 1,
    },
  ]);
}

export const statusLabels: Readonly<Record<RowFate['status'], string>> = {
  wrong: '填写有误，未受理',
  example: '示例，未受理',
  waiting: '等待受理',
  filed: '已受理',
  refused: '不能受理',
};
