import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { BankName } from '../../domain/payment/banks.ts';
import { comesBack, readBankLog } from './bank-log.ts';
import { type ClaimInPlay, FUND, isDue } from './cases.ts';
import type { Scene } from './scene.ts';

/**
 * The bank's safe period is a minute of real time, ten where it works by files; here it is over sooner, also while an
 * order is in flight. Goes on until the run is over.
 */
export async function hurrySafePeriod(scene: Scene, bank: BankName, isOver: () => boolean): Promise<void> {
  const period = bank === 'api' ? '1 minute' : '10 minutes';
  while (!isOver()) {
    await scene
      .asOwner((owner) =>
        owner.query(
          `UPDATE payment_order SET asked_at = asked_at - interval '${period}'
           WHERE status IN ('unknown', 'accepted') AND asked_at BETWEEN now() - interval '30 seconds' AND now() - interval '12 seconds'`,
        ),
      )
      .catch(() => undefined);
    await sleep(1_000);
  }
}

/** How a line begins that says what is left. */
export const notAtItsEnd = 'not at its end';

/**
 * Waits until everything has come to its end: every order final and as the bank has it, everyone due paid, every recovery
 * closed, every bank day matched.
 * @returns what is left, case by case, when it took longer than `withinMs`; empty: nothing
 */
export async function settle(
  scene: Scene,
  claims: readonly ClaimInPlay[],
  withinMs: number,
): Promise<readonly string[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const left = await scene.asOwner((owner) => unfinished(scene, owner, claims)).catch(() => ['PostgreSQL is away']);
    if (left.length === 0) return [];
    if (performance.now() > until) return left.map((line) => `${notAtItsEnd} after ${withinMs / 1000} s: ${line}`);
    await sleep(700);
  }
}

interface CaseRow {
  readonly case_no: string;
  readonly stage: string;
  readonly holds: string;
  readonly orders: string | null;
  readonly recovery: string | null;
}

async function unfinished(scene: Scene, owner: pg.Client, claims: readonly ClaimInPlay[]): Promise<readonly string[]> {
  const left: string[] = [];
  const { rows: cases } = await owner.query<CaseRow>(
    `SELECT case_no, cases.stage, cases.state ->> 'holds' AS holds, recovery.stage AS recovery,
       (SELECT string_agg(order_no || ' ' || status, ', ' ORDER BY order_no) FROM payment_order o WHERE o.case_no = cases.case_no) AS orders
     FROM cases LEFT JOIN recovery USING (case_no)`,
  );
  for (const claim of claims) {
    const { caseNo, fate, mayWithdraw } = claim;
    const row = cases.find((one) => one.case_no === caseNo);
    if (mayWithdraw) left.push(`${caseNo} (${fate}) may still be withdrawn`);
    const isPaid = row?.stage === 'paid' && (fate !== 'recover' || row.recovery === 'closed');
    const isThere = isDue(claim) ? isPaid : fate !== 'upheld' || row?.stage === 'cancelled';
    const isFailed = fate !== 'closed' || row?.orders?.endsWith(' failed') === true;
    if (!isThere || !isFailed)
      left.push(
        `${caseNo} (${fate}) is ${row?.stage ?? 'gone'}, holds ${row?.holds ?? ''}, orders ${row?.orders ?? 'none'}`,
      );
  }
  const { rows: orders } = await owner.query<{ order_no: string; status: string; batch_id: string }>(
    'SELECT order_no, status, batch_id FROM payment_order',
  );
  const bank = readBankLog(scene.system.dataDir);
  for (const { order_no, status, batch_id } of orders) {
    const done = bank.get(order_no);
    const last = done?.conclusions.at(-1)?.outcome ?? 'nothing yet';
    if (done && comesBack(done)) left.push(`${order_no} has still to come back`);
    else if (last !== status) left.push(`${order_no} of batch ${batch_id} is ${status}, the bank has ${last}`);
  }
  const { rows: processes } = await owner.query<{ what: string }>(
    `SELECT 'batch ' || batch_id || ' is ' || stage AS what FROM payment_batch WHERE stage IN ('prepared', 'released')
     UNION ALL SELECT 'bank day ' || day || ' is ' || stage FROM reconciliation WHERE stage <> 'matched' AND fund = $1
     UNION ALL SELECT 'outbox: ' || stream FROM outbox WHERE wakes`,
    [FUND],
  );
  return [...left, ...processes.map(({ what }) => what)];
}
