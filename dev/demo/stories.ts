import type { ObjectionDecision } from '../calls.ts';
import type { Otherwise, PartnerRecords } from '../papers.ts';

/**
 * What the demo tells, and how the notice says that each story ends. Amounts, months and dates stand here as the notice
 * has them and are never asked of the code: a rule that is changed by mistake makes its story end differently.
 */
export interface Story {
  readonly title: string;
  readonly english: string;
  /** What the notice says on it. */
  readonly notice: { readonly clause: string; readonly text: string; readonly english: string };
  /** Stories with the same one are about one person. */
  readonly person: string;
  readonly application: Otherwise;
  readonly known?: PartnerRecords;
  /** `last-day` and `day-after`: of the 12 months in which the certificate may be claimed for. */
  readonly filed: 'first-morning' | 'first-afternoon' | 'last-day' | 'day-after';
  /** Nobody reviews it. */
  readonly leftLying?: true;
  readonly objection?: { readonly text: string; readonly decision: ObjectionDecision };
  readonly expected: Expected;
}

export interface Expected {
  readonly state: string;
  /** Null: nothing is granted. */
  readonly yuan: number | null;
  /** These happened, in this order, among others. */
  readonly events: readonly string[];
  /** The clauses that a refusal gives. */
  readonly clauses?: readonly string[];
  /** A clause that it gives besides, where the machine was so slow that the story began in the new year. */
  readonly later?: string;
  /** The filing itself is answered with this problem and there is no case. */
  readonly problem?: string;
  /** A deadline that was missed. */
  readonly overdue?: string;
}

const reviewed = ['filed', 'checked', 'handled'];
const paid = [...reviewed, 'approved', 'listed', 'published', 'passed', 'released', 'paid'];
const refused = [...reviewed, 'refused', 'applicant-told'];

export const stories: readonly Story[] = [
  {
    title: '长春焊工，中级（四级），紧缺职业',
    english: 'a level-4 welder in Changchun, an occupation of the shortage catalog',
    notice: {
      clause: 'N4.2',
      text: '紧缺急需职业（工种）：初级1300元、中级1950元、高级2600元；附件3列有焊工。',
      english: 'Shortage occupations: 1,300 / 1,950 / 2,600 yuan for levels 5 / 4 / 3; Annex 3 lists welders.',
    },
    person: 'welder',
    application: { certificate: { occupation: '焊工', level: 4, issuedOn: '2017-06-30' } },
    filed: 'first-morning',
    expected: { state: 'paid', yuan: 1950, events: paid },
  },
  {
    title: '厨师，高级（三级），现场申请',
    english: 'a level-3 cook, at the counter',
    notice: {
      clause: 'N4.1',
      text: '初级（五级）1000元、中级（四级）1500元、高级（三级）2000元。',
      english: '1,000 / 1,500 / 2,000 yuan for levels 5 / 4 / 3.',
    },
    person: 'cook',
    application: {
      channel: 'counter',
      certificate: { occupation: '中式烹调师', level: 3, issuedOn: '2017-03-15' },
    },
    filed: 'first-morning',
    expected: { state: 'paid', yuan: 2000, events: paid },
  },
  {
    title: '累计缴费正好36个月',
    english: 'exactly 36 months of contributions',
    notice: {
      clause: 'N1.1',
      text: '累计缴纳失业保险费36个月（含36个月）以上。',
      english: 'Contributions of 36 months or more in total, 36 included.',
    },
    person: 'nursery teacher',
    application: { certificate: { occupation: '保育员', level: 5, issuedOn: '2017-05-10' } },
    known: { months: 36 },
    filed: 'first-morning',
    expected: { state: 'paid', yuan: 1000, events: paid },
  },
  {
    title: '累计缴费35个月',
    english: '35 months of contributions',
    notice: {
      clause: 'N1.1',
      text: '累计缴纳失业保险费36个月（含36个月）以上。',
      english: 'Contributions of 36 months or more in total: 35 are too few.',
    },
    person: 'electrician',
    application: { certificate: { occupation: '电工', level: 4, issuedOn: '2017-05-10' } },
    known: { months: 35 },
    filed: 'first-morning',
    expected: { state: 'refused', yuan: null, events: refused, clauses: ['N1.1'] },
  },
  {
    title: '2016年12月31日核发的证书',
    english: 'a certificate issued on 2016-12-31',
    notice: {
      clause: 'N1.2',
      text: '自2017年1月1日起取得的职业资格证书或职业技能等级证书。',
      english: 'Certificates obtained on or after 2017-01-01.',
    },
    person: 'turner',
    application: { certificate: { occupation: '车工', level: 4, issuedOn: '2016-12-31' } },
    filed: 'first-morning',
    // Its 12 months end with 2018-01-02.
    expected: { state: 'refused', yuan: null, events: refused, clauses: ['N1.2'], later: 'N2.0' },
  },
  {
    title: '全国联网查询系统查无此证',
    english: 'a certificate that the national register does not know',
    notice: {
      clause: 'N3.1c',
      text: '证书信息通过省查询管理系统及全国联网查询系统进行核查。',
      english: 'The certificate is checked in the provincial register and in the national one.',
    },
    person: 'fitter',
    application: { certificate: { occupation: '钳工', level: 4, issuedOn: '2017-07-01' } },
    known: { unknownTo: ['national'] },
    filed: 'first-morning',
    expected: { state: 'refused', yuan: null, events: refused, clauses: ['N3.1c'] },
  },
  {
    title: '同一人、同一职业、同一等级再次申请',
    english: 'the welder of the first story again, same occupation, same level',
    notice: {
      clause: 'N4.3',
      text: '同一职业（工种）同一等级只能申请并享受一次。',
      english: 'The same occupation at the same level: once.',
    },
    person: 'welder',
    application: {
      certificate: { occupation: '电焊工', level: 4, issuedOn: '2017-09-20', number: '1707001001490001' },
    },
    filed: 'first-afternoon',
    expected: { state: 'none', yuan: null, events: [], problem: 'already-claimed' },
  },
  {
    title: '同一人、另一职业',
    english: 'the welder again, for another occupation',
    notice: {
      clause: 'N4.3',
      text: '同一职业（工种）同一等级只能申请并享受一次；另一职业不在此限。',
      english: 'The same occupation at the same level: once. Another occupation is another claim.',
    },
    person: 'welder',
    application: {
      certificate: { occupation: '管道工', level: 4, issuedOn: '2017-09-20', number: '1707001001490002' },
    },
    filed: 'first-afternoon',
    expected: { state: 'paid', yuan: 1500, events: paid },
  },
  {
    title: '公示期间有异议，经核查属实',
    english: 'an objection during publicity, found true',
    notice: {
      clause: 'N3.4a',
      text: '公示期间有异议和举报的，会同职业技能鉴定机构进行核查，情况属实的，取消补贴发放资格。',
      english: 'Objections are verified with the appraisal body; found true, the entitlement to payment is cancelled.',
    },
    person: 'analyst',
    application: { certificate: { occupation: '化学分析工', level: 4, issuedOn: '2017-04-20' } },
    filed: 'first-morning',
    objection: {
      text: '此人从未参加鉴定考试，证书系他人代考取得。',
      decision: {
        finding: 'upheld',
        reason: '经鉴定机构核查，考试非本人参加，证书已作废。',
        grounds: 'certificate',
        appraisal: { body: '长春市职业技能鉴定中心', opinion: '考场记录与本人不符。' },
      },
    },
    expected: {
      state: 'cancelled',
      yuan: null,
      events: [...reviewed, 'approved', 'listed', 'published', 'objection-received', 'objection-upheld'],
    },
  },
  {
    title: '公示期间有异议，经核查不属实',
    english: 'an objection during publicity, found untrue',
    notice: {
      clause: 'N3.3',
      text: '经公示无异议的，于7个工作日内将补贴资金一次性拨付至本人账户。',
      english: 'Held until it is decided; without a standing objection it is paid in one sum within 7 working days.',
    },
    person: 'mould maker',
    application: { certificate: { occupation: '模具工', level: 3, issuedOn: '2017-08-08' } },
    filed: 'first-morning',
    objection: {
      text: '听说他早就不在这家单位上班了。',
      decision: { finding: 'dismissed', reason: '参保记录显示申请时在职，异议不成立。', grounds: 'other' },
    },
    expected: {
      state: 'paid',
      yuan: 2600,
      events: [
        ...[...reviewed, 'approved', 'listed', 'published', 'objection-received', 'objection-dismissed'],
        ...['passed', 'released', 'paid'],
      ],
    },
  },
  {
    title: '审核逾期',
    english: 'a review that is left lying',
    notice: {
      clause: 'N3.1',
      text: '接到申请后5个工作日内审核。',
      english: 'Reviewed within 5 working days: a breach is counted and escalated, it never decides.',
    },
    person: 'forgotten',
    application: { certificate: { occupation: '汽车维修工', level: 4, issuedOn: '2017-06-01' } },
    filed: 'first-morning',
    leftLying: true,
    expected: { state: 'review', yuan: null, events: ['filed', 'checked', 'deadline-passed'], overdue: 'review' },
  },
  {
    title: '期限最后一天申请',
    english: 'filed on the last day of the 12 months',
    notice: {
      clause: 'N2.0',
      text: '证书颁发之日起12个月内申请；期限最后一天是休息日的，顺延至下一工作日。',
      english: 'Within 12 months of the issue date; a last day that is no working day moves to the next one.',
    },
    person: 'pharmacist',
    application: { certificate: { occupation: '药物制剂工', level: 5 } },
    filed: 'last-day',
    expected: { state: 'approved', yuan: 1300, events: [...reviewed, 'approved'] },
  },
  {
    title: '期限过后一天申请',
    english: 'filed one day after the 12 months',
    notice: {
      clause: 'N2.0',
      text: '证书颁发之日起12个月内申请。',
      english: 'Within 12 months of the issue date: a day later is too late.',
    },
    person: 'latecomer',
    application: { certificate: { occupation: '药物制剂工', level: 5 } },
    filed: 'day-after',
    expected: { state: 'refused', yuan: null, events: refused, clauses: ['N2.0'] },
  },
];
