import type { Instant } from '../domain/time.ts';
import type { Content } from './pdf.ts';
import { dayAndTime } from './words.ts';

/** What Annexes 2 and 4 have in common on paper: title, rules, and who signs. */

export const lines = { hLineWidth: () => 0.7, vLineWidth: () => 0.7, paddingTop: () => 3, paddingBottom: () => 3 };

export const titled = (annex: string, title: string): Content[] => [
  { text: annex },
  { text: title, fontSize: 16, alignment: 'center', margin: [0, 4, 0, 10] },
];

interface Signed {
  readonly preparedBy: string | null;
  readonly head: string | null;
  readonly phone: string | null;
  readonly preparedAt: Instant;
}

/** 填报人, 负责人, telephone and time, as the notice prints them below a table. */
export const signatureLine = ({ preparedBy, head, phone, preparedAt }: Signed): Content => ({
  columns: [
    `填报人：${preparedBy ?? ''}`,
    `负责人：${head ?? ''}`,
    `联系电话：${phone ?? ''}`,
    { text: `填报时间：${dayAndTime(preparedAt)}`, width: 'auto' },
  ],
  margin: [0, 10, 0, 0],
});
