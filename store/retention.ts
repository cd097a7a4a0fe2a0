import type { Actor } from '../domain/actor.ts';
import type { CaseText } from '../domain/case/events.ts';
import type { CaseNo } from '../domain/ids.ts';
import { civilDate, yearOf } from '../domain/policy/dates.ts';
import { retentionOn } from '../domain/policy/retention.ts';
import { type CivilDate, startOfDay } from '../domain/time.ts';
import { decideCase, lockCase, type StillMay } from './case.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sealJson } from './vault.ts';

/** What keeps a case's data beyond its term: somebody said so (a court case, an audit). */
export interface RetentionHold {
  readonly caseNo: CaseNo;
  readonly isHeld: boolean;
}

const shreddedAtOnce = 500;

/**
 * Destroys the keys of cases whose term is over (N5; docs/security.md). Each is a decision of its own, recorded in the
 * case's stream before its key goes; what is not due is left alone. Books, events and the entitlement stay.
 * @returns how many
 */
export async function shredDue(store: Store, actor: Actor, day: CivilDate, beat: () => void): Promise<number> {
  const schedule = retentionOn(day);
  const shortest = Math.min(...Object.values(schedule.years));
  const before = startOfDay(civilDate(`${yearOf(day) - shortest}-01-01`));
  let count = 0;
  for (let after = ''; ;) {
    const { rows } = await store.db.query<{ case_no: CaseNo }>(
      `SELECT case_no FROM cases JOIN case_key USING (case_no)
       WHERE last_at < $1 AND case_no > $2 ORDER BY case_no LIMIT ${shreddedAtOnce}`,
      [before, after],
    );
    for (const { case_no: caseNo } of rows) {
      beat();
      if (await shredCase(store, actor, caseNo, schedule.id)) count += 1;
    }
    const last = rows.at(-1);
    if (!last) return count;
    after = last.case_no;
  }
}

/** Destroys one case's key if it may be destroyed today. @returns whether it was */
function shredCase(store: Store, actor: Actor, caseNo: CaseNo, schedule: string): Promise<boolean> {
  return store.db.transaction(async (tx) => {
    const { changed } = await lockCase(tx, caseNo);
    if (await isKept(tx, caseNo)) return false;
    const command = { type: 'shred', schedule, lastAt: changed.at } as const;
    const decided = await decideCase(tx, store, { caseNo, command }, { actor, commandId: null, ownRun: false });
    if ('refused' in decided) return false;
    await tx.query('DELETE FROM case_key WHERE case_no = $1', [caseNo]);
    // The entitlement keeps its own index of the person: once is once (N4.3).
    await tx.query(`UPDATE cases SET person_key = '' WHERE case_no = $1`, [caseNo]);
    return true;
  });
}

/** Whether something beside the case's own state keeps its data; the database asks the same (migrations/). */
async function isKept(tx: Transaction, caseNo: CaseNo): Promise<boolean> {
  const { rows } = await tx.query<{ kept: boolean }>('SELECT is_kept($1) AS kept', [caseNo]);
  return rows[0]?.kept ?? true;
}

/** Keeps a case's data beyond its term, or lets it go; the reason is sealed with the case's key. @throws NotFound */
export function holdRetention(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  {
    caseNo,
    isHeld,
    reason,
    expectedSeq,
  }: RetentionHold & { readonly reason: string; readonly expectedSeq?: number | undefined },
  stillMay?: StillMay,
): Promise<Outcome<RetentionHold>> {
  return once(store, claim, async (tx) => {
    const { head, changed } = await lockCase(tx, caseNo, stillMay);
    if (expectedSeq !== undefined && expectedSeq !== head.seq)
      return { refused: { code: 'case-changed', detail: {}, changed } };
    const key = (await store.vault.caseKeys(tx, [caseNo])).get(caseNo);
    if (!key) return { refused: { code: 'already-shredded', detail: {} } };
    if ((await readHold(tx, caseNo)) === isHeld)
      return { refused: { code: isHeld ? 'already-kept' : 'not-kept', detail: {} } };
    const text: CaseText = { note: reason };
    const now = await businessNow(tx);
    await tx.query('INSERT INTO retention_hold (case_no, held, at, decided_by, sealed) VALUES ($1, $2, $3, $4, $5)', [
      caseNo,
      isHeld,
      now,
      actor.sub,
      sealJson(key, text, 'retention-hold'),
    ]);
    return { done: { caseNo, isHeld } };
  });
}

/** Whether the case's data is kept beyond its term: what was said last. */
async function readHold(db: Queryable, caseNo: CaseNo): Promise<boolean> {
  const { rows } = await db.query<{ held: boolean }>(
    'SELECT held FROM retention_hold WHERE case_no = $1 ORDER BY id DESC LIMIT 1',
    [caseNo],
  );
  return rows[0]?.held ?? false;
}
