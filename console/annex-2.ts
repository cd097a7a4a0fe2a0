import type { Annex2, Annex2Entry } from '../domain/annex-2.ts';
import { yuan } from '../domain/money.ts';
import { certificateKindLabels, levelLabels } from '../domain/policy/policy.ts';
import { type Pdf, pdf, type TableCell } from './pdf.ts';
import { lines, signatureLine, titled } from './report.ts';
import { chineseDate, dayAndTime, genderLabels } from './words.ts';
import { writeWorkbook } from './xlsx.ts';

const title = '吉林省技能提升补贴申请人员公示备案情况表';
const headings = [
  '序号',
  '姓名',
  '性别',
  '身份证号',
  '企业名称',
  '证书等级或类别',
  '证书编号',
  '核发日期',
  '补贴金额（元）',
];

/** A line's cells in the order of the headings. */
function cellsOf({ no, name, gender, idNumber, employer, certificate, amountFen }: Annex2Entry): readonly string[] {
  const { kind, occupation, level, number, issuedOn } = certificate;
  return [
    String(no),
    name ?? '',
    gender === null ? '' : genderLabels[gender],
    idNumber ?? '',
    employer ?? '',
    `${certificateKindLabels[kind]}\n${occupation} ${levelLabels[level]}`,
    number ?? '',
    issuedOn ?? '',
    yuan(amountFen),
  ];
}

const periodOf = ({ periodFrom, periodTo }: Annex2): string =>
  `报告期（${chineseDate(periodFrom)}——${chineseDate(periodTo)}）`;

/** Annex 2 as the notice prints it, for signature and seal. */
export function annex2Pdf(annex: Annex2): Promise<Pdf> {
  const cell = (text: string): TableCell => ({ text, fontSize: 8.5 });
  const total = [{ text: '合计', colSpan: 8, alignment: 'right' as const }, ...Array<string>(7).fill('')];
  return pdf({
    title,
    at: annex.preparedAt,
    landscape: true,
    footer: `公示批次：${annex.roundId}`,
    content: [
      ...titled('附件2', title),
      {
        columns: [`填报单位：${annex.unit}（盖章）`, { text: periodOf(annex), alignment: 'right' }],
        margin: [0, 0, 0, 4],
      },
      {
        table: {
          headerRows: 1,
          widths: [24, 46, 24, 100, '*', 118, 104, 56, 56],
          body: [
            headings.map((text): TableCell => ({ text, fontSize: 9, alignment: 'center' })),
            ...annex.entries.map((entry) => cellsOf(entry).map(cell)),
            [...total, yuan(annex.totalFen)],
          ],
        },
        layout: lines,
      },
      signatureLine(annex),
    ],
  });
}

/** The same as a workbook: one sheet, numbers of people and certificates as text. */
export function annex2Workbook(annex: Annex2): Promise<Buffer> {
  const last = headings.length - 1;
  const wide = (row: number) => ({ from: [row, 0] as const, to: [row, last] as const });
  const head = [
    [{ value: title, look: 'title' as const }],
    [`填报单位：${annex.unit}（盖章）　　${periodOf(annex)}`],
    headings.map((value) => ({ value, look: 'head' as const })),
  ];
  const rows = annex.entries.map((entry) => [...cellsOf(entry).slice(0, last), entry.amountFen / 100]);
  const { preparedBy, head: responsible, phone } = annex;
  return writeWorkbook([
    {
      name: '附件2',
      widths: [6, 10, 6, 22, 32, 26, 24, 12, 12],
      frozenRows: head.length,
      landscape: true,
      merges: [wide(0), wide(1), wide(head.length + rows.length + 1)],
      rows: [
        ...head,
        ...rows,
        ['合计', ...Array<null>(last - 1).fill(null), annex.totalFen / 100],
        [
          `填报人：${preparedBy ?? ''}　　负责人：${responsible ?? ''}　　联系电话：${phone ?? ''}　　填报时间：${dayAndTime(annex.preparedAt)}`,
        ],
      ],
    },
  ]);
}
