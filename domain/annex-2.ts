import type { Application } from './application.ts';
import type { CaseNo, OrgCode, RoundId } from './ids.ts';
import type { Fen } from './money.ts';
import type { CertificateKind, Level } from './policy/policy.ts';
import type { CivilDate, Instant } from './time.ts';

/** A line of Annex 2 with full data, for HRSS and the agency that reports it; null where a case's personal data was destroyed. */
export interface Annex2Entry {
  /** The entry's number in its round. */
  readonly no: number;
  readonly caseNo: CaseNo;
  readonly name: string | null;
  readonly gender: Application['applicant']['gender'] | null;
  readonly idNumber: string | null;
  readonly employer: string | null;
  readonly certificate: {
    readonly kind: CertificateKind;
    readonly occupation: string;
    readonly level: Level;
    readonly number: string | null;
    readonly issuedOn: CivilDate | null;
  };
  readonly amountFen: Fen;
}

/** Annex 2: the list that an agency reports to HRSS for publicity (N3.2). */
export interface Annex2 {
  readonly roundId: RoundId;
  readonly org: OrgCode;
  readonly unit: string;
  readonly periodFrom: CivilDate;
  readonly periodTo: CivilDate;
  readonly preparedBy: string | null;
  readonly head: string | null;
  readonly phone: string | null;
  readonly preparedAt: Instant;
  readonly entries: readonly Annex2Entry[];
  readonly totalFen: Fen;
}
