import { channelLabels } from '../domain/policy/eligibility.ts';
import { levelLabels } from '../domain/policy/policy.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Instant } from '../domain/time.ts';
import { phoneOf } from '../domain/reference/office.ts';
import { agencyName } from '../domain/reference/org-units.ts';
import { type Pdf, pdf, type TableCell } from './pdf.ts';
import { chineseDate, dayAndTime } from './words.ts';

/** The receipt on half a page of plain words. @param at when it was made */
export function receiptPdf(receipt: Receipt, at: Instant): Promise<Pdf> {
  const { caseNo, org, office, name, channel, certificate, receivedAt, reviewDueOn, missingDocuments } = receipt;
  const due =
    reviewDueOn === null ? '自经办机构接到申请之日起计算，另行告知' : `${chineseDate(reviewDueOn)}（含当日）前`;
  const missing = missingDocuments.map(({ label }) => label).join('；');
  const rows: readonly (readonly [string, string])[] = [
    ['案件编号', caseNo],
    ['申请人', name],
    ['申报事项', `技能提升补贴：${certificate.occupation} ${levelLabels[certificate.level]}`],
    ['申请方式', `${channelLabels[channel]}申请`],
    ['受理机构', agencyName(org)],
    ...(office.address === null ? [] : [['办公地址', office.address] as const]),
    ['咨询电话', phoneOf(office)],
    ['收到时间', dayAndTime(receivedAt)],
    ['审核完成期限', due],
    ['尚缺材料', missing || '无'],
  ];
  return pdf({
    title: '技能提升补贴申请受理回执',
    at,
    footer: `案件编号：${caseNo}`,
    content: [
      { text: '技能提升补贴申请受理回执', fontSize: 16, alignment: 'center', margin: [0, 0, 0, 12] },
      {
        table: { widths: [90, '*'], body: rows.map(([label, text]): TableCell[] => [label, text]) },
        layout: { hLineWidth: () => 0.7, vLineWidth: () => 0.7, paddingTop: () => 5, paddingBottom: () => 5 },
      },
      {
        text:
          '请妥善保存案件编号，查询办理进度、补充材料和申请复核都用它。审核通过的，还要在人社部门官方网站公示，无异议后发放；' +
          '未通过的，会告知原因和救济途径。',
        margin: [0, 12, 0, 0],
      },
    ],
  });
}
