import { randomBytes, randomUUID } from 'node:crypto';
import { open, seal } from '../crypto/seal.ts';
import type { MediaType } from '../domain/document.ts';
import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import type { CaseText, ObjectionKind } from '../domain/case/events.ts';
import type { CaseNo, DocumentId, EntryId, ObjectionId, RoundId } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { type Appraisal, readAppraisal } from './appraisal.ts';
import { answerOf, type CaseAnswer, decideCase, NotFound, type StillMay } from './case.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import { takeDocuments } from './document.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { followCase } from './recovery-begin.ts';
import type { Store } from './store.ts';
import { openJson, sealJson, sha256 } from './vault.ts';

/** What was written, by whomever; only HRSS sees it (N3.4a). */
export interface Complaint {
  readonly text: string;
  readonly contact: string | null;
}

/** A file beside it, known by its content. */
export interface ComplaintFile {
  readonly mediaType: MediaType;
  readonly content: Buffer;
}

/** A file as it is listed. */
export interface FileView {
  readonly n: number;
  readonly mediaType: MediaType;
  readonly bytes: number;
}

/** What is received: about which case, and for an objection in which round. */
export interface Received {
  readonly caseNo: CaseNo;
  readonly roundId?: RoundId;
  readonly kind: ObjectionKind;
  readonly complaint: Complaint;
  readonly files?: readonly ComplaintFile[];
}

/** The case, or how it is found: looked for only at the first time, since an entry may be gone when the same is sent again. */
export type About = CaseNo | ((db: Queryable) => Promise<CaseNo>);

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
  { caseNo: about, roundId, kind, complaint, files = [] }: Omit<Received, 'caseNo'> & { readonly caseNo: About },
): Promise<Outcome<{ receiptNo: string }>> {
  return once(store, claim, async (tx, commandId) => {
    const caseNo = typeof about === 'function' ? await about(tx) : about;
    const receiptNo = randomBytes(16).toString('hex'); // contract: 128 random bits
    const outcome = await receiveInto(
      tx,
      store,
      { caseNo, ...(roundId && { roundId }), kind, complaint, files },
      {
        objectionId: randomUUID() as string as ObjectionId,
        receiptHash: sha256(receiptNo),
        actor: { kind: 'public' },
        commandId,
      },
    );
    return 'refused' in outcome ? { refused: withoutNames(outcome.refused) } : { done: { receiptNo } };
  });
}

export interface Receiving {
  readonly objectionId: ObjectionId;
  /** SHA-256 of the number that the objector holds. */
  readonly receiptHash: Buffer;
  readonly actor: Actor;
  readonly commandId: number;
}

/** Receives into a case in the caller's transaction. @throws NotFound */
export async function receiveInto(
  tx: Transaction,
  store: Store,
  { caseNo, roundId, kind, complaint, files = [] }: Received,
  { objectionId, receiptHash, actor, commandId }: Receiving,
): Promise<Outcome<CaseAnswer>> {
  const options = { actor, commandId, ownRun: false };
  const command: CaseCommand = { type: 'object', objectionId, kind };
  const outcome = await decideCase(tx, store, { caseNo, command, ...(roundId && { roundId }) }, options, {
    alongside: async (inside, facts) => {
      const key = await store.vault.caseKey(inside, caseNo);
      await keepObjection(inside, store, { objectionId, caseNo, kind, at: facts.now, receiptHash }, complaint);
      for (const [index, { mediaType, content }] of files.entries())
        await inside.query(
          `INSERT INTO objection_file (objection_id, n, media_type, bytes, sha256, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
          [
            objectionId,
            index + 1,
            mediaType,
            content.length,
            sha256(content),
            seal(key, content, fileContext(objectionId)),
          ],
        );
    },
  });
  return 'refused' in outcome ? outcome : { done: answerOf(outcome.done) };
}

/** The row beside `objection-received`, in its transaction. */
export async function keepObjection(
  tx: Transaction,
  store: Store,
  row: {
    readonly objectionId: ObjectionId;
    readonly caseNo: CaseNo;
    readonly kind: ObjectionKind;
    readonly at: Instant;
    readonly receiptHash: Buffer;
  },
  complaint: Complaint,
): Promise<void> {
  const key = await store.vault.caseKey(tx, row.caseNo);
  await tx.query(
    `INSERT INTO objection (objection_id, case_no, kind, received_at, state, receipt_hash, sealed)
     VALUES ($1, $2, $3, $4, 'open', $5, $6)`,
    [row.objectionId, row.caseNo, row.kind, row.at, row.receiptHash, sealJson(key, complaint, 'objection')],
  );
}

const fileContext = (objectionId: ObjectionId): string => `objection-file:${objectionId}`;

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
    expectedSeq,
    text,
    documents,
  }: {
    readonly objectionId: ObjectionId;
    readonly finding: 'upheld' | 'dismissed';
    readonly intentional: boolean;
    /** The case's seq that was decided on. */
    readonly expectedSeq?: number | undefined;
    readonly text: CaseText;
    /** What the decision names, and whose uploads they may be. */
    readonly documents?: { readonly uploader: string; readonly ids: readonly DocumentId[] };
  },
  stillMay?: StillMay,
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
    const outcome = await decideCase(tx, store, { caseNo, command, text, expectedSeq }, options, {
      ...(stillMay && { stillMay }),
      alongside: async (inside, { now }) => {
        if (documents)
          await takeDocuments(inside, store, { caseNo, uploader: documents.uploader, at: now }, documents.ids);
        await inside.query('UPDATE objection SET state = $2 WHERE objection_id = $1', [objectionId, finding]);
      },
    });
    if ('refused' in outcome) return outcome;
    const followed = await followCase(tx, store, outcome.done.state, options); // N3.4b, where the money has left
    return { done: answerOf(followed ?? outcome.done) };
  });
}

export interface ObjectionView extends Complaint {
  readonly objectionId: ObjectionId;
  readonly caseNo: CaseNo;
  readonly kind: ObjectionKind;
  readonly state: 'open' | 'dismissed' | 'upheld';
  readonly receivedAt: Instant;
  /** The appraisal body's answer on the certificate; null until it has come. */
  readonly appraisal: Appraisal | null;
  readonly files: readonly FileView[];
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
  const files = await store.db.query<FileView>(
    'SELECT n, media_type AS "mediaType", bytes FROM objection_file WHERE objection_id = $1 ORDER BY n',
    [objectionId],
  );
  return {
    ...complaint,
    appraisal: await readAppraisal(store.db, store, row.case_no, objectionId),
    files: files.rows,
    objectionId,
    caseNo: row.case_no,
    kind: row.kind,
    state: row.state,
    receivedAt: instantFromMs(row.received_at),
  };
}

/** A file of an objection or report, for HRSS. @throws NotFound */
export async function readObjectionFile(
  store: Store,
  { objectionId, caseNo }: { readonly objectionId: ObjectionId; readonly caseNo: CaseNo },
  n: number,
): Promise<ComplaintFile> {
  const { rows } = await store.db.query<{ media_type: MediaType; sealed: Buffer }>(
    'SELECT media_type, sealed FROM objection_file WHERE objection_id = $1 AND n = $2',
    [objectionId, n],
  );
  const [row] = rows;
  if (!row) throw new NotFound(`${objectionId}/${n}`);
  const key = await store.vault.caseKey(store.db, caseNo);
  return { mediaType: row.media_type, content: open(key, row.sealed, fileContext(objectionId)) };
}

export type ReceiptState = ObjectionView['state'] | 'closed';

/** State only, by the number that the objector holds; a report whose case is still looked for is open. @throws NotFound */
export async function readReceipt(
  db: Queryable,
  receiptNo: string,
): Promise<{ readonly kind: ObjectionKind; readonly state: ReceiptState; readonly receivedAt: Instant }> {
  const { rows } = await db.query<{ kind: ObjectionKind; state: ReceiptState; received_at: number }>(
    `SELECT kind, state, received_at FROM objection WHERE receipt_hash = $1
     UNION ALL SELECT 'report', state, received_at FROM unmatched_report WHERE receipt_hash = $1 AND state <> 'matched'`,
    [sha256(receiptNo)],
  );
  const [row] = rows;
  if (!row) throw new NotFound('receipt');
  return { kind: row.kind, state: row.state, receivedAt: instantFromMs(row.received_at) };
}
