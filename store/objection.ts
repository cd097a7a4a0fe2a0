import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { CaseText, ObjectionKind } from '../domain/case/events.ts';
import type { CaseNo, DocumentId, EntryId, ObjectionId, RoundId } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { answerOf, type CaseAnswer, decideCase, NotFound } from './case.ts';
import { only, type Queryable } from './database.ts';
import { takeDocuments } from './document.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { openJson, sealJson, sha256 } from './vault.ts';

/** What was written, by whomever; only HRSS sees it (N3.4a). */
export interface Complaint {
  readonly text: string;
  readonly contact: string | null;
}

/** The case behind an entry of a notice, if the entry still stands. @throws NotFound */
export async function caseOfEntry(db: Queryable, roundId: RoundId, entryId: EntryId): Promise<CaseNo> {
  const { rows } = await db.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM round_entry WHERE round_id = $1 AND entry_no::text = $2 AND status <> 'struck'`,
    [roundId, entryId],
  );
  const [row] = rows;
  if (!row) throw new NotFound(`${roundId}/${entryId}`);
  return row.case_no;
}

/**
 * Receives an objection or report (N3.4a, N3.4b). It is received when the case's lock is held, so that the end of the
 * window and an objection at that instant have one answer. @throws NotFound, KeyReused
 */
export function receiveObjection(
  store: Store,
  claim: Claim,
  caseNo: CaseNo,
  kind: ObjectionKind,
  complaint: Complaint,
): Promise<Outcome<{ receiptNo: string }>> {
  return once(store, claim, async (tx, commandId) => {
    const objectionId = randomUUID() as string as ObjectionId;
    const receiptNo = randomBytes(16).toString('hex'); // contract: 128 random bits
    const options = { actor: { kind: 'public' }, commandId, ownRun: false } as const;
    const command: CaseCommand = { type: 'object', objectionId, kind };
    const outcome = await decideCase(tx, store, { caseNo, command }, options, {
      alongside: async (inside, facts) => {
        const key = await store.vault.caseKey(inside, caseNo);
        await inside.query(
          `INSERT INTO objection (objection_id, case_no, kind, received_at, state, receipt_hash, sealed)
           VALUES ($1, $2, $3, $4, 'open', $5, $6)`,
          [objectionId, caseNo, kind, facts.now, sha256(receiptNo), sealJson(key, complaint, 'objection')],
        );
      },
    });
    return 'refused' in outcome ? { refused: withoutNames(outcome.refused) } : { done: { receiptNo } };
  });
}

/** The public learns what was decided, never who on the staff did what. */
const withoutNames = ({ code, detail }: { code: string; detail: Readonly<Record<string, unknown>> }) => ({
  code,
  detail,
});

/** HRSS decides on an objection or report (N3.4a). @throws NotFound, KeyReused */
export function decideObjection(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  {
    objectionId,
    finding,
    intentional,
    text,
    documents,
  }: {
    readonly objectionId: ObjectionId;
    readonly finding: 'upheld' | 'dismissed';
    readonly intentional: boolean;
    readonly text: CaseText;
    /** What the decision names, and whose uploads they may be. */
    readonly documents?: { readonly uploader: string; readonly ids: readonly DocumentId[] };
  },
): Promise<Outcome<CaseAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    const { rows } = await tx.query<{ case_no: CaseNo }>('SELECT case_no FROM objection WHERE objection_id = $1', [
      objectionId,
    ]);
    const [found] = rows;
    if (!found) throw new NotFound(objectionId);
    const caseNo = found.case_no;
    const command: CaseCommand = { type: 'decide-objection', objectionId, by: actor.sub, finding, intentional };
    const options = { actor, commandId, ownRun: false };
    const outcome = await decideCase(tx, store, { caseNo, command, text }, options, {
      alongside: async (inside, { now }) => {
        if (documents)
          await takeDocuments(inside, store, { caseNo, uploader: documents.uploader, at: now }, documents.ids);
        await inside.query('UPDATE objection SET state = $2 WHERE objection_id = $1', [objectionId, finding]);
      },
    });
    return 'refused' in outcome ? outcome : { done: answerOf(outcome.done) };
  });
}

export interface ObjectionView extends Complaint {
  readonly objectionId: ObjectionId;
  readonly caseNo: CaseNo;
  readonly kind: ObjectionKind;
  readonly state: 'open' | 'dismissed' | 'upheld';
  readonly receivedAt: Instant;
}

/** One objection with what was written, for HRSS. @throws NotFound */
export async function readObjection(store: Store, objectionId: ObjectionId): Promise<ObjectionView> {
  const { rows } = await store.db.query<{
    case_no: CaseNo;
    kind: ObjectionKind;
    state: ObjectionView['state'];
    received_at: number;
    sealed: Buffer;
  }>('SELECT case_no, kind, state, received_at, sealed FROM objection WHERE objection_id = $1', [objectionId]);
  if (rows.length === 0) throw new NotFound(objectionId);
  const row = only(rows, 'objection');
  const key = await store.vault.caseKey(store.db, row.case_no);
  const complaint = openJson<Complaint>(key, row.sealed, 'objection');
  return {
    ...complaint,
    objectionId,
    caseNo: row.case_no,
    kind: row.kind,
    state: row.state,
    receivedAt: instantFromMs(row.received_at),
  };
}

/** State only, by the number that the objector holds. @throws NotFound */
export async function readReceipt(
  db: Queryable,
  receiptNo: string,
): Promise<{ readonly kind: ObjectionKind; readonly state: ObjectionView['state']; readonly receivedAt: Instant }> {
  const { rows } = await db.query<{ kind: ObjectionKind; state: ObjectionView['state']; received_at: number }>(
    'SELECT kind, state, received_at FROM objection WHERE receipt_hash = $1',
    [sha256(receiptNo)],
  );
  const [row] = rows;
  if (!row) throw new NotFound('receipt');
  return { kind: row.kind, state: row.state, receivedAt: instantFromMs(row.received_at) };
}
