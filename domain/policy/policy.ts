import type { OrgCode } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { CivilDate } from '../time.ts';
import type { DeadlineKind } from './deadlines.ts';
import type { InsuredStatus } from './eligibility.ts';

/** Skill level as on the certificate: 5 初级 … 1 高级技师. */
export type Level = 1 | 2 | 3 | 4 | 5;
/** 职业资格证书 or 职业技能等级证书 (N1.2). */
export type CertificateKind = 'qualification' | 'skill-level';
/** 网上, 现场, 集中 (N2.1, N2.2, N2.5). */
export type Channel = 'online' | 'counter' | 'collective';
/** The registers in which a certificate is looked up (N3.1c). */
export type RegisterName = 'provincial' | 'national';

export const levelLabels: Readonly<Record<Level, string>> = {
  5: '初级（五级）',
  4: '中级（四级）',
  3: '高级（三级）',
  2: '技师（二级）',
  1: '高级技师（一级）',
};

export const certificateKindLabels: Readonly<Record<CertificateKind, string>> = {
  qualification: '职业资格证书',
  'skill-level': '职业技能等级证书',
};

/** Amounts by level; a level without one is not covered. */
export type Standards = Readonly<Partial<Record<Level, Fen>>>;

/** A canonical occupation and the other names that certainly mean it. */
export interface Occupation {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** One row of the shortage catalog (Annex 3): a canonical occupation, and the org unit within which it counts. */
export interface ShortageOccupation {
  readonly name: string;
  readonly scope: OrgCode;
}

/** A sentence for the applicant, and where the notice says so in its own numbering. */
export interface RefusalReason {
  readonly code: string;
  readonly clause: string;
  readonly basis: string;
  readonly text: string;
}

/** Who hears of a late deadline: the supervisor of the case's unit, then the unit above. */
export type EscalationLevel = 'supervisor' | 'next-level';

/** A version of the rules: every number of the notice, and what the notice leaves to be set. Never a constant in code. */
export interface Policy {
  readonly id: string;
  /** Document number and title, as letters cite it. */
  readonly document: string;
  readonly inForceFrom: CivilDate;
  /** N1.0: who may claim, by how they are insured on the application date. */
  readonly claimants: readonly InsuredStatus[];
  /** Claims of one person in a calendar year, at most; null: the notice of 2017 sets no limit. */
  readonly claimsPerYear: number | null;
  /** N1.1: contribution months, at least. */
  readonly contributionMonths: number;
  readonly certificates: {
    /** N1.2: first issue date that counts. */
    readonly issuedFrom: CivilDate;
    readonly levels: readonly Level[];
    readonly kinds: readonly CertificateKind[];
    /** N3.1c: where a certificate of each kind is looked up. */
    readonly registers: Readonly<Record<CertificateKind, readonly RegisterName[]>>;
  };
  /**
   * N3.1c: working days, the day of the answer not counted, for which a register's answer is good for a payment order;
   * absent in versions of before there was such a term.
   */
  readonly registerAnswers?: { readonly goodForWorkingDays: number } | undefined;
  /** N2.0: calendar months from the issue date. */
  readonly claimWindowMonths: number;
  /** N2.0: `HH:mm`, when offices close; on the last day nothing is taken in at the counter or collectively from then on. */
  readonly counterClosingTime: string;
  /** N4.1 */
  readonly standards: Standards;
  /** N4.2 */
  readonly shortage: { readonly occupations: readonly ShortageOccupation[]; readonly standards: Standards };
  /** N4.3: occupations and aliases beside those of `domain/reference/occupations.ts`; none is ever taken back. */
  readonly occupations?: readonly Occupation[];
  /** Working days of each period. */
  readonly deadlines: Readonly<Record<DeadlineKind, number>>;
  /** N3.1f: calendar days in which the applicant may ask for reconsideration. */
  readonly reconsiderationDays: number;
  /** Reasons for a refusal in plain words, by clause (N3.1e); what they leave out is written by hand. */
  readonly refusalReasons: readonly RefusalReason[];
  /** What letters cite, and the remedies with their periods (N3.1e); `{until}`: the last day to ask for reconsideration. */
  readonly letters: {
    readonly citation: string;
    readonly remedies: readonly string[];
    /** N3.4b: the remedies against an order to pay back; absent: those of a refusal that name no day. */
    readonly orderRemedies?: readonly string[];
  };
  /** For how long a carrier is waited for before the next one, and at last a person, tells (N3.1e). Hours, all round. */
  readonly carriers: { readonly smsHours: number; readonly letterHours: number };
  /** Working days before a deadline's last day on which its people are reminded. */
  readonly reminderWorkingDays: number;
  /**
   * N3.3: an account that the bank could not credit and nobody puts right: every so many working days the applicant is
   * reminded, `atMost` so often, and from the first time on it is a handler's task. Absent in versions of before.
   */
  readonly accountReminders?: { readonly everyWorkingDays: number; readonly atMost: number } | undefined;
  /** Who is told of a deadline that passed, and how many working days after its last day. */
  readonly escalation: readonly { readonly to: EscalationLevel; readonly afterWorkingDays: number }[];
  /** Hours of the working day: yesterday's statements are asked for, and one that is missing is an alarm. */
  readonly bankDays: { readonly reconcileAt: string; readonly missingAt: string };
  /** N3.2: the last working day on or before each of these days of the month (or its last day), cut off at `HH:mm`. */
  readonly publicityReports: { readonly daysOfMonth: readonly number[]; readonly cutOffTime: string };
  /**
   * N3.2: how often the site is looked at while a notice stands, in minutes, and how long it may have gone without a look
   * for the time in between to count as seen.
   */
  readonly publicityProbes: { readonly everyMinutes: number; readonly longestGapMinutes: number };
  /** N3.4b: how often a late recipient is reminded before the matter is the agency's and the court's alone. */
  readonly recovery: { readonly reminders: number };
  /**
   * N3.4c: the monthly sample of each HRSS, drawn at `HH:mm` of the month's first working day over the cases paid last
   * month: `percent` of them at random, `atLeast` so many, and up to `signsAtMost` more by risk signs. One proxy in
   * `proxyCases` cases is a sign.
   */
  readonly sample: {
    readonly drawnAt: string;
    readonly percent: number;
    readonly atLeast: number;
    readonly signsAtMost: number;
    readonly proxyCases: number;
  };
  /** N6.4: day of the month by which last month's, last quarter's figures are due. */
  readonly statistics: {
    readonly from: CivilDate;
    readonly agencyMonthlyDay: number;
    readonly agencyQuarterlyDay: number;
    readonly countyToCityDay: number;
    readonly cityToProvinceDay: number;
  };
}

/** The version in force on a day: the latest that has begun; none before the first (N7). */
export function policyInForce(policies: readonly Policy[], on: CivilDate): Policy | undefined {
  let found: Policy | undefined;
  for (const policy of policies) {
    if (policy.inForceFrom <= on && (!found || policy.inForceFrom > found.inForceFrom)) found = policy;
  }
  return found;
}
