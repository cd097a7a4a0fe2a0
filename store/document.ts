import { randomUUID } from 'node:crypto';
import type { DocumentKind, MediaType, Paper } from '../domain/document.ts';
import type { CaseNo, DocumentId } from '../domain/ids.ts';
import { retentionOn } from '../domain/policy/retention.ts';
import { addDays, instantFromMs } from '../domain/policy/dates.ts';
import { dateOf, type Instant, startOfDay } from '../domain/time.ts';
import { open, seal } from '../crypto/seal.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sha256 } from './vault.ts';

/** Documents that a form names do not exist, or are not the filer's: a form error, so nothing of it is kept. */
export class DocumentsUnusable extends Error {
  readonly documentIds: readonly DocumentId[];
  constructor(documentIds: readonly DocumentId[]) {
    super('documents that are not there or not the filer’s');
    this.documentIds = documentIds;
  }
}

export interface Upload {
  /** Whose it is until a case takes it: the caller as in `Claim`. */
  readonly uploader: string;
  readonly kind: DocumentKind | null;
  readonly mediaType: MediaType;
  readonly content: Buffer;
}

/** What is known of a document beside its content. */
export interface DocumentFacts {
  readonly documentId: DocumentId;
  readonly kind: DocumentKind | null;
  readonly mediaType: MediaType;
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
}

/** Keeps a scan, sealed with a key of its own (N2.1). @throws KeyReused */
export function storeDocument(
  store: Store,
  claim: Claim,
  { uploader, kind, mediaType, content }: Upload,
): Promise<Outcome<DocumentFacts>> {
  return once<DocumentFacts>(store, claim, async (tx) => {
    const documentId = randomUUID() as string as DocumentId;
    const hash = sha256(content);
    const { key, wrapped } = store.vault.newDocumentKey(documentId);
    await tx.query(
      `INSERT INTO document (document_id, uploader, kind, media_type, bytes, sha256, uploaded_at, wrapped, sealed)
       VALUES ($1, $2, $3, $4, $5, $6, business_now(), $7, $8)`,
      [documentId, uploader, kind, mediaType, content.length, hash, wrapped, seal(key, content, documentId)],
    );
    return { done: { documentId, kind, mediaType, bytes: content.length, sha256: hash.toString('hex') } };
  });
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Those of the documents that the uploader can't use for the case: unknown, destroyed, or somebody else's and not in the
 * case either.
 * @param caseNo null: a case that is about to be filed
 */
export async function unusableDocuments(
  db: Queryable,
  uploader: string,
  caseNo: CaseNo | null,
  documentIds: readonly DocumentId[],
): Promise<readonly DocumentId[]> {
  const { rows } = await db.query<{ document_id: DocumentId }>(
    `SELECT document_id FROM document d WHERE document_id = ANY ($1::uuid[]) AND (
       EXISTS (SELECT FROM case_document c WHERE c.document_id = d.document_id AND c.case_no = $3)
       OR uploader = $2 AND (wrapped IS NOT NULL
         OR EXISTS (SELECT FROM case_document JOIN case_key USING (case_no) WHERE document_id = d.document_id)))`,
    [documentIds.filter((id) => uuid.test(id)), uploader, caseNo],
  );
  const usable = new Set(rows.map((row) => row.document_id));
  return documentIds.filter((id) => !usable.has(id.toLowerCase() as DocumentId));
}

/** Who brings documents into which case. */
export interface Taking {
  readonly caseNo: CaseNo;
  readonly uploader: string;
  readonly at: Instant;
}

/**
 * Makes documents part of a case, in the command's transaction and with the case locked or new. What is in it already
 * stays; the uploader may bring the same document into several cases.
 * @throws DocumentsUnusable
 */
export async function takeDocuments(
  tx: Transaction,
  store: Store,
  { caseNo, uploader, at }: Taking,
  documentIds: readonly DocumentId[],
): Promise<void> {
  const wanted = [...new Set(documentIds)];
  if (wanted.length === 0) return;
  const unusable = await unusableDocuments(tx, uploader, caseNo, wanted);
  if (unusable.length > 0) throw new DocumentsUnusable(unusable);
  const { rows } = await tx.query<{ document_id: DocumentId; wrapped: Buffer | null }>(
    `SELECT document_id, wrapped FROM document WHERE document_id = ANY ($1::uuid[])
       AND NOT EXISTS (SELECT FROM case_document c WHERE c.document_id = document.document_id AND c.case_no = $2)
     ORDER BY document_id FOR UPDATE`,
    [wanted, caseNo],
  );
  const caseKey = await store.vault.caseKey(tx, caseNo);
  for (const { document_id: documentId, wrapped } of rows) {
    const key = wrapped ? store.vault.openDocumentKey(documentId, wrapped) : await keyInCase(tx, store, documentId);
    if (!key) throw new DocumentsUnusable([documentId]);
    await tx.query('INSERT INTO case_document (case_no, document_id, taken_at, wrapped) VALUES ($1, $2, $3, $4)', [
      caseNo,
      documentId,
      at,
      seal(caseKey, key, contextIn(caseNo, documentId)),
    ]);
  }
  await tx.query('UPDATE document SET wrapped = NULL WHERE document_id = ANY ($1::uuid[]) AND wrapped IS NOT NULL', [
    rows.map((row) => row.document_id),
  ]);
}

const contextIn = (caseNo: CaseNo, documentId: DocumentId): string => `document-key:${caseNo}:${documentId}`;

/** The key of a document that cases have, by whichever of their keys is still there. */
async function keyInCase(db: Queryable, store: Store, documentId: DocumentId): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ case_no: CaseNo; wrapped: Buffer }>(
    'SELECT case_no, wrapped FROM case_document WHERE document_id = $1',
    [documentId],
  );
  const keys = await store.vault.caseKeys(
    db,
    rows.map((row) => row.case_no),
  );
  for (const { case_no: caseNo, wrapped } of rows) {
    const caseKey = keys.get(caseNo);
    if (caseKey) return open(caseKey, wrapped, contextIn(caseNo, documentId));
  }
  return undefined;
}

export interface CaseDocument extends DocumentFacts, Paper {
  readonly takenAt: Instant;
}

interface Read {
  document_id: DocumentId;
  kind: DocumentKind | null;
  media_type: MediaType;
  bytes: number;
  sha256: Buffer;
}

const factsFrom = (row: Read): DocumentFacts => ({
  documentId: row.document_id,
  kind: row.kind,
  mediaType: row.media_type,
  bytes: row.bytes,
  sha256: row.sha256.toString('hex'),
});

/** The papers of a case, in the order in which they came. */
export async function caseDocuments(db: Queryable, caseNo: CaseNo): Promise<readonly CaseDocument[]> {
  const { rows } = await db.query<Read & { taken_at: number }>(
    `SELECT document_id, kind, media_type, bytes, sha256, taken_at FROM case_document JOIN document USING (document_id)
     WHERE case_no = $1 ORDER BY taken_at, uploaded_at, document_id`,
    [caseNo],
  );
  return rows.map((row) => ({ ...factsFrom(row), takenAt: instantFromMs(row.taken_at) }));
}

/** Whose a document is: its uploader's until cases have it. @throws NotFound */
export async function documentOwners(
  db: Queryable,
  documentId: string,
): Promise<{ readonly documentId: DocumentId; readonly uploader: string; readonly caseNos: readonly CaseNo[] }> {
  if (!uuid.test(documentId)) throw new NotFound(documentId);
  const { rows } = await db.query<{ document_id: DocumentId; uploader: string; case_nos: CaseNo[] }>(
    `SELECT document_id, uploader,
       array(SELECT case_no FROM case_document c WHERE c.document_id = d.document_id ORDER BY case_no) AS case_nos
     FROM document d WHERE document_id = $1`,
    [documentId],
  );
  const [row] = rows;
  if (!row) throw new NotFound(documentId);
  return { documentId: row.document_id, uploader: row.uploader, caseNos: row.case_nos };
}

/** A document with its content. Personal data. @throws NotFound also where its cases' keys were destroyed */
export async function readDocument(
  store: Store,
  documentId: DocumentId,
): Promise<DocumentFacts & { readonly content: Buffer }> {
  const { rows } = await store.db.query<Read & { wrapped: Buffer | null; sealed: Buffer }>(
    'SELECT document_id, kind, media_type, bytes, sha256, wrapped, sealed FROM document WHERE document_id = $1',
    [documentId],
  );
  const [row] = rows;
  if (!row) throw new NotFound(documentId);
  const { wrapped, sealed } = row;
  const key = wrapped ? store.vault.openDocumentKey(documentId, wrapped) : await keyInCase(store.db, store, documentId);
  if (!key) throw new NotFound(documentId);
  return { ...factsFrom(row), content: open(key, sealed, documentId) };
}

/** Removes uploads that no case took in time. @returns how many */
export async function expireDocuments(store: Store): Promise<number> {
  const today = dateOf(await businessNow(store.db));
  const before = startOfDay(addDays(today, -retentionOn(today).draftDays));
  const { rowCount } = await store.db.query('DELETE FROM document WHERE wrapped IS NOT NULL AND uploaded_at < $1', [
    before,
  ]);
  return rowCount ?? 0;
}
