import type { Application } from '../application.ts';
import { maskedCertificateNumber, maskedIdNumber } from '../masking.ts';
import type { EntryId } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { CertificateKind, Level } from '../policy/policy.ts';
import type { CivilDate } from '../time.ts';

/** One line of the public notice: what clauses.md lets the public see, and nothing else (N3.2, PIPL). */
export interface PublicEntry {
  readonly entryId: EntryId;
  readonly name: string;
  readonly idNumber: string;
  readonly employer: string;
  readonly certificate: {
    readonly kind: CertificateKind;
    readonly occupation: string;
    readonly level: Level;
    readonly number: string;
    readonly issuedOn: CivilDate;
  };
  readonly amountFen: Fen;
}

/** An application as the public notice shows it. */
export function publicEntry(
  entryId: EntryId,
  application: Application,
  occupation: string,
  amountFen: Fen,
): PublicEntry {
  const { applicant, employer, certificate } = application;
  return {
    entryId,
    name: applicant.name,
    idNumber: maskedIdNumber(applicant.idNumber),
    employer: employer.name,
    certificate: {
      kind: certificate.kind,
      occupation,
      level: certificate.level,
      number: maskedCertificateNumber(certificate.number, applicant.idNumber),
      issuedOn: certificate.issuedOn,
    },
    amountFen,
  };
}
