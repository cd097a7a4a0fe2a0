import type { IdentityNumber } from './policy/identity-number.ts';
import type { CertificateKind, Channel, Level } from './policy/policy.ts';
import type { DocumentId, OrgCode } from './ids.ts';
import type { CivilDate } from './time.ts';

/** What came after the filing, in the applicant's answer to a supplement (N3.1a); Annex 1 itself stays as it was filed. */
export interface Addition {
  readonly documents?: readonly DocumentId[] | undefined;
  readonly formerNames?: Application['applicant']['formerNames'] | undefined;
  readonly movedFrom?: Application['movedFrom'] | undefined;
  readonly originalsSeen?: Application['originalsSeen'] | undefined;
  readonly account?: Application['account'] | undefined;
  /** The applicant's own signed form or confirmation (N2.5). */
  readonly commitmentDocumentId?: DocumentId | undefined;
}

/** The application with what came after it: lists grow, a former name or place gets its paper, an account is replaced. */
export function withAddition(application: Application, addition: Addition): Application {
  const { applicant, commitment } = application;
  return {
    ...application,
    applicant: { ...applicant, formerNames: byKey(applicant.formerNames, addition.formerNames, ({ name }) => name) },
    movedFrom: byKey(application.movedFrom, addition.movedFrom, ({ org }) => org),
    account: addition.account ?? application.account,
    documents: [...application.documents, ...(addition.documents ?? [])],
    originalsSeen: [...application.originalsSeen, ...(addition.originalsSeen ?? [])],
    commitment: { ...commitment, documentId: addition.commitmentDocumentId ?? commitment.documentId },
  };
}

/** Both lists; the later word on the same thing counts. */
const byKey = <T>(before: readonly T[], added: readonly T[] | undefined, key: (one: T) => string): readonly T[] => [
  ...new Map([...before, ...(added ?? [])].map((one) => [key(one), one])).values(),
];

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
