import type { OrgCode } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { CivilDate, Instant } from '../time.ts';
import {
  arrearsCheck,
  certificateDateCheck,
  certificateLevelCheck,
  contributionCheck,
  employedCheck,
  filedInTimeCheck,
  lastDayToApply,
} from './eligibility.ts';
import { canonicalOccupation } from './occupations.ts';
import type { CertificateKind, Level, Policy } from './policy.ts';
import { standard } from './standards.ts';
import type { WorkingCalendar } from './working-days.ts';

/** What a person says of herself; nothing that tells who she is. */
export interface SelfDescription {
  readonly contributionMonths: number;
  readonly arrears: boolean;
  readonly certificate: {
    readonly kind: CertificateKind;
    readonly occupation: string;
    readonly level: Level;
    readonly issuedOn: CivilDate;
  };
  readonly employed: boolean;
  /** The insured place, for catalogs that count in one region only; absent: the whole province. */
  readonly insuredAt?: OrgCode | undefined;
}

export interface SelfCheckAnswer {
  readonly eligible: boolean;
  /** Fen; null where nothing is paid. */
  readonly amountFen: Fen | null;
  /** What stands in the way, by clause; what holds, when nothing does. */
  readonly reasons: readonly { readonly clause: string; readonly text: string }[];
  readonly lastDayToApply: CivilDate;
}

const province = '220000' as OrgCode;

/** The review's own rules on what a person says, applying online now (N6.5). Registers and earlier claims come later. */
export function selfCheck(
  { contributionMonths, arrears, certificate, employed, insuredAt }: SelfDescription,
  { now, policy, calendar }: { readonly now: Instant; readonly policy: Policy; readonly calendar: WorkingCalendar },
): SelfCheckAnswer {
  const { kind, level, issuedOn } = certificate;
  const checks = [
    employedCheck(employed ? 'employed' : 'unemployed'),
    contributionCheck(contributionMonths, policy),
    certificateDateCheck(issuedOn, policy),
    certificateLevelCheck(level, kind, policy),
    filedInTimeCheck({ filedAt: now, channel: 'online', issuedOn }, policy, calendar),
    arrearsCheck(arrears),
  ];
  const failed = checks.filter((check) => !check.passed);
  const occupation = canonicalOccupation(certificate.occupation).name;
  const award = standard({ occupation, level, org: insuredAt ?? province }, policy);
  return {
    eligible: failed.length === 0,
    amountFen: failed.length === 0 ? (award?.amountFen ?? null) : null,
    reasons: (failed.length > 0 ? failed : checks).map(({ clause, detail }) => ({ clause, text: detail })),
    lastDayToApply: lastDayToApply(issuedOn, policy, calendar),
  };
}
