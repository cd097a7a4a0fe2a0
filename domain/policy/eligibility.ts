import { type CivilDate, dateOf, type Instant } from '../time.ts';
import { check, type Check } from './check.ts';
import { addMonths, atTime, endOfDay } from './dates.ts';
import {
  certificateKindLabels,
  levelLabels,
  type CertificateKind,
  type Channel,
  type Level,
  type Policy,
} from './policy.ts';
import type { WorkingCalendar } from './working-days.ts';

/** How a person is insured, as the insurance records service says it. */
export const insuredStatuses = [
  'employed',
  'institution',
  'civil-servant',
  'freelancer',
  'unemployed',
  'retired',
  'deceased',
] as const;
export type InsuredStatus = (typeof insuredStatuses)[number];

/** An application as N2.0 sees it. */
export interface Filed {
  readonly filedAt: Instant;
  readonly channel: Channel;
  /** Of a re-issued certificate its first issue date. */
  readonly issuedOn: CivilDate;
}

const statusLabels: Readonly<Record<InsuredStatus, string>> = {
  employed: '企业职工',
  institution: '事业单位人员',
  'civil-servant': '机关工作人员',
  freelancer: '灵活就业人员',
  unemployed: '失业人员',
  retired: '退休人员',
  deceased: '已故',
};

export const channelLabels: Readonly<Record<Channel, string>> = { online: '网上', counter: '现场', collective: '集中' };

/** The last day of the window: its month's corresponding or last day, or the first working day after that (N2.0). */
export const lastDayToApply = (issuedOn: CivilDate, policy: Policy, calendar: WorkingCalendar): CivilDate =>
  calendar.onOrAfter(addMonths(issuedOn, policy.claimWindowMonths));

/** The first instant that is too late on a channel: 24:00 of the last day online, else the closing time (N2.0). */
export function windowEndsAt(
  issuedOn: CivilDate,
  channel: Channel,
  policy: Policy,
  calendar: WorkingCalendar,
): Instant {
  const last = lastDayToApply(issuedOn, policy, calendar);
  return channel === 'online' ? endOfDay(last) : atTime(last, policy.counterClosingTime);
}

/** Whether an application was filed from the issue day on and before the window ended (N2.0). */
export const filedInTime = (filed: Filed, policy: Policy, calendar: WorkingCalendar): boolean =>
  dateOf(filed.filedAt) >= filed.issuedOn &&
  filed.filedAt < windowEndsAt(filed.issuedOn, filed.channel, policy, calendar);

/** N1.0: insured on the application date as one of those who may claim: in 2017, employees of enterprises. */
export function employedCheck(status: InsuredStatus, { claimants }: Policy): Check {
  const passed = claimants.includes(status);
  const who = claimants.map((one) => statusLabels[one]).join('、');
  const detail = `参保身份为${statusLabels[status]}`;
  return check('N1.0', 'employed', passed, passed ? `${detail}。` : `${detail}，不是参加失业保险的${who}。`);
}

/** How many claims a person may make in a calendar year, where the policy limits them. @param earlier claims of that year */
export function claimsPerYearCheck(earlier: number, limit: number): Check {
  const passed = earlier < limit;
  const detail = `每人每年最多申领${limit}次，本年此前已申领${earlier}次`;
  return check('N4.3', 'claims-per-year', passed, passed ? `${detail}。` : `${detail}，已达上限。`);
}

/** N1.1: contribution months in total, over employers and regions. */
export const contributionCheck = (months: number, policy: Policy): Check =>
  check(
    'N1.1',
    'contribution-months',
    months >= policy.contributionMonths,
    months >= policy.contributionMonths
      ? `累计缴费${months}个月，达到${policy.contributionMonths}个月。`
      : `累计缴费${months}个月，不足${policy.contributionMonths}个月。`,
  );

/** N1.2: issued on or after the first date that counts. */
export const certificateDateCheck = (issuedOn: CivilDate, policy: Policy): Check => {
  const passed = issuedOn >= policy.certificates.issuedFrom;
  const from = policy.certificates.issuedFrom;
  return check(
    'N1.2',
    'certificate-date',
    passed,
    passed ? `核发日期${issuedOn}，不早于${from}。` : `核发日期${issuedOn}，早于${from}，不在补贴范围。`,
  );
};

/** N1.2: level and kind are covered. */
export function certificateLevelCheck(level: Level, kind: CertificateKind, policy: Policy): Check {
  const { levels, kinds } = policy.certificates;
  const label = `${certificateKindLabels[kind]}${levelLabels[level]}`;
  const passed = levels.includes(level) && kinds.includes(kind);
  const covered = levels.map((each) => levelLabels[each]).join('、');
  return check(
    'N1.2',
    'certificate-level',
    passed,
    passed ? `${label}，在补贴范围。` : `${label}，不在补贴范围（补贴范围：${covered}）。`,
  );
}

/** N2.0 */
export function filedInTimeCheck(filed: Filed, policy: Policy, calendar: WorkingCalendar): Check {
  const passed = filedInTime(filed, policy, calendar);
  const last = lastDayToApply(filed.issuedOn, policy, calendar);
  const filedOn = dateOf(filed.filedAt);
  const limit = filed.channel === 'online' ? '24:00' : policy.counterClosingTime;
  const channel = channelLabels[filed.channel];
  const until = `${channel}申请截止${last} ${limit}${calendar.provisional(last) ? '（该年放假安排尚未公布，暂按周一至周五推算）' : ''}`;
  const detail = () => {
    if (filedOn < filed.issuedOn) return `申请日期${filedOn}早于核发日期${filed.issuedOn}，请核实。`;
    if (passed) return `${filedOn}提出申请，在期限内（${until}）。`;
    return `${filedOn}提出申请，已超过自核发之日起${policy.claimWindowMonths}个月的期限（${until}）。`;
  };
  return check('N2.0', 'filed-in-time', passed, detail());
}

/** N3.1a: no contributions owed on the review date. */
export const arrearsCheck = (arrears: boolean): Check =>
  check('N3.1a', 'no-arrears', !arrears, arrears ? '存在失业保险费欠费。' : '无失业保险费欠费。');
