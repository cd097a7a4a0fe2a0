import type { Annex4Row } from '../domain/policy/annex-4.ts';
import { certificateKindLabels, type Level, levelLabels } from '../domain/policy/policy.ts';
import type { CivilDate, Instant } from '../domain/time.ts';
import { type Pdf, pdf, type TableCell } from './pdf.ts';
import { lines, signatureLine, titled } from './report.ts';
import { chineseDate, dayAndTime } from './words.ts';
import { type Cell, writeWorkbook } from './xlsx.ts';

/** Annex 4 with its figures, as the API answers it. */
export interface Annex4Form {
  readonly unit: string;
  readonly periodFrom: CivilDate;
  readonly periodTo: CivilDate;
  readonly preparedBy: string | null;
  readonly head: string | null;
  readonly phone: string | null;
  readonly preparedAt: Instant;
  readonly rows: readonly Annex4Row[];
}

const title = '吉林省参保企业职工技能提升补贴发放情况统计表';
const levels: readonly Level[] = [5, 4, 3];
const groups = ['合计', ...levels.map((level) => levelLabels[level])];
const labelOf = (kind: Annex4Row['kind']): string => (kind === 'total' ? '合计' : certificateKindLabels[kind]);
const periodOf = ({ periodFrom, periodTo }: Annex4Form): string =>
  `报告期（${chineseDate(periodFrom)}——${chineseDate(periodTo)}）`;

/** Annex 4 as the notice prints it: 人 and 万元, each in total and by level (N6.4). */
export function annex4Pdf(form: Annex4Form): Promise<Pdf> {
  const middle = (text: string, more: object = {}): TableCell => ({ text, alignment: 'center', ...more });
  const body = form.rows.map(({ kind, total, levels: byLevel }) => {
    const figures = [total, ...byLevel];
    return [
      middle(labelOf(kind)),
      ...figures.map(({ persons }) => middle(String(persons))),
      ...figures.map(({ amountWanYuan }) => middle(amountWanYuan)),
    ];
  });
  return pdf({
    title,
    at: form.preparedAt,
    landscape: true,
    content: [
      ...titled('附件4', title),
      {
        columns: [
          `填报单位：${form.unit}（盖章）`,
          { text: periodOf(form), alignment: 'center', width: 'auto' },
          { text: '单位：人、万元', alignment: 'right' },
        ],
        margin: [0, 0, 0, 4],
      },
      {
        table: {
          headerRows: 2,
          widths: [96, ...Array<string>(8).fill('*')],
          body: [
            [
              middle('补贴类型', { rowSpan: 2 }),
              ...[middle('人数', { colSpan: 4 }), '', '', ''],
              ...[middle('金额', { colSpan: 4 }), '', '', ''],
            ],
            ['', ...groups.map((text) => middle(text)), ...groups.map((text) => middle(text))],
            ...body,
          ],
        },
        layout: { ...lines, paddingTop: () => 8, paddingBottom: () => 8 },
      },
      signatureLine(form),
    ],
  });
}

/** The same as a workbook; 万元 are exact decimals, so that sums add up. */
export function annex4Workbook(form: Annex4Form): Promise<Buffer> {
  const { unit, preparedBy, head, phone, preparedAt, rows } = form;
  const headCell = (value: string): Cell => ({ value, look: 'head' });
  const body = rows.map(({ kind, total, levels: byLevel }) => {
    const figures = [total, ...byLevel];
    return [
      labelOf(kind),
      ...figures.map(({ persons }) => persons),
      ...figures.map(({ amountWanYuan }) => Number(amountWanYuan)),
    ];
  });
  const last = 4 + body.length;
  return writeWorkbook([
    {
      name: '附件4',
      widths: [18, ...Array<number>(8).fill(13)],
      landscape: true,
      frozenRows: 4,
      merges: [
        { from: [0, 0], to: [0, 8] },
        { from: [1, 0], to: [1, 8] },
        { from: [2, 0], to: [3, 0] },
        { from: [2, 1], to: [2, 4] },
        { from: [2, 5], to: [2, 8] },
        { from: [last, 0], to: [last, 8] },
      ],
      rows: [
        [{ value: title, look: 'title' }],
        [`填报单位：${unit}（盖章）　　${periodOf(form)}　　单位：人、万元`],
        ['补贴类型', '人数', '', '', '', '金额', '', '', ''].map(headCell),
        ['', ...groups, ...groups].map(headCell),
        ...body,
        [
          `填报人：${preparedBy ?? ''}　　负责人：${head ?? ''}　　联系电话：${phone ?? ''}　　填报时间：${dayAndTime(preparedAt)}`,
        ],
      ],
    },
  ]);
}
