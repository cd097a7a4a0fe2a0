import { createHash, createHmac } from 'node:crypto';
import type { PayloadKeys } from '../config/keys.ts';
import { openWithRing, sealWithRing } from '../crypto/keyring.ts';
import { newKey, open, seal } from '../crypto/seal.ts';
import type { CaseNo, DocumentId } from '../domain/ids.ts';
import { only, type Queryable, type Transaction } from './database.ts';

/**
 * Keys at work: one data key per case for its personal data, one key of the system for blind indexes and answers. Both
 * kinds are stored wrapped by `PAYLOAD_KEYS`; rotation re-wraps them and touches no data.
 */
export interface Vault {
  /** Keyed hash for look-ups; equal input gives equal bytes, and nothing leads back. */
  blindIndex(kind: 'person' | 'request' | 'caller' | 'mark' | 'certificate', text: string): Buffer;
  /** A key of the system under `PAYLOAD_KEYS`. */
  wrap(key: Buffer, name: string): Buffer;
  unwrap(wrapped: Buffer, name: string): Buffer;
  sealAnswer(value: object): Buffer;
  /** What seals Temporal's payloads: the system's own, so that a rotation of `PAYLOAD_KEYS` leaves histories readable. */
  readonly payloadRing: PayloadKeys;
  openAnswer<T>(sealed: Buffer): T;
  /** A new case's key, wrapped for `case_key`. */
  newCaseKey(caseNo: CaseNo): { readonly key: Buffer; readonly wrapped: Buffer };
  /** Keys of several cases; one that was destroyed is missing from the map. */
  caseKeys(db: Queryable, caseNos: readonly CaseNo[]): Promise<ReadonlyMap<CaseNo, Buffer>>;
  /** @throws Error when the case's key was destroyed */
  caseKey(db: Queryable, caseNo: CaseNo): Promise<Buffer>;
  /** A new document's own key, wrapped for as long as no case has it. */
  newDocumentKey(documentId: DocumentId): { readonly key: Buffer; readonly wrapped: Buffer };
  openDocumentKey(documentId: DocumentId, wrapped: Buffer): Buffer;
}

/** Opens the vault; the system's key is made at first use, whoever comes first. */
export async function openVault(db: Queryable, ring: PayloadKeys): Promise<Vault> {
  const systemKey = await keepSystemKey(db, ring);
  const derived = (purpose: string) => createHmac('sha256', systemKey).update(purpose).digest();
  const indexKeys = {
    person: derived('blind-index:person'),
    request: derived('blind-index:request'),
    caller: derived('blind-index:caller'),
    mark: derived('blind-index:mark'),
    certificate: derived('blind-index:certificate'),
  };
  const answerKey = derived('answers');

  const caseKeys: Vault['caseKeys'] = async (from, caseNos) => {
    const { rows } = await from.query<{ case_no: CaseNo; wrapped: Buffer }>(
      'SELECT case_no, wrapped FROM case_key WHERE case_no = ANY ($1)',
      [caseNos],
    );
    return new Map(rows.map((row) => [row.case_no, openWithRing(ring, row.wrapped, keyContext(row.case_no))]));
  };

  return {
    blindIndex: (kind, text) => createHmac('sha256', indexKeys[kind]).update(text).digest(),
    wrap: (key, name) => sealWithRing(ring, key, name),
    unwrap: (wrapped, name) => openWithRing(ring, wrapped, name),
    payloadRing: { active: 'system', keys: new Map([['system', derived('temporal-payloads')]]) },
    sealAnswer: (value) => sealJson(answerKey, value, 'answer'),
    openAnswer: (sealed) => openJson(answerKey, sealed, 'answer'),
    newCaseKey(caseNo) {
      const key = newKey();
      return { key, wrapped: sealWithRing(ring, key, keyContext(caseNo)) };
    },
    caseKeys,
    async caseKey(from, caseNo) {
      const key = (await caseKeys(from, [caseNo])).get(caseNo);
      if (!key) throw new Error(`${caseNo}: the case's key was destroyed, its personal data can't be read`);
      return key;
    },
    newDocumentKey(documentId) {
      const key = newKey();
      return { key, wrapped: sealWithRing(ring, key, documentKeyContext(documentId)) };
    },
    openDocumentKey: (documentId, wrapped) => openWithRing(ring, wrapped, documentKeyContext(documentId)),
  };
}

/** What a case's wrapped key belongs to: moved to another case it does not open. */
export const keyContext = (caseNo: string): string => `case-key:${caseNo}`;
export const intakeKeyName = (batchId: string): string => `intake-key:${batchId}`;
export const documentKeyContext = (documentId: string): string => `document-key:${documentId}`;

async function keepSystemKey(db: Queryable, ring: PayloadKeys): Promise<Buffer> {
  const name = 'system';
  await db.query('INSERT INTO system_key (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    sealWithRing(ring, newKey(), name),
  ]);
  const { rows } = await db.query<{ wrapped: Buffer }>('SELECT wrapped FROM system_key WHERE name = $1', [name]);
  return openWithRing(ring, only(rows, 'system key').wrapped, name);
}

export const sealJson = (key: Buffer, value: object, context: string): Buffer =>
  seal(key, Buffer.from(JSON.stringify(value)), context);

/** What `sealJson` sealed under the same key and context: GCM proves that it is ours, so its shape is trusted. */
export const openJson = <T>(key: Buffer, sealed: Buffer, context: string): T =>
  JSON.parse(open(key, sealed, context).toString()) as T;

export const sha256 = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

export async function storeCaseKey(tx: Transaction, caseNo: CaseNo, wrapped: Buffer): Promise<void> {
  await tx.query('INSERT INTO case_key (case_no, wrapped) VALUES ($1, $2)', [caseNo, wrapped]);
}
