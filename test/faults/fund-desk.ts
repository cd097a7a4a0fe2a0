import { setTimeout as sleep } from 'node:timers/promises';
import { ask, look, must } from './ask.ts';
import { readBankLog } from './bank-log.ts';
import { FUND } from './cases.ts';
import { days } from './days.ts';
import type { Desk } from './desk.ts';

/**
 * Finance of the fund adds to its budget, closes the old year if that is its turn, and runs bank days that are over: some
 * before the business day does, the last one again and again, all where a return is known to no one else.
 */
export async function fundDesk(desk: Desk): Promise<void> {
  const { bookkeeper } = desk.scene;
  let isClosed = !desk.closesYear;
  for (let turn = 0; !desk.isOver(); turn += 1) {
    await must(bookkeeper, `/v1/funds/${FUND}/budgets`, { year: days.newYear, amountFen: addedFen });
    desk.budget.added += 1;
    if (!isClosed)
      isClosed = (await ask(bookkeeper, `/v1/funds/${FUND}/year-end`, { year: days.oldYear })).status === 200;
    const cameBack = [...readBankLog(desk.scene.system.dataDir).values()]
      .filter(({ conclusions }) => conclusions.at(-1)?.outcome === 'returned')
      .map(({ orderNo }) => orderNo);
    const untold = await look(
      desk.scene,
      `SELECT FROM payment_order WHERE order_no = ANY ($1) AND status <> 'returned'`,
      [cameBack],
    );
    const rows = await look<{ day: string; stage: string | null }>(
      desk.scene,
      `SELECT to_char(days.day, 'YYYY-MM-DD') AS day, stage
       FROM generate_series($2::date, (business_now() AT TIME ZONE 'Asia/Shanghai')::date - 1, '1 day') AS days (day)
       LEFT JOIN reconciliation r ON r.day = to_char(days.day, 'YYYY-MM-DD') AND fund = $1
       ORDER BY 1`,
      [FUND, days.first],
    );
    for (const [n, { day, stage }] of rows.entries()) {
      const isOpened = stage === null && turn % 2 === 0;
      const isAgain = stage !== null && n === rows.length - 1 && !desk.scene.isCalm();
      if (isOpened || isAgain || untold.length > 0)
        await ask(bookkeeper, `/v1/funds/${FUND}/reconciliations`, { date: day });
    }
    await sleep(4_000);
  }
}

/** The province grants half of what one case lacks, again and again over the storm, as long as it is asked (N5.2). */
export async function provinceDesk({ scene, claims, budget, isOver }: Desk): Promise<void> {
  const short = claims.filter(({ fate }) => fate === 'short');
  for (let granted = 0; short.length > 0 && !isOver();) {
    await sleep(1_000);
    if (granted > scene.progress * short.length && !scene.isCalm()) continue;
    const [request] = await look<{ id: string }>(
      scene,
      `SELECT request_id AS id FROM adjustment_request WHERE fund = $1 AND stage = 'requested'
       ORDER BY budget_year DESC LIMIT 1`,
      [FUND],
    );
    if (!request) continue;
    const amountFen = Math.floor((short[0]?.amountFen ?? 0) / 2);
    const reply = await ask(scene.province, `/v1/adjustment-requests/${request.id}/grant`, { amountFen });
    if (reply.status === 200) {
      granted += 1;
      budget.grantedFen += amountFen;
    } else if (reply.status !== 409) throw new Error(`${request.id}: grant → ${reply.status}`); // 409: covered meanwhile
  }
}

/** What finance adds to the new year's budget, again and again. */
export const addedFen = 100;
