import type { OrgCode } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { CivilDate, Instant } from '../time.ts';
import {
  arrearsCheck,
  certificateDateCheck,
  certificateLevelCheck,
  claimsPerYearCheck,
  contributionCheck,
  employedCheck,
  filedInTimeCheck,
  type InsuredStatus,
  lastDayToApply,
} from './eligibility.ts';
import { canonicalOccupation, occupationsOf } from './occupations.ts';
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
  /** How exactly, for a policy that is not for employees alone. */
  readonly insuredAs?: InsuredStatus | undefined;
  /** Claims of this year so far, for a policy that limits them. */
  readonly claimsThisYear?: number | undefined;
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

/** No reason against: the review asks a person what the name means, and the amount goes by that. */
const unknownOccupation = '该职业（工种）名称不在标准名称表中，审核时由经办人确定标准名称，补贴金额以审核为准。';

const province = '220000' as OrgCode;

/** The review's own rules on what a person says, applying online now (N6.5). Registers and earlier claims come later. */
export function selfCheck(
  { contributionMonths, arrears, certificate, employed, insuredAs, claimsThisYear = 0, insuredAt }: SelfDescription,
  { now, policy, calendar }: { readonly now: Instant; readonly policy: Policy; readonly calendar: WorkingCalendar },
): SelfCheckAnswer {
  const { kind, level, issuedOn } = certificate;
  const checks = [
    employedCheck(employed ? 'employed' : (insuredAs ?? 'unemployed'), policy),
    contributionCheck(contributionMonths, policy),
    certificateDateCheck(issuedOn, policy),
    certificateLevelCheck(level, kind, policy),
    filedInTimeCheck({ filedAt: now, channel: 'online', issuedOn }, policy, calendar),
    arrearsCheck(arrears),
    ...(policy.claimsPerYear === null ? [] : [claimsPerYearCheck(claimsThisYear, policy.claimsPerYear)]),
  ];
  const failed = checks.filter((check) => !check.passed);
  const { name: occupation, known } = canonicalOccupation(certificate.occupation, occupationsOf(policy));
  const award = standard({ occupation, level, org: insuredAt ?? province }, policy);
  return {
    eligible: failed.length === 0,
    amountFen: failed.length === 0 ? (award?.amountFen ?? null) : null,
    reasons: [
      ...(failed.length > 0 ? failed : checks).map(({ clause, detail }) => ({ clause, text: detail })),
      ...(known ? [] : [{ clause: 'N4.3', text: unknownOccupation }]),
    ],
    lastDayToApply: lastDayToApply(issuedOn, policy, calendar),
  };
}
