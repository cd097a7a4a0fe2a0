import type { BatchId, CaseNo, OrderNo } from '../domain/ids.ts';
import { type BatchList, type BatchState } from '../domain/payment/batch.ts';
import { type BatchCommand, decideBatch } from '../domain/payment/decide-batch.ts';
import { orderNumber } from '../domain/payment/order.ts';
import { readAccounts } from './account.ts';
import { readOne } from './aggregate.ts';
import { batchKind, type Item, presentList, recordBatch, type Staff, summarise } from './batch.ts';
import { decidePage } from './bulk.ts';
import { lockCases } from './case.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import { bankOf } from './fund-bank.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sealJson } from './vault.ts';

/** Cases that are written down at once. */
const pageSize = 1_000;

/**
 * Releases a batch (N3.3): the point of no return, one transaction. The cases are locked before the list is read again,
 * so that a hold comes before or after it, never in between.
 */
export function releaseBatch(
  store: Store,
  claim: Claim,
  actor: Staff,
  batchId: BatchId,
  signed: Pick<BatchList, 'totalFen' | 'listHash'>,
): Promise<Outcome<BatchList & { batchId: BatchId }>> {
  return once(store, claim, async (tx, commandId) => {
    const batch = await readOne(tx, batchKind, batchId, 'FOR UPDATE');
    const listed = await presentList(tx, batchId);
    await lockCases(
      tx,
      listed.map((item) => item.case_no),
    );
    const items = await presentList(tx, batchId);
    const command: BatchCommand = { type: 'release', by: actor.sub, present: summarise(items), ...signed };
    const decision = decideBatch(batch.state, command, await businessNow(tx));
    if ('refusal' in decision) return { refused: { ...decision.refusal, changed: batch.changed } };

    // In pages: each statement stays far below the time that one may take, whatever the batch.
    for (let first = 0; first < items.length; first += pageSize)
      await releasePage(tx, store, batch.state, items.slice(first, first + pageSize), { actor, commandId });
    await recordBatch(tx, batch, decision.event, actor, commandId);
    return { done: { batchId, ...command.present } };
  });
}

async function releasePage(
  tx: Transaction,
  store: Store,
  batch: BatchState,
  items: readonly Item[],
  by: { readonly actor: Staff; readonly commandId: number },
): Promise<void> {
  const orderNos = new Map<CaseNo, OrderNo>();
  const caseNos = items.map((item) => item.case_no);
  const page = await decidePage(tx, store, caseNos, by, ({ caseNo, state }) => {
    const orderNo = orderNumber(caseNo, state.endedOrders);
    orderNos.set(caseNo, orderNo);
    return { type: 'release', batchId: batch.batchId, orderNo, by: by.actor.sub };
  });
  // A case on the list is payable and unheld, or it would have left the list; anything else is a broken invariant.
  if (page.refused.length > 0)
    throw new Error(`${batch.batchId}: ${page.refused[0]?.caseNo} on the list can't be released`);
  await insertOrders(tx, store, batch, items, orderNos);
}

/** The payee as of release: a later change of account touches no order that is out. */
async function insertOrders(
  tx: Transaction,
  store: Store,
  { batchId, fund }: BatchState,
  items: readonly Item[],
  orderNos: ReadonlyMap<CaseNo, OrderNo>,
): Promise<void> {
  const caseNos = items.map((item) => item.case_no);
  const accounts = await readAccounts(tx, store, caseNos);
  const keys = await store.vault.caseKeys(tx, caseNos);
  const payees = caseNos.map((caseNo) => {
    const account = accounts.get(caseNo);
    const key = keys.get(caseNo);
    if (!account || !key) throw new Error(`${caseNo}: the payee can't be read`);
    const { number, bank, holder } = account;
    return sealJson(key, { account: number, bank, holder }, 'payee');
  });
  await tx.query(
    `INSERT INTO payment_order (order_no, case_no, batch_id, amount_fen, payee, status, bank)
     SELECT order_no, case_no, $1, amount_fen, payee, 'released', $6
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bytea[]) AS new (order_no, case_no, amount_fen, payee)`,
    [
      batchId,
      caseNos.map((caseNo) => orderNos.get(caseNo)),
      caseNos,
      items.map((item) => item.amount_fen),
      payees,
      await bankOf(tx, fund),
    ],
  );
}
