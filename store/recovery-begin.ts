import type { CaseState, In, Objection } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import { dateOf } from '../domain/time.ts';
import type { RecoveryCommand } from '../domain/recovery/decide.ts';
import { isOver, type RecoveryState } from '../domain/recovery/recovery.ts';
import { type Locked, readOne } from './aggregate.ts';
import { decideCase } from './case.ts';
import type { RecordedCase } from './case-record.ts';
import type { Transaction } from './database.ts';
import { decideOnRecovery, recoveryKind } from './recovery.ts';
import type { Store } from './store.ts';
import type { AppendOptions } from './stream.ts';

/**
 * A case's recovery follows the case, in the transaction that changed it (N3.4b): paid and a report upheld, whichever
 * came second, orders it; a payment that the bank sent back leaves nothing owed. Does nothing for any other case, and
 * nothing twice. The caller has the case locked. With the order goes the decision that is served on the recipient.
 * @returns the case after that; null where nothing more was recorded of it
 */
export async function followCase(
  tx: Transaction,
  store: Store,
  state: CaseState,
  { actor, commandId }: Pick<AppendOptions, 'actor' | 'commandId'>,
): Promise<RecordedCase | null> {
  const { caseNo } = state;
  const upheld = state.objections.find((one) => one.state === 'upheld');
  if (!upheld) return null;
  const begun = await lockIfThere(tx, caseNo);
  const isPaid = state.stage === 'paid';
  const cameBack = begun !== null && !isPaid && !isOver(begun.state) && begun.state.amountFen > 0;
  if (isPaid ? begun : !cameBack) return null;
  const command = isPaid ? await orderFor(tx, state, upheld) : ({ type: 'record-return' } as const);
  const options = { actor, commandId, ownRun: false };
  const decided = await decideOnRecovery(tx, store, caseNo, begun, command, {}, options);
  if ('refused' in decided) throw new Error(`${caseNo}: its recovery was refused: ${decided.refused.code}`);
  if (!isPaid) return null;
  const { objectionId } = upheld;
  const issued = await decideCase(
    tx,
    store,
    { caseNo, command: { type: 'issue-recovery-order', objectionId } },
    options,
  );
  if ('refused' in issued) throw new Error(`${caseNo}: its order was refused: ${issued.refused.code}`);
  return issued.done;
}

async function orderFor(tx: Transaction, state: In<'paid'>, { objectionId }: Objection): Promise<RecoveryCommand> {
  const { caseNo, org, fund, order, creditedAt } = state;
  const { rows } = await tx.query<{ budget_year: number }>(
    `SELECT budget_year FROM ledger_entry WHERE stream = $1 AND reason = 'paid' ORDER BY id DESC LIMIT 1`,
    [`case-${caseNo}`],
  );
  const [spent] = rows;
  if (!spent) throw new Error(`${caseNo}: paid without an entry in the ledger`);
  const { orderNo, amountFen } = order;
  const about = { objectionId, orderNo, amountFen, budgetYear: spent.budget_year, creditedOn: dateOf(creditedAt) };
  return { type: 'order', caseNo, org, fund, ...about };
}

async function lockIfThere(tx: Transaction, caseNo: CaseNo): Promise<Locked<RecoveryState> | null> {
  const { rows } = await tx.query('SELECT FROM recovery WHERE case_no = $1 FOR UPDATE', [caseNo]);
  return rows.length > 0 ? readOne(tx, recoveryKind, caseNo) : null;
}
