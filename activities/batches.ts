import { heartbeat } from '@temporalio/activity';
import type { OrderNo } from '../domain/ids.ts';
import type { Partners } from '../config/settings.ts';
import type { BankReport } from '../domain/payment/order.ts';
import { settleBatch } from '../store/batch.ts';
import { markSending, type OrderToPay, reportOrder, unsettledOrders } from '../store/order.ts';
import type { Store } from '../store/store.ts';
import type { BatchActivities } from '../workflows/activities.ts';
import { askOrder, sendOrder } from './bank.ts';
import type { Partner } from './partner.ts';

const pageSize = 100;
const atOnce = 8;
/** How long the bank may take to know an order that it accepted; only afterwards is "not found" an answer. */
const safePeriodMs = 60_000;
/** The callback is usually there sooner than a question. */
const callbackPauseMs = 2_000;

/** What a batch's run asks of the bank: every unsettled order is sent, asked after or sent again, as it needs. */
export function batchActivities(store: Store, partners: Partners): BatchActivities {
  const bank: Partner = { name: '银行', url: partners.bank };
  return {
    async payOrders({ batchId }) {
      let open = 0;
      for (let after: OrderNo | '' = ''; ;) {
        const page: readonly OrderToPay[] = await unsettledOrders(store, batchId, after, pageSize);
        for (let first = 0; first < page.length; first += atOnce) {
          await Promise.all(page.slice(first, first + atOnce).map((order) => attend(store, bank, order)));
          heartbeat();
        }
        open += page.length;
        const last = page.at(-1);
        if (!last) return { open };
        after = last.orderNo;
      }
    },
    settleBatch: ({ batchId }) => settleBatch(store, batchId),
  };
}

/**
 * One order's next step. The bank's silence leaves it unknown: it is asked after, and sent again under the same number
 * only when the bank still does not know it after its safe period.
 */
async function attend(store: Store, bank: Partner, order: OrderToPay): Promise<void> {
  const { orderNo, sinceAskedMs } = order;
  if (sinceAskedMs === null) return send(store, bank, order);
  if (sinceAskedMs < callbackPauseMs) return;
  const report = await quietly(() => askOrder(bank, orderNo));
  if (report === undefined) return;
  if (report !== null) await reportOrder(store, orderNo, report, 'query');
  else if (sinceAskedMs > safePeriodMs) await send(store, bank, order);
}

async function send(store: Store, bank: Partner, order: OrderToPay): Promise<void> {
  await markSending(store.db, order.orderNo);
  const report: BankReport | undefined = await quietly(() => sendOrder(bank, order));
  if (report) await reportOrder(store, order.orderNo, report, 'submission');
}

/** The partner's failure is no failure of the batch: the order stays unknown and is asked after at the next round. */
async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
