import type { Application } from '../application.ts';
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

/** First and last character; the rest `*`. */
export const maskedIdNumber = (idNumber: string): string =>
  `${idNumber.slice(0, 1)}${'*'.repeat(Math.max(0, idNumber.length - 2))}${idNumber.slice(-1)}`;

/** The last four characters; everything where the number spells the ID number or the birth date. */
export function maskedCertificateNumber(number: string, idNumber: string): string {
  const birthDate = idNumber.slice(6, 14);
  const plain = number.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  const tells = [idNumber, birthDate, birthDate.slice(2)].some((secret) => plain.includes(secret));
  return tells ? '*'.repeat(number.length) : `${'*'.repeat(Math.max(0, number.length - 4))}${number.slice(-4)}`;
}

/** An application as the public notice shows it. */
export function publicEntry(entryId: EntryId, application: Application, occupation: string, amountFen: Fen): PublicEntry {
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
