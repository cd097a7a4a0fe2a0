import type { Actor } from '../domain/actor.ts';
import type { OrgCode } from '../domain/ids.ts';
import type { BankStatement } from '../domain/payment/statement.ts';
import {
  evolveReconciliation,
  reconciliationId,
  type ReconciliationEvent,
  type ReconciliationState,
} from '../domain/payment/reconciliation.ts';
import { addDays, atTime, endOfDay } from '../domain/policy/dates.ts';
import type { CivilDate } from '../domain/time.ts';
import { type Kind, readOne, recordOne } from './aggregate.ts';
import { closeGone, type DifferenceKind, raiseDifference } from './bank-difference.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { usualBank } from './fund-bank.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { findDifferences, takeLines } from './statement-match.ts';
import type { Store } from './store.ts';
import { raiseUnanswered } from './unanswered.ts';
import { sha256 } from './vault.ts';

const reconciliationKind: Kind<ReconciliationState, ReconciliationEvent> = {
  table: 'reconciliation',
  idColumn: 'reconciliation_id',
  streamOf: (id) => `reconciliation-${id}`,
  evolve: evolveReconciliation,
};

/** Opens a day, or opens it again; the outbox starts its workflow. */
async function openDay(
  tx: Transaction,
  fund: OrgCode,
  date: CivilDate,
  options: { readonly actor: Actor; readonly commandId: number | null },
): Promise<ReconciliationState> {
  const id = reconciliationId(fund, date);
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('reconciliation ' || $1))`, [id]);
  const { rows } = await tx.query('SELECT 1 FROM reconciliation WHERE reconciliation_id = $1', [id]);
  const before = rows.length > 0 ? await readOne(tx, reconciliationKind, id, 'FOR UPDATE') : null;
  if (before?.state.stage === 'open') return before.state; // on its way
  const event = { type: 'reconciliation-opened', fund, date } as const;
  const happened = { at: await businessNow(tx), event, wakes: true };
  const { state } = await recordOne(tx, reconciliationKind, id, before, happened, { ...options, ownRun: false });
  return state;
}

/** A person runs a day again, at any time. @throws KeyReused */
export function commandReconciliation(
  store: Store,
  claim: Claim,
  actor: Actor,
  { fund, date }: { readonly fund: OrgCode; readonly date: CivilDate },
): Promise<Outcome<ReconciliationState>> {
  return once(store, claim, async (tx, commandId) => {
    if ((await businessNow(tx)) < endOfDay(date)) return { refused: { code: 'day-not-over', detail: { date } } };
    return { done: await openDay(tx, fund, date, { actor, commandId }) };
  });
}

/** The bank days since the working day before, for every fund that has paid anything; a repeat opens none twice. */
export async function openDueDays(
  store: Store,
  actor: Actor,
  { from, before }: { readonly from: CivilDate; readonly before: CivilDate },
): Promise<void> {
  const { rows } = await store.db.query<{ fund: OrgCode }>(
    `SELECT DISTINCT fund FROM payment_batch WHERE stage IN ('released', 'settled') ORDER BY fund`,
  );
  for (const { fund } of rows) {
    for (let date = from; date < before; date = addDays(date, 1)) {
      await store.db.transaction(async (tx) => {
        const known = await tx.query('SELECT 1 FROM reconciliation WHERE reconciliation_id = $1', [
          reconciliationId(fund, date),
        ]);
        if (known.rows.length === 0) await openDay(tx, fund, date, { actor, commandId: null });
      });
    }
  }
}

/** Kinds that a day raises for itself; found gone at the next run they are closed. */
const ownKinds: readonly DifferenceKind[] = [
  ...(['not-in-statement', 'twice-in-statement', 'unknown-order', 'bad-line', 'balance-differs'] as const),
  'statement-missing',
];

/**
 * Holds a statement against the books, or records that there is none by the hour of policy data. Each line is the bank's
 * word on its order like any other; running it again ends the same.
 */
export async function reconcileDay(store: Store, id: string, statement: BankStatement | null): Promise<void> {
  const { state } = await readOne(store.db, reconciliationKind, id);
  if (state.stage === 'matched') return;
  const actor: Actor = { kind: 'process', name: reconciliationKind.streamOf(id) };
  if (statement === null) return recordMissing(store, id, actor);
  await takeLines(store, state.fund, statement);
  await raiseUnanswered(store, state.fund, state.date);
  await store.db.transaction(async (tx) => {
    const before = await readOne(tx, reconciliationKind, id, 'FOR UPDATE');
    if (before.state.stage === 'matched') return;
    const { fund, date } = before.state;
    const { differences, proven } = await findDifferences(tx, fund, statement);
    for (const one of differences) await raiseDifference(tx, one, 'once');
    const still = differences.map(({ kind, ref }) => `${kind} ${ref}`);
    await closeGone(tx, { kinds: ownKinds, prefix: `${fund} ${date}`, still }, actor);
    const text = JSON.stringify(statement);
    const event: ReconciliationEvent = {
      type: 'reconciled',
      lines: statement.lines.length,
      badLines: differences.filter(({ kind }) => kind === 'bad-line').length,
      openingFen: statement.openingFen,
      closingFen: statement.closingFen,
      proven,
      differences: differences.length,
      statementHash: sha256(text).toString('hex'),
    };
    const happened = { at: await businessNow(tx), event, wakes: false };
    await recordOne(tx, reconciliationKind, id, before, happened, { actor, commandId: null, ownRun: true });
    await tx.query('UPDATE reconciliation SET statement = $2 WHERE reconciliation_id = $1', [id, text]);
  });
}

async function recordMissing(store: Store, id: string, actor: Actor): Promise<void> {
  await store.db.transaction(async (tx) => {
    const before = await readOne(tx, reconciliationKind, id, 'FOR UPDATE');
    if (before.state.stage !== 'open') return;
    const { fund, date } = before.state;
    const now = await businessNow(tx);
    const calendar = await store.rules.calendar(tx, now);
    const policy = await store.rules.policyInForce(tx, date);
    if (!policy || now < atTime(calendar.next(date), policy.bankDays.missingAt)) return;
    const happened = { at: now, event: { type: 'statement-missing' } as const, wakes: false };
    await recordOne(tx, reconciliationKind, id, before, happened, { actor, commandId: null, ownRun: true });
    await raiseDifference(tx, { kind: 'statement-missing', ref: `${fund} ${date}`, org: fund, detail: {} });
  });
}

/** Days of funds, the latest first. */
export async function listReconciliations(
  db: Queryable,
  fund: OrgCode,
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly ReconciliationState[]> {
  const { rows } = await db.query<{ state: ReconciliationState }>(
    `SELECT state FROM reconciliation WHERE fund = $1 AND ($2::text IS NULL OR day < $2) ORDER BY day DESC LIMIT $3`,
    [fund, before, limit],
  );
  return rows.map(({ state }) => state);
}

/** @throws NotFound */
export const readReconciliation = async (db: Queryable, id: string): Promise<ReconciliationState> =>
  (await readOne(db, reconciliationKind, id)).state;

/** The bank that has the fund's statement of a day: that of the orders which were out by then, or the present one. */
export async function bankOfDay(db: Queryable, fund: OrgCode, date: CivilDate): Promise<string> {
  const { rows } = await db.query<{ bank: string }>(
    'SELECT bank FROM fund_bank WHERE fund = $1 AND set_at < $2 ORDER BY id DESC LIMIT 1',
    [fund, endOfDay(date)],
  );
  return rows[0]?.bank ?? usualBank;
}
