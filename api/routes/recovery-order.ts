import { z } from 'zod';
import { recoveryOrderPdf } from '../../console/recovery-order.ts';
import { recoveryOrderInWords } from '../../domain/recovery/order-text.ts';
import { businessNow } from '../../store/clock.ts';
import { readRecoveryOrder } from '../../store/recovery-order.ts';
import { accessCase } from '../access.ts';
import type { App, Services } from '../app.ts';
import { jsonOr, sendFile, wanted } from '../representation.ts';
import { readProblems } from '../view.ts';

const order = z
  .object({
    caseNo: z.string(),
    amountFen: z.int(),
    orderedOn: z.string(),
    title: z.string(),
    number: z.string(),
    recipient: z.string(),
    paragraphs: z.array(z.string()).readonly().describe('facts and reasons, sum, period, how to pay, remedies'),
    issuer: z.string(),
    date: z.string(),
  })
  .meta({ id: 'RecoveryOrder' });

/** The decision that orders a subsidy back (责令追回决定书, N3.4b): JSON, and PDF by `Accept`. It goes out as a letter. */
export function recoveryOrderRoutes(app: App, services: Services): void {
  const { store } = services;
  app.get(
    '/v1/recoveries/:caseNo/order',
    {
      config: { may: 'see-recovery-order' },
      schema: {
        summary: '责令追回决定书 · The order to pay back, as it was served (N3.4b)',
        params: z.object({ caseNo: z.string() }),
        response: { 200: jsonOr(order, 'pdf'), ...readProblems },
      },
    },
    async (request, reply) => {
      const access = await accessCase(services, request, 'see-recovery-order', request.params.caseNo);
      const found = await readRecoveryOrder(store, access.caseNo);
      if (wanted(request, 'pdf') === 'json') {
        const { caseNo, amountFen, orderedOn } = found;
        return { caseNo, amountFen, orderedOn, ...recoveryOrderInWords(found) };
      }
      const { bytes } = await recoveryOrderPdf(found, await businessNow(store.db));
      return sendFile(reply, 'pdf', `recovery-order-${found.caseNo}`, bytes);
    },
  );
}
