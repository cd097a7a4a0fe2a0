import type { Application } from './application.ts';
import type { DocumentId } from './ids.ts';

/** What a scan may show. `other`: anything that the procedure asks for by itself, such as a written confirmation. */
export const documentKinds = [
  'certificate',
  'id-card',
  'proxy-id-card',
  'commitment',
  'no-subsidy-proof',
  'name-change-proof',
  'other',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** Papers that the notice asks for, as people read them. */
export const documentLabels: Readonly<Record<DocumentKind, string>> = {
  certificate: '职业资格证书或职业技能等级证书',
  'id-card': '申请人居民身份证',
  'proxy-id-card': '代办人居民身份证',
  commitment: '本人签字的申请表（附件1）或本人确认',
  'no-subsidy-proof': '原参保地社保经办机构开具的未享受技能提升补贴有效证明',
  'name-change-proof': '姓名变更证明',
  other: '其他材料',
};

export const mediaTypes = ['image/jpeg', 'image/png', 'application/pdf'] as const;
export type MediaType = (typeof mediaTypes)[number];

/** Papers that the notice asks for in a case (N2.2, N2.3, N2.4, N2.5), in the order in which they are named. */
export type RequiredDocument = Exclude<DocumentKind, 'other'>;
const requiredDocuments: readonly RequiredDocument[] = documentKinds.filter((kind) => kind !== 'other');

/** A document that a form names, and where in the form. */
export interface DocumentReference {
  readonly path: string;
  readonly documentId: DocumentId;
}

/** Every document that an application names; the paths are those of the form. */
export function documentReferences(application: Application): readonly DocumentReference[] {
  const { applicant, movedFrom, documents, commitment } = application;
  const places = [
    ...documents.map((documentId, at) => ({ path: `documents.${at}`, documentId })),
    ...applicant.formerNames.map((former, at) => ({ ...former, path: `applicant.formerNames.${at}.documentId` })),
    ...movedFrom.map((place, at) => ({ ...place, path: `movedFrom.${at}.documentId` })),
    { ...commitment, path: 'commitment.documentId' },
  ];
  return places.flatMap(({ path, documentId }) => (documentId === null ? [] : [{ path, documentId }]));
}

/** A document of a case; `kind` null where the uploader did not say what it is. */
export interface Paper {
  readonly documentId: DocumentId;
  readonly kind: DocumentKind | null;
}

/**
 * What is still missing; it never refuses a filing, it is named and shown to the handler. Online everything comes as a
 * scan (N2.1), at the counter the originals are seen (N2.2, N2.4), collectively each employee's own commitment is needed
 * (N2.5); a proof for each former place (N2.3).
 * @param papers all documents that the case has; one of no kind counts for whatever is missing, a person sees what it is
 */
export function missingDocuments(application: Application, papers: readonly Paper[]): readonly RequiredDocument[] {
  const { channel, proxy, movedFrom, applicant, commitment, originalsSeen, documents } = application;
  // Who files online has nobody who could have seen originals.
  const seen = channel === 'online' ? [] : originalsSeen;
  const shown = new Set<string>([...seen, ...papers].map(({ kind }) => kind ?? ''));
  // What the form names at a place of its own stands for nothing else.
  const bound = new Set(documentReferences(application).map(({ documentId }) => documentId));
  for (const documentId of documents) bound.delete(documentId);
  let ofNoKind = papers.filter(({ documentId, kind }) => kind === null && !bound.has(documentId)).length;
  const isThere = (kind: RequiredDocument): boolean => {
    if (shown.has(kind)) return true;
    if (channel === 'counter' || ofNoKind === 0) return false;
    ofNoKind -= 1;
    return true;
  };
  const isOpen: Readonly<Record<RequiredDocument, () => boolean>> = {
    certificate: () => !isThere('certificate'),
    'id-card': () => !isThere('id-card'),
    'proxy-id-card': () => proxy !== null && !shown.has('proxy-id-card'),
    commitment: () => channel === 'collective' && commitment.documentId === null && !shown.has('commitment'),
    'no-subsidy-proof': () => movedFrom.some(isWithoutPaper) && !shown.has('no-subsidy-proof'),
    'name-change-proof': () => applicant.formerNames.some(isWithoutPaper) && !shown.has('name-change-proof'),
  };
  return requiredDocuments.filter((kind) => isOpen[kind]());
}

const isWithoutPaper = ({ documentId }: { readonly documentId: DocumentId | null }): boolean => documentId === null;
