import { type RecoveryOrder, recoveryOrderInWords } from '../domain/recovery/order-text.ts';
import type { Instant } from '../domain/time.ts';
import { type Content, type Pdf, pdf } from './pdf.ts';

/** The order to pay back on paper, for seal and service (N3.4b). @param at when it was made */
export function recoveryOrderPdf(order: RecoveryOrder, at: Instant): Promise<Pdf> {
  const { title, number, recipient, paragraphs, issuer, date } = recoveryOrderInWords(order);
  const indented = (text: string): Content => ({
    text,
    leadingIndent: 24,
    fontSize: 12,
    lineHeight: 1.3,
    margin: [0, 0, 0, 4],
  });
  return pdf({
    title,
    at,
    footer: number,
    content: [
      { text: title, fontSize: 18, alignment: 'center', margin: [0, 20, 0, 8] },
      { text: number, alignment: 'center', margin: [0, 0, 0, 20] },
      { text: recipient, fontSize: 12, margin: [0, 0, 0, 8] },
      ...paragraphs.map(indented),
      {
        stack: [`${issuer}（盖章）`, date],
        alignment: 'right',
        fontSize: 12,
        margin: [0, 30, 0, 0],
        unbreakable: true,
      },
    ],
  });
}
