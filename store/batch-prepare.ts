import type { BatchId, CaseNo, OrgCode } from '../domain/ids.ts';
import type { BatchEvent, BatchList } from '../domain/payment/batch.ts';
import { stateLabels, type VisibleState } from '../domain/case/procedure.ts';
import { outdatedRegisters } from '../domain/case/register-answers.ts';
import { visibleState } from '../domain/case/state.ts';
import { startDeadline } from '../domain/policy/deadline-days.ts';
import { fundOf } from '../domain/reference/org-units.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { askForAdjustment } from './adjustment.ts';
import { recordOne } from './aggregate.ts';
import { batchKind, type Item, type Staff, summarise } from './batch.ts';
import { decidePage, factsForAll } from './bulk.ts';
import { lockCases } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import { reserveForWaiting } from './fund-waiting.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

const tooOld = 'register-answer-too-old';
const tooOldLabel = '证书核查结果已过期，正在重新核查';

/** A payable case that is not on the list, and what finance reads of why: a hold, or registers asked once more (N3.1c). */
export interface LeftOut {
  readonly caseNo: CaseNo;
  readonly reason: VisibleState | typeof tooOld;
  readonly reasonLabel: string;
}

export interface PreparedBatch extends BatchList {
  readonly batchId: BatchId;
  readonly leftOut: readonly LeftOut[];
}

/** More in one batch would hold too many locks at release. */
const largestBatch = 10_000;

/**
 * Prepares a batch (N3.3): every payable case of the agency that nothing holds and no batch has, in the order of their
 * payout deadlines; cases that wait for money are asked again first (N5.2). One whose register answers are too old is left
 * out, and its run asks them once more (N3.1c).
 */
export function prepareBatch(store: Store, claim: Claim, actor: Staff, org: OrgCode): Promise<Outcome<PreparedBatch>> {
  return once(store, claim, async (tx, commandId) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('batch ' || $1))`, [org]);
    await reserveForWaiting(tx, store, fundOf(org), { actor, commandId });
    await askForAdjustment(tx, fundOf(org));
    const { list, leftOut } = await payableCases(tx, store, org);
    await askRegistersOf(tx, store, leftOut, { actor, commandId });
    if (list.length === 0)
      return { refused: { code: 'nothing-payable', detail: { leftOut, batches: await waiting(tx, org) } } };

    const now = await businessNow(tx);
    const batchId = await nextBatchId(tx, org, now);
    const policy = await store.rules.policyOn(tx, dateOf(now));
    const calendar = await store.rules.calendar(tx, now);
    const expires = startDeadline('batch-release', dateOf(now), policy.deadlines['batch-release'], calendar);
    const summary = summarise(list);
    const event: BatchEvent = { type: 'prepared', batchId, org, fund: fundOf(org), by: actor.sub, expires, ...summary };
    const happened = { at: now, event, wakes: false };
    await recordOne(tx, batchKind, batchId, null, happened, { actor, commandId, ownRun: false });
    await tx.query(
      `INSERT INTO batch_item (case_no, batch_id, amount_fen) SELECT case_no, $1, amount_fen
       FROM unnest($2::text[], $3::bigint[]) AS new (case_no, amount_fen)`,
      [batchId, list.map((item) => item.case_no), list.map((item) => item.amount_fen)],
    );
    return { done: { batchId, ...summary, leftOut } };
  });
}

/** Batches of the agency that somebody prepared and nobody has released yet. */
async function waiting(tx: Transaction, org: OrgCode): Promise<readonly BatchId[]> {
  const { rows } = await tx.query<{ batch_id: BatchId }>(
    `SELECT batch_id FROM payment_batch WHERE org = $1 AND stage = 'prepared' ORDER BY batch_id`,
    [org],
  );
  return rows.map((row) => row.batch_id);
}

/** What can be paid now, locked, and what can't and why. */
async function payableCases(
  tx: Transaction,
  store: Store,
  org: OrgCode,
): Promise<{ readonly list: readonly Item[]; readonly leftOut: readonly LeftOut[] }> {
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM cases
     WHERE org = $1 AND stage = 'payable'
       AND NOT EXISTS (SELECT FROM batch_item WHERE batch_item.case_no = cases.case_no)
     ORDER BY (SELECT due_at FROM open_deadline d WHERE d.case_no = cases.case_no AND kind = 'payout'), case_no
     LIMIT ${largestBatch}`,
    [org],
  );
  const list: Item[] = [];
  const leftOut: LeftOut[] = [];
  const locked = await lockCases(
    tx,
    rows.map((row) => row.case_no),
  );
  const factsOf = await factsForAll(tx, store);
  for (const { caseNo, state } of locked) {
    if (state.stage !== 'payable') continue;
    const { now, ...rules } = await factsOf(state);
    const reason = visibleState(state);
    if (state.holds.length > 0) leftOut.push({ caseNo, reason, reasonLabel: stateLabels[reason] });
    else if (outdatedRegisters(state, now, rules).length > 0)
      leftOut.push({ caseNo, reason: tooOld, reasonLabel: tooOldLabel });
    else list.push({ case_no: caseNo, amount_fen: state.award.amountFen });
  }
  return { list, leftOut };
}

/** One that is being asked already refuses, and that is that. */
async function askRegistersOf(
  tx: Transaction,
  store: Store,
  leftOut: readonly LeftOut[],
  by: { readonly actor: Staff; readonly commandId: number },
): Promise<void> {
  const caseNos = leftOut.filter(({ reason }) => reason === tooOld).map(({ caseNo }) => caseNo);
  if (caseNos.length > 0) await decidePage(tx, store, caseNos, by, () => ({ type: 'ask-registers' }));
}

async function nextBatchId(tx: Transaction, org: OrgCode, now: Instant): Promise<BatchId> {
  const prefix = `${org}-${dateOf(now)}-`;
  const { rows } = await tx.query<{ n: number }>('SELECT count(*) AS n FROM payment_batch WHERE batch_id LIKE $1', [
    `${prefix}%`,
  ]);
  return `${prefix}${only(rows, 'count').n + 1}` as BatchId;
}
