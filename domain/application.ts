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
    /** Each with the proof of the change, where there is one yet. */
    readonly formerNames: readonly { readonly name: string; readonly documentId: DocumentId | null }[];
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
  /** N2.3: former pooling regions, each with its proof, where there is one yet. */
  readonly movedFrom: readonly { readonly org: string; readonly documentId: DocumentId | null }[];
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
