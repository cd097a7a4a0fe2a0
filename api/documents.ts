import { z } from 'zod';
import type { DocumentReference } from '../domain/document.ts';
import type { CaseNo, DocumentId } from '../domain/ids.ts';
import { unusableDocuments } from '../store/document.ts';
import type { Store } from '../store/store.ts';
import type { Caller } from './auth.ts';
import { type FieldError, invalid } from './problems.ts';

export const unusableDocument = (path: string): FieldError => ({
  path,
  code: 'unknown-document',
  message: '没有这份材料，或不是由您上传的，请重新上传后填写返回的材料编号。',
});

/** One entry for each named document that the caller can't use for the case; null: one about to be filed. */
export async function documentProblems(
  store: Store,
  caller: Caller,
  caseNo: CaseNo | null,
  references: readonly DocumentReference[],
): Promise<readonly FieldError[]> {
  if (references.length === 0) return [];
  const ids = references.map(({ documentId }) => documentId);
  const wrong = new Set(await unusableDocuments(store.db, caller.callerKey, caseNo, ids));
  return references.filter(({ documentId }) => wrong.has(documentId)).map(({ path }) => unusableDocument(path));
}

/** @throws InvalidInput */
export async function requireDocuments(
  store: Store,
  caller: Caller,
  caseNo: CaseNo,
  references: readonly DocumentReference[],
): Promise<void> {
  const errors = await documentProblems(store, caller, caseNo, references);
  if (errors.length > 0) throw invalid(errors);
}

/** Documents that a form names at paths, those that were left out dropped. */
export const namedDocuments = (
  places: Readonly<Record<string, DocumentId | null | undefined>>,
): readonly DocumentReference[] =>
  Object.entries(places).flatMap(([path, documentId]) => (documentId ? [{ path, documentId }] : []));

const id = z
  .string()
  .transform((text) => text as DocumentId)
  .nullish()
  .catch(null);
const entries = z.array(z.object({ documentId: id }).catch({ documentId: null })).catch([]);
/** As much of an application as names documents: what else is wrong with it does not hide a wrong one. */
const readable = z
  .object({
    documents: z.array(id).catch([]),
    applicant: z.object({ formerNames: entries }).catch({ formerNames: [] }),
    movedFrom: entries,
    commitment: z.object({ documentId: id }).catch({ documentId: null }),
  })
  .catch({ documents: [], applicant: { formerNames: [] }, movedFrom: [], commitment: { documentId: null } });

/** Every document that a form names, also one that is wrong elsewhere. */
export function referencesIn(body: unknown): readonly DocumentReference[] {
  const { documents, applicant, movedFrom, commitment } = readable.parse(body);
  const at = (path: string) => (one: { readonly documentId?: DocumentId | null | undefined }, index: number) =>
    [`${path}.${index}.documentId`, one.documentId] as const;
  return namedDocuments(
    Object.fromEntries([
      ...documents.map((documentId, index) => [`documents.${index}`, documentId] as const),
      ...applicant.formerNames.map(at('applicant.formerNames')),
      ...movedFrom.map(at('movedFrom')),
      ['commitment.documentId', commitment.documentId] as const,
    ]),
  );
}
