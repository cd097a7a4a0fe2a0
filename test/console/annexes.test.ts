import { expect, test } from '@jest/globals';
import { annex2Pdf, annex2Workbook } from '../../console/annex-2.ts';
import { annex4Pdf, annex4Workbook } from '../../console/annex-4.ts';
import { readWorkbook } from '../../console/xlsx.ts';
import type { Annex2 } from '../../domain/annex-2.ts';
import type { CaseNo, OrgCode, RoundId } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { annex4 } from '../../domain/policy/annex-4.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { pdfText } from './pdf-text.ts';

/** Annexes 2 and 4 in the notice's layout, as a workbook that is read back and as the words of the PDF. */

const head = {
  unit: '长春市南关区社会保险经办机构',
  periodFrom: civilDate('2017-09-16'),
  periodTo: civilDate('2017-09-30'),
  preparedBy: '王填报',
  head: '李负责',
  phone: '0431-88888888',
  preparedAt: parseInstant('2017-09-30T09:05:00+08:00'),
};
const annex: Annex2 = {
  ...head,
  roundId: '220102-2017-09-30-1' as RoundId,
  org: '220102' as OrgCode,
  entries: [
    {
      no: 1,
      caseNo: '220102-2017-0000001' as CaseNo,
      name: '赵一',
      gender: 'female',
      idNumber: '220102198803071234',
      employer: '长春第一机械厂',
      certificate: {
        kind: 'qualification',
        occupation: '焊工',
        level: 4,
        number: 'JL2017001',
        issuedOn: civilDate('2017-06-30'),
      },
      amountFen: fen(195_000),
    },
    {
      no: 3, // the second was struck
      caseNo: '220102-2017-0000003' as CaseNo,
      name: null,
      gender: null,
      idNumber: null,
      employer: null,
      certificate: { kind: 'skill-level', occupation: '钳工', level: 5, number: null, issuedOn: null },
      amountFen: fen(100_000),
    },
  ],
  totalFen: fen(295_000),
};
const limits = { entries: 50, unpackedBytes: 4_000_000, lines: 100, columns: 9 };
const rowsOf = async (workbook: Buffer) => (await readWorkbook(workbook, limits)).map(({ cells }) => cells);
const signed = '填报人：王填报　　负责人：李负责　　联系电话：0431-88888888　　填报时间：2017年9月30日 09:05';

test('Annex 2 as a workbook: title, unit, period, the nine columns, a line each, the total, who signs', async () => {
  const rows = await rowsOf(await annex2Workbook(annex));
  expect(rows[0]?.[0]).toBe('吉林省技能提升补贴申请人员公示备案情况表');
  expect(rows[1]?.[0]).toBe('填报单位：长春市南关区社会保险经办机构（盖章）　　报告期（2017年9月16日——2017年9月30日）');
  expect(rows[2]).toEqual([
    ...['序号', '姓名', '性别', '身份证号', '企业名称', '证书等级或类别', '证书编号', '核发日期', '补贴金额（元）'],
  ]);
  expect(rows[3]).toEqual([
    ...['1', '赵一', '女', '220102198803071234', '长春第一机械厂', '职业资格证书\n焊工 中级（四级）'],
    ...['JL2017001', '2017-06-30', '1950'],
  ]);
  expect(rows[4]?.[0]).toBe('3');
  expect([rows[5]?.[0], rows[5]?.[8]]).toEqual(['合计', '2950']);
  expect(rows[6]?.[0]).toBe(signed);
  expect(rows).toHaveLength(7);
});

test('Annex 2 as a PDF says the same, in the order of the form', async () => {
  const text = pdfText((await annex2Pdf(annex)).bytes);
  const said = [
    '附件2',
    '吉林省技能提升补贴申请人员公示备案情况表',
    '填报单位',
    '报告期（2017年9月16日——2017年9月30日）',
  ];
  const lines = ['序号', '赵一', '220102198803071234', 'JL2017001', '1,950', '合计', '2,950', '填报人：王填报'];
  const places = [...said, ...lines, '负责人：李负责', '联系电话：0431-88888888', '填报时间：2017年9月30日 09:05'].map(
    (one) => [one, text.indexOf(one)] as const,
  );
  expect(places.filter(([, place]) => place < 0)).toEqual([]);
  expect(places.map(([, place]) => place)).toEqual(places.map(([, place]) => place).toSorted((a, b) => a - b));
  // Cell after cell, under its own heading.
  const headings = '序号姓名性别身份证号企业名称证书等级或类别证书编号核发日期补贴金额（元）';
  const line = ['1', '赵一', '女', '220102198803071234', '长春第一机械厂', '职业资格证书', '焊工 中级（四级）'];
  expect(text).toContain([headings, ...line, 'JL2017001', '2017-06-30', '1,950'].join(''));
});

const form = {
  ...head,
  rows: annex4([
    { kind: 'qualification', level: 4, cases: 1, amountFen: 195_000 },
    { kind: 'skill-level', level: 3, cases: 2, amountFen: 400_000 },
  ]),
};

test('Annex 4 as a workbook: 人 and 万元, each in total and by level, by kind and in total', async () => {
  const rows = await rowsOf(await annex4Workbook(form));
  expect(rows[0]?.[0]).toBe('吉林省参保企业职工技能提升补贴发放情况统计表');
  expect(rows[1]?.[0]).toContain('报告期（2017年9月16日——2017年9月30日）　　单位：人、万元');
  const groups = ['合计', '初级（五级）', '中级（四级）', '高级（三级）'];
  expect([rows[2]?.[0], rows[2]?.[1], rows[2]?.[5]]).toEqual(['补贴类型', '人数', '金额']);
  expect(rows[3]?.slice(1)).toEqual([...groups, ...groups]);
  expect(rows.slice(4, 7)).toEqual([
    ['职业资格证书', '1', '0', '1', '0', '0.195', '0', '0.195', '0'],
    ['职业技能等级证书', '2', '0', '0', '2', '0.4', '0', '0', '0.4'],
    ['合计', '3', '0', '1', '2', '0.595', '0', '0.195', '0.4'],
  ]);
  expect(rows[7]?.[0]).toBe(signed);
});

test('Annex 4 as a PDF says the same', async () => {
  const text = pdfText((await annex4Pdf(form)).bytes);
  for (const said of [
    '附件4',
    '单位：人、万元',
    '补贴类型',
    '0.195',
    '0.595',
    '填报人：王填报',
    '负责人：李负责',
    '09:05',
  ])
    expect(text).toContain(said);
  // Cell after cell: people in total and by level, then money.
  const groups = '合计初级（五级）中级（四级）高级（三级）';
  expect(text).toContain(`补贴类型人数金额${groups}${groups}`);
  for (const row of [
    ['职业资格证书', '1', '0', '1', '0', '0.195', '0', '0.195', '0'],
    ['职业技能等级证书', '2', '0', '0', '2', '0.4', '0', '0', '0.4'],
    ['合计', '3', '0', '1', '2', '0.595', '0', '0.195', '0.4'],
  ])
    expect(text).toContain(row.join(''));
});
