import type { Annex2 } from '../../domain/annex-2.ts';
import type { CaseNo, OrgCode, RoundId } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';

/** An Annex 2 with so many lines, each another person's. */
export const listOf = (lines: number): Annex2 => ({
  roundId: '220102-2017-09-30-1' as RoundId,
  org: '220102' as OrgCode,
  unit: '长春市南关区社会保险经办机构',
  periodFrom: civilDate('2017-09-16'),
  periodTo: civilDate('2017-09-30'),
  preparedBy: '王填报',
  head: '李负责',
  phone: '0431-88888888',
  preparedAt: parseInstant('2017-09-30T09:05:00+08:00'),
  entries: Array.from({ length: lines }, (_, index) => {
    const no = String(index + 1).padStart(4, '0');
    return {
      no: index + 1,
      caseNo: `220102-2017-000${no}` as CaseNo,
      name: '赵一',
      gender: 'female' as const,
      idNumber: '220102198803071234',
      employer: `第${index + 1}厂`,
      certificate: {
        kind: 'qualification' as const,
        occupation: '焊工',
        level: 4 as const,
        number: `JL${no}`,
        issuedOn: civilDate('2017-06-30'),
      },
      amountFen: fen(195_000),
    };
  }),
  totalFen: fen(195_000 * lines),
});
