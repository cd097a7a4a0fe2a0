import type { IdentityNumber } from './policy/identity-number.ts';
import type { CertificateKind, Channel, Level } from './policy/policy.ts';
import type { DocumentId, OrgCode } from './ids.ts';
import type { CivilDate } from './time.ts';

/** Annex 1 as filed: parsed at the edge, sealed in PostgreSQL, never anywhere else. */
export interface Application {
  readonly channel: Channel;
  readonly applicant: {
    readonly name: string;
    readonly gender: 'male' | 'female';
    readonly birthDate: CivilDate;
    readonly idNumber: IdentityNumber;
    readonly phone: string;
    readonly homeAddress: string;
    readonly formerNames: readonly { readonly name: string; readonly documentId: DocumentId }[];
  };
  readonly employer: {
    readonly name: string;
    readonly creditCode: string;
    readonly industry: string;
    readonly address: string;
  };
  readonly certificate: {
    readonly kind: CertificateKind;
    readonly occupation: string;
    readonly level: Level;
    readonly number: string;
    readonly issuedOn: CivilDate;
    readonly issuer: { readonly name: string; readonly scope: 'province' | 'other-province' | 'industry' };
  };
  readonly account: {
    readonly kind: 'social-security-card' | 'bank-card';
    readonly number: string;
    readonly bank: string;
    readonly holder: string;
  };
  readonly insuredAt: OrgCode;
  /** N2.3: former pooling regions, each with its proof. */
  readonly movedFrom: readonly { readonly org: string; readonly documentId: DocumentId }[];
  /** N2.4: at the counter only. */
  readonly proxy: { readonly name: string; readonly idNumber: IdentityNumber } | null;
  readonly priorClaims: readonly { readonly occupation: string; readonly level: Level; readonly month: string }[];
  readonly documents: readonly DocumentId[];
  /** N2.2: what the clerk saw at the counter. */
  readonly originalsSeen: readonly { readonly kind: 'certificate' | 'id-card' | 'proxy-id-card' }[];
  readonly commitment: {
    readonly accepted: true;
    readonly signedOn: CivilDate;
    readonly by: 'applicant' | 'proxy';
    readonly documentId: DocumentId | null;
  };
}

/** Papers that the notice asks for in this case (N2.2, N2.3, N2.4). */
export type RequiredDocument = 'certificate' | 'id-card' | 'proxy-id-card' | 'commitment';

/**
 * What is still missing; it never refuses a filing, it is named and shown to the handler. Online everything comes as a
 * scan, at the counter the originals are seen, collectively each employee's own commitment is needed (N2.5).
 */
export function missingDocuments(application: Application): readonly RequiredDocument[] {
  const missing: RequiredDocument[] = [];
  const seen = new Set(application.originalsSeen.map((original) => original.kind));
  const scans = application.documents.length;
  if (application.channel === 'counter') {
    if (!seen.has('certificate')) missing.push('certificate');
    if (!seen.has('id-card')) missing.push('id-card');
    if (application.proxy && !seen.has('proxy-id-card')) missing.push('proxy-id-card');
  } else {
    if (scans < 1) missing.push('certificate');
    if (scans < 2) missing.push('id-card');
  }
  if (application.channel === 'collective' && application.commitment.documentId === null) missing.push('commitment');
  return missing;
}
