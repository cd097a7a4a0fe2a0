import { timingSafeEqual } from 'node:crypto';
import type { OrderNo } from '../domain/ids.ts';
import { type BankReport, orderNoIn } from '../domain/payment/order.ts';
import { dateOf } from '../domain/time.ts';
import { type DifferenceKind, orgOfOrder, raiseDifference } from './bank-difference.ts';
import { applyReport, UnknownOrder } from './bank-report.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import type { Store } from './store.ts';
import { sha256 } from './vault.ts';

/** What a callback did; a byte-identical repeat is answered the same and does nothing. */
export type CallbackEffect = 'moved' | 'agreed' | 'difference' | 'unknown-order' | 'nonce-reused';

/**
 * A signed callback: its nonce, its effect on the order and the alarm in one transaction. Copies at once wait for the
 * first and get its answer.
 */
export function acceptCallback(
  store: Store,
  { nonce, bytes }: { readonly nonce: string; readonly bytes: string },
  orderNo: OrderNo,
  report: BankReport,
): Promise<CallbackEffect> {
  const digest = sha256(bytes);
  return store.db.transaction(async (tx) => {
    const taken = await tx.query(
      'INSERT INTO bank_nonce (nonce, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
      [nonce, digest],
    );
    if (taken.rows.length === 0) return repeated(tx, nonce, digest, orderNo);
    const effect = await effectOf(tx, store, orderNo, report);
    await tx.query('UPDATE bank_nonce SET effect = $2 WHERE nonce = $1', [nonce, effect]);
    return effect;
  });
}

async function repeated(tx: Transaction, nonce: string, digest: Buffer, orderNo: OrderNo): Promise<CallbackEffect> {
  const { rows } = await tx.query<{ digest: Buffer; effect: CallbackEffect | null }>(
    'SELECT digest, effect FROM bank_nonce WHERE nonce = $1',
    [nonce],
  );
  const first = only(rows, 'nonce');
  // Nonces of before effects were kept are of callbacks that were taken.
  if (timingSafeEqual(first.digest, digest)) return first.effect ?? 'agreed';
  await raiseDifference(tx, {
    ...(await orgOfOrder(tx, orderNo)),
    kind: 'nonce-reused',
    ref: sha256(nonce).toString('hex').slice(0, 16),
    detail: { orderNo: isOurs(orderNo) ? orderNo : null },
  });
  return 'nonce-reused';
}

async function effectOf(tx: Transaction, store: Store, orderNo: OrderNo, report: BankReport): Promise<CallbackEffect> {
  try {
    return (await applyReport(tx, store, orderNo, report, 'callback')).effect;
  } catch (error) {
    if (!(error instanceof UnknownOrder)) throw error;
    const ref = isOurs(orderNo) ? orderNo : sha256(orderNo).toString('hex').slice(0, 16);
    await raiseDifference(tx, { ...(await orgOfOrder(tx, orderNo)), kind: 'unknown-order', ref, detail: {} });
    return 'unknown-order';
  }
}

/** What came from outside is kept only where it is written like an order number. */
const isOurs = (orderNo: string): boolean => orderNoIn(orderNo) === orderNo;

/**
 * A callback that was refused unread: forged, out of its time, or not in its form. Anybody can send such, so they are
 * counted by kind, day and order, and never stored one by one.
 */
export async function recordRefusedCallback(
  store: Store,
  kind: Extract<DifferenceKind, 'forged' | 'outside-window' | 'unreadable-callback'>,
  orderNo: string | undefined,
): Promise<void> {
  const day = dateOf(await businessNow(store.db));
  const about = await orgOfOrder(store.db, orderNo !== undefined && isOurs(orderNo) ? orderNo : '');
  const ref = about.caseNo === undefined ? day : `${day} ${orderNo}`;
  await raiseDifference(store.db, { ...about, kind, ref, detail: {} });
}
