import { currentOrgCode, isWithin, orgUnit } from '../reference/org-units.ts';
import type { OrgCode } from '../ids.ts';
import type { Instant } from '../time.ts';
import { check, type Check } from './check.ts';
import {
  arrearsCheck,
  certificateDateCheck,
  certificateLevelCheck,
  claimsPerYearCheck,
  contributionCheck,
  employedCheck,
  filedInTimeCheck,
  type InsuredStatus,
} from './eligibility.ts';
import { canonicalOccupation, occupationsOf } from './occupations.ts';
import type { Channel, Policy } from './policy.ts';
import {
  isNameOf,
  registerCheck,
  registrationCheck,
  sameName,
  type CertificateClaim,
  type NamedPerson,
  type RegisterAnswer,
} from './registers.ts';
import type { WorkingCalendar } from './working-days.ts';

export type { Check, CheckCode } from './check.ts';
export type { InsuredStatus } from './eligibility.ts';
export type { CertificateClaim, NamedPerson, RegisterAnswer } from './registers.ts';

/** What the insurance records service answers, as of the application date (N1.0, N1.1), arrears as of the review (N3.1a). */
export type InsuranceAnswer =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly name: string;
      readonly employer: string;
      /** Administrative code of the insured place; may lie outside the province. */
      readonly org: string;
      /** Contribution months in total. */
      readonly months: number;
      readonly arrears: boolean;
      readonly status: InsuredStatus;
    };

/** What this system's own records say of other claims when the checks are made; each absent in decisions of before. */
export interface OtherClaims {
  /** Claims that the person filed earlier in the same year and that stand; asked only where the policy limits them. */
  readonly claimsThisYear?: number | undefined;
  /** Other people whose claims stand and rest on a certificate of the same number (N6.3). */
  readonly otherClaimants?: number | undefined;
}

/** What was filed and what the partners answered; the rules come beside it. */
export type CaseFile = Omit<CheckInput, 'policy' | 'calendar' | 'confirmed' | keyof OtherClaims>;

/** Everything that the automatic checks need: what was filed, what the partners answered, the rules of the day. */
export interface CheckInput extends OtherClaims {
  readonly filing: { readonly filedAt: Instant; readonly channel: Channel; readonly insuredAt: OrgCode };
  readonly person: NamedPerson;
  readonly employerName: string;
  readonly certificate: CertificateClaim;
  readonly insurance: InsuranceAnswer;
  readonly provincial: RegisterAnswer;
  readonly national: RegisterAnswer;
  /** HRSS has entered the issuing body's written confirmation (N3.1c). */
  readonly confirmed?: boolean;
  /** Moved across pooling regions: this system's own claims of the level in other regions, at filing (N2.3). */
  readonly moved?: { readonly claims: number };
  readonly policy: Policy;
  readonly calendar: WorkingCalendar;
}

const NO_RECORD = '没有失业保险参保记录。';

/**
 * The automatic checks of one application, in clause order (N1.0 … N3.1d, N4.3). They inform; two people decide (N3.1g).
 * `registered-in-province` appears for certificates from elsewhere only, `no-claim-elsewhere` for who moved,
 * `occupation-known` and `certificate-of-one-person` only when they failed, `claims-per-year` only where the policy sets
 * a limit.
 */
export function automaticChecks(input: CheckInput): Check[] {
  const { filing, person, certificate, insurance, policy, calendar } = input;
  const occupations = occupationsOf(policy);
  const filed = { filedAt: filing.filedAt, channel: filing.channel, issuedOn: certificate.issuedOn };
  const answers = { provincial: input.provincial, national: input.national };
  const checks = [
    insurance.found ? employedCheck(insurance.status, policy) : check('N1.0', 'employed', false, NO_RECORD),
    insurance.found
      ? contributionCheck(insurance.months, policy)
      : check('N1.1', 'contribution-months', false, NO_RECORD),
    certificateDateCheck(certificate.issuedOn, policy),
    certificateLevelCheck(certificate.level, certificate.kind, policy),
    filedInTimeCheck(filed, policy, calendar),
    insuredPlaceCheck(insurance, filing.insuredAt),
    insuranceRecordCheck(insurance, person, input.employerName),
    insurance.found ? arrearsCheck(insurance.arrears) : check('N3.1a', 'no-arrears', false, NO_RECORD),
  ];
  for (const register of policy.certificates.registers[certificate.kind]) {
    const claimed = { claim: certificate, person, occupations, confirmed: input.confirmed ?? false };
    checks.push(registerCheck(register, answers[register], claimed));
  }
  if (certificate.scope !== 'province') checks.push(registrationCheck(input.provincial, input.confirmed));
  if (input.moved) checks.push(claimElsewhereCheck(input.moved.claims));
  if (certificate.canonical === undefined && !canonicalOccupation(certificate.occupation, occupations).known) {
    checks.push(check('N4.3', 'occupation-known', false, '职业（工种）不在标准名称表中，需由经办人确定标准名称。'));
  }
  if (policy.claimsPerYear !== null) {
    checks.push(claimsPerYearCheck(input.claimsThisYear ?? 0, policy.claimsPerYear));
  }
  const { otherClaimants = 0 } = input;
  if (otherClaimants > 0) {
    const detail = `同一证书编号另有${otherClaimants}人申请补贴，须核实证书属于谁。`;
    checks.push(check('N6.3', 'certificate-of-one-person', false, detail));
  }
  return checks;
}

/** N2.3: beside the former place's proof, this system's own records. The same occupation is refused at filing (N4.3). */
const claimElsewhereCheck = (claims: number): Check =>
  check(
    'N2.3',
    'no-claim-elsewhere',
    claims === 0,
    claims === 0
      ? '本系统中没有在其他统筹地区申领同一等级补贴的记录。'
      : `本系统中有${claims}条在其他统筹地区申领同一等级补贴的记录，需核实是否为同一职业（工种）。`,
  );

/** N2.1: the insured place is the one applied to, a unit above or below it. */
function insuredPlaceCheck(insurance: InsuranceAnswer, insuredAt: OrgCode): Check {
  if (!insurance.found) return check('N2.1', 'insured-place', false, NO_RECORD);
  const passed = isWithin(insurance.org, insuredAt) || isWithin(insuredAt, insurance.org);
  return check(
    'N2.1',
    'insured-place',
    passed,
    passed ? '参保地与申请地一致。' : `参保地与申请地不一致，${rightAgency(insurance.org)}。`,
  );
}

function rightAgency(insuredAt: string): string {
  const code = currentOrgCode(insuredAt);
  return code === undefined
    ? `参保地（${insuredAt}）不在本省，不由本省经办机构受理`
    : `应移交参保地${orgUnit(code).name}（${code}）经办机构受理`;
}

/** N3.1a: there is a record and it is this person's; another employer is only mentioned. */
function insuranceRecordCheck(insurance: InsuranceAnswer, person: NamedPerson, employerName: string): Check {
  if (!insurance.found) return check('N3.1a', 'insurance-record', false, NO_RECORD);
  const employer = sameName(insurance.employer, employerName) ? '' : '参保单位与申请填报的单位不同，请留意。';
  const passed = isNameOf(person, insurance.name);
  const detail = passed ? '参保信息真实，姓名一致。' : '参保记录的姓名与申请不一致，需核实。';
  return check('N3.1a', 'insurance-record', passed, detail + employer);
}
