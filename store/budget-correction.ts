import type { Actor } from '../domain/actor.ts';
import { adjustmentFund } from '../domain/fund/adjustment.ts';
import {
  type CorrectionEvent,
  type CorrectionState,
  decideCorrection,
  evolveCorrection,
} from '../domain/fund/correction.ts';
import type { OrgCode } from '../domain/ids.ts';
import { type Fen, fen } from '../domain/money.ts';
import { askForAdjustment } from './adjustment.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import { bookMoves, fundBalances, lockAvailable } from './ledger.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

type Staff = Actor & { kind: 'staff' };

const correctionKind: Kind<CorrectionState, CorrectionEvent> = {
  table: 'budget_correction',
  idColumn: 'correction_id',
  streamOf: (id) => `budget-correction-${id}`,
  evolve: evolveCorrection,
};

/** A correction with why it is asked for. */
export interface Correction extends CorrectionState {
  readonly reason: string;
}

/** Budget of the year that can be taken back, under lock: free, and not the adjustment money that lies beside it. */
async function lockFree(tx: Transaction, fund: OrgCode, year: number): Promise<Fen> {
  const availableFen = await lockAvailable(tx, fund, year);
  const found = (await fundBalances(tx, fund)).find(({ budgetYear }) => budgetYear === year);
  return fen(Math.min(availableFen, found?.budgetFen ?? 0));
}

/** No workflow follows a correction: nobody has to be told through the outbox. */
async function recordCorrection(
  tx: Transaction,
  id: string,
  before: Locked<CorrectionState> | null,
  event: CorrectionEvent,
  { actor, commandId }: { readonly actor: Staff; readonly commandId: number },
) {
  const happened = { at: await businessNow(tx), event, wakes: false };
  return recordOne(tx, correctionKind, id, before, happened, { actor, commandId, ownRun: true });
}

/** One of finance says that a budget was entered too high, and by how much (N5.2); nothing moves yet. @throws KeyReused */
export function proposeCorrection(
  store: Store,
  claim: Claim,
  actor: Staff,
  {
    fund,
    budgetYear,
    amountFen,
    reason,
  }: Pick<CorrectionState, 'fund' | 'budgetYear' | 'amountFen'> & { readonly reason: string },
): Promise<Outcome<Correction>> {
  return once(store, claim, async (tx, commandId) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('budget-correction ' || $1))`, [fund]);
    const freeFen = await lockFree(tx, fund, budgetYear);
    if (amountFen > freeFen) return { refused: { code: 'budget-in-use', detail: { freeFen } } };
    const earlier = await tx.query<{ n: number }>(
      'SELECT count(*) AS n FROM budget_correction WHERE fund = $1 AND budget_year = $2',
      [fund, budgetYear],
    );
    const correctionId = `${fund}-${budgetYear}-${only(earlier.rows, 'count').n + 1}`;
    const proposed = { type: 'budget-correction-proposed', correctionId, fund, budgetYear, amountFen } as const;
    const event = { ...proposed, by: actor.sub };
    const { state } = await recordCorrection(tx, correctionId, null, event, { actor, commandId });
    await tx.query('UPDATE budget_correction SET reason = $2 WHERE correction_id = $1', [
      ...[correctionId, store.vault.sealAnswer({ reason })],
    ]);
    return { done: { ...state, reason } };
  });
}

/**
 * Another person confirms it, and the entry is booked; or it is declined. What waiting cases lack then is asked of the
 * province as ever (N5.2). @throws NotFound, KeyReused
 */
export function decideOnCorrection(
  store: Store,
  claim: Claim,
  actor: Staff,
  { correctionId, accepted }: { readonly correctionId: string; readonly accepted: boolean },
): Promise<Outcome<Correction>> {
  return once(store, claim, async (tx, commandId) => {
    const before = await readOne(tx, correctionKind, correctionId, 'FOR UPDATE');
    const { fund, budgetYear, amountFen } = before.state;
    const by = actor.sub;
    const freeFen = await lockFree(tx, fund, budgetYear);
    const decision = decideCorrection(
      before.state,
      accepted ? { type: 'confirm', by, freeFen } : { type: 'decline', by },
    );
    if ('refusal' in decision) return { refused: { ...decision.refusal, changed: before.changed } };
    const { event } = decision;
    const { seq, state } = await recordCorrection(tx, correctionId, before, event, { actor, commandId });
    if (event.type === 'budget-corrected') {
      const source = { reason: 'budget-correction', stream: before.head.stream, seq, by, at: await businessNow(tx) };
      await bookMoves(tx, [{ ...source, fund, budgetYear, from: 'available', to: 'budget', amountFen }]);
      if (fund !== adjustmentFund) await askForAdjustment(tx, fund);
    }
    return { done: { ...state, reason: await reasonOf(tx, store, correctionId) } };
  });
}

async function reasonOf(db: Queryable, store: Store, correctionId: string): Promise<string> {
  const { rows } = await db.query<{ reason: Buffer }>('SELECT reason FROM budget_correction WHERE correction_id = $1', [
    correctionId,
  ]);
  return store.vault.openAnswer<{ reason: string }>(only(rows, correctionId).reason).reason;
}

/** Corrections of a fund, the latest first. */
export async function listCorrections(store: Store, fund: OrgCode): Promise<readonly Correction[]> {
  const { rows } = await store.db.query<{ state: CorrectionState; reason: Buffer }>(
    `SELECT state, reason FROM budget_correction WHERE fund = $1 ORDER BY state ->> 'proposedAt' DESC, correction_id DESC`,
    [fund],
  );
  return rows.map(({ state, reason }) => ({ ...state, ...store.vault.openAnswer<{ reason: string }>(reason) }));
}
