import { heartbeat } from '@temporalio/activity';
import type { OrderNo } from '../domain/ids.ts';
import { acceptOrders, reportOrder } from '../store/bank-report.ts';
import { settleBatch } from '../store/batch.ts';
import { bankOfBatch, markSending, type OrderToPay, unsettledOrders } from '../store/order.ts';
import type { Store } from '../store/store.ts';
import type { BatchActivities } from '../workflows/activities.ts';
import type { Bank } from './bank/port.ts';

/** The callback is usually there sooner than a question. */
const callbackPauseMs = 2_000;
/** Results are booked so many at once: each is a transaction of its own, as it changes a case. */
const bookedAtOnce = 8;

/** What a batch's run asks of the bank: every unsettled order is sent, asked after or sent again, as it needs. */
export function batchActivities(store: Store, bankNamed: (name: string) => Bank): BatchActivities {
  return {
    async payOrders({ batchId }) {
      const bank = bankNamed(await bankOfBatch(store.db, batchId));
      let open = 0;
      for (let after: OrderNo | '' = ''; ;) {
        const page: readonly OrderToPay[] = await unsettledOrders(store, batchId, after, bank.atOnce);
        await attend(store, bank, page);
        heartbeat();
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
 * The next step of a page of orders. The bank's silence leaves an order unknown: it is asked after, and sent again under
 * the same number only when the bank still does not know it after its safe period.
 */
async function attend(store: Store, bank: Bank, orders: readonly OrderToPay[]): Promise<void> {
  const unsent = orders.filter((order) => order.sinceAskedMs === null);
  const silent = orders.filter(({ sinceAskedMs }) => sinceAskedMs !== null && sinceAskedMs >= callbackPauseMs);
  if (unsent.length > 0) await send(store, bank, unsent);
  if (silent.length === 0) return;
  const known = await bank.ask(silent);
  await book(store, silent, 'query', known);
  const lost = silent.filter(
    ({ orderNo, sinceAskedMs }) => known.get(orderNo) === null && (sinceAskedMs ?? 0) > bank.safePeriodMs,
  );
  if (lost.length > 0) await send(store, bank, lost);
}

async function send(store: Store, bank: Bank, orders: readonly OrderToPay[]): Promise<void> {
  await markSending(
    store.db,
    orders.map(({ orderNo }) => orderNo),
  );
  await book(store, orders, 'submission', await bank.send(orders));
}

async function book(
  store: Store,
  orders: readonly OrderToPay[],
  source: 'submission' | 'query',
  said: Awaited<ReturnType<Bank['ask']>>,
): Promise<void> {
  const orderNos = orders.map(({ orderNo }) => orderNo);
  const accepted = orderNos.filter((orderNo) => said.get(orderNo)?.outcome === 'accepted');
  if (accepted.length > 0) await acceptOrders(store, accepted, source);
  const ended = orderNos.filter((orderNo) => !accepted.includes(orderNo));
  for (let first = 0; first < ended.length; first += bookedAtOnce) {
    await Promise.all(
      ended.slice(first, first + bookedAtOnce).map(async (orderNo) => {
        const report = said.get(orderNo);
        if (report) await reportOrder(store, orderNo, report, source);
      }),
    );
    heartbeat();
  }
}
