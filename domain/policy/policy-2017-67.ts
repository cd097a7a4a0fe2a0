import type { OrgCode } from '../ids.ts';
import { fen } from '../money.ts';
import { civilDate } from './dates.ts';
import type { Policy } from './policy.ts';
import { letters201767, refusalReasons201767 } from './texts-2017-67.ts';

const PROVINCE = '220000' as OrgCode;

/** 吉人社联字〔2017〕67号, in force from its issue on 2017-08-23 (N7). */
export const policy201767: Policy = {
  id: '2017-67',
  document: '吉人社联字〔2017〕67号《关于失业保险支持参保职工提升职业技能有关问题的通知》',
  inForceFrom: civilDate('2017-08-23'),
  claimants: ['employed'],
  claimsPerYear: null,
  contributionMonths: 36,
  certificates: {
    issuedFrom: civilDate('2017-01-01'),
    levels: [5, 4, 3],
    kinds: ['qualification', 'skill-level'],
    registers: { qualification: ['provincial', 'national'], 'skill-level': ['provincial', 'national'] },
  },
  registerAnswers: { goodForWorkingDays: 10 },
  claimWindowMonths: 12,
  counterClosingTime: '16:30',
  standards: { 5: fen(100_000), 4: fen(150_000), 3: fen(200_000) },
  shortage: {
    occupations: [
      { name: '药物制剂工', scope: PROVINCE },
      { name: '化学分析工', scope: PROVINCE },
      { name: '焊工', scope: PROVINCE },
      { name: '建材物理检验工', scope: PROVINCE },
      { name: '模具工', scope: PROVINCE },
      { name: '多工序数控机床操作调整工', scope: PROVINCE },
    ],
    standards: { 5: fen(130_000), 4: fen(195_000), 3: fen(260_000) },
  },
  deadlines: {
    review: 5,
    'refusal-notice': 5,
    'publicity-report': 0,
    publicity: 5,
    payout: 7,
    // The notice sets no length for the following; the values are the project's, to be confirmed by the province.
    handover: 1,
    supplement: 10,
    'registration-filing': 20,
    'certificate-registration': 5,
    reconsideration: 20,
    publication: 2,
    'passed-list': 1,
    'batch-release': 2,
    'bank-return': 10,
    'recovery-demand': 5,
    'recovery-payment': 30,
    'recovery-reminder': 10,
  },
  reconsiderationDays: 60,
  refusalReasons: refusalReasons201767,
  letters: letters201767,
  carriers: { smsHours: 48, letterHours: 240 },
  reminderWorkingDays: 1,
  accountReminders: { everyWorkingDays: 10, atMost: 3 },
  escalation: [
    { to: 'supervisor', afterWorkingDays: 1 },
    { to: 'next-level', afterWorkingDays: 3 },
  ],
  bankDays: { reconcileAt: '09:30', missingAt: '12:00' },
  publicityReports: { daysOfMonth: [15, 30], cutOffTime: '09:00' },
  publicityProbes: { everyMinutes: 60, longestGapMinutes: 240 },
  recovery: { reminders: 3 },
  sample: { drawnAt: '09:00', percent: 5, atLeast: 3, signsAtMost: 20, proxyCases: 5 },
  statistics: {
    from: civilDate('2017-09-01'),
    agencyMonthlyDay: 3,
    agencyQuarterlyDay: 5,
    countyToCityDay: 3,
    cityToProvinceDay: 5,
  },
};
