import type { CaseNo, OrgCode } from '../ids.ts';
import type { Policy } from '../policy/policy.ts';
import { type RecoveryOrder, recoveryOrderText } from '../recovery/order-text.ts';
import type { Office } from '../reference/office.ts';
import { agencyName } from '../reference/org-units.ts';
import type { CivilDate } from '../time.ts';
import {
  lastDayOf,
  letterOf,
  refusalLetter,
  registrationLetter,
  type Signer,
  supplementLetter,
  upheldLetter,
  withdrawalLetter,
} from './letters.ts';
import type { CaseState } from './state.ts';
import type { About, Carrier } from './tellings.ts';

/** What a text to the applicant is made from; read from PostgreSQL when it is sent. Personal data. */
export interface TellingFacts {
  readonly caseNo: CaseNo;
  /** The applicant's name. */
  readonly name: string;
  /** The case's unit, and where its agency is found. */
  readonly org: OrgCode;
  readonly office: Office;
  /** The case right after what she is told of had happened, and the day of it. */
  readonly state: CaseState;
  readonly on: CivilDate;
  /** The objection, order or other thing that it is about; empty for the case as a whole. */
  readonly ref: string;
  readonly policy: Policy;
  /** Reasons as people wrote them for this step. */
  readonly reasons: readonly { readonly clause: string; readonly text: string }[];
  /** Of `recovery-order`: the decision. */
  readonly order?: RecoveryOrder;
}

interface TellingRow {
  readonly label: string;
  readonly clause: string;
  /** By short message: what to know and what to do, nothing that only the applicant may read. */
  readonly message: (facts: TellingFacts) => string;
  /** The letter in full; absent: salutation, the message, who signs and date. */
  readonly letter?: (facts: TellingFacts) => string;
  /** Who decided, and signs where the letter is not given in full; absent: the agency. */
  readonly signer?: Signer;
  /** Where not every carrier will do: those that do, in the order in which they are tried. */
  readonly by?: readonly Carrier[];
}

/** Everything that applicants are told. `tellingsAfter` says which event begins it. */
const tellingTable: Readonly<Record<About, TellingRow>> = {
  refusal: {
    label: '审核未通过告知',
    clause: 'N3.1e',
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）审核未通过。请登录系统查看原因；如有异议，可向同级人社部门申请复核。`,
    letter: refusalLetter,
  },
  supplement: {
    label: '补正通知',
    clause: 'N3.1a',
    message: (facts) =>
      `您的技能提升补贴申请（${facts.caseNo}）需要补正，请于${lastDayOf(facts, 'supplement')}前（含当日）登录系统查看并补齐；逾期未补正的，申请失效，可重新申请。`,
    letter: supplementLetter,
  },
  registration: {
    label: '查验备案通知',
    clause: 'N3.1d',
    message: (facts) =>
      `您的证书由外省或行业机构核发，请于${lastDayOf(facts, 'registration-filing')}前（含当日）持证书和居民身份证原件到参保地人社部门办理查验备案（申请${facts.caseNo}）；逾期未办理的，申请失效，可重新申请。`,
    letter: registrationLetter,
  },
  reminder: {
    label: '期限将满提醒',
    clause: 'N3.1',
    message: (facts) => {
      const isSupplement = facts.ref === 'supplement';
      const what = isSupplement ? '补正' : '证书查验备案';
      const until = lastDayOf(facts, isSupplement ? 'supplement' : 'registration-filing');
      return `提醒：您的技能提升补贴申请（${facts.caseNo}）的${what}期限到${until}（含当日）为止，尚未收到您的材料；逾期未办理的，申请失效，可重新申请。如已办理，请忽略。`;
    },
  },
  lapse: {
    label: '申请失效告知',
    clause: 'N3.1',
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）因逾期未补正或未办理查验备案，已失效。您可以在规定的期限内重新申请。`,
  },
  'reconsideration-upheld': {
    label: '复核维持告知',
    clause: 'N3.1f',
    message: ({ caseNo }) =>
      `您对技能提升补贴申请（${caseNo}）审核结果的复核已完成，维持不予通过。请登录系统查看理由和救济途径。`,
    letter: upheldLetter,
  },
  'reconsideration-overturned': {
    label: '复核改为通过告知',
    signer: 'hrss',
    clause: 'N3.1f',
    message: ({ caseNo }) => `您的技能提升补贴申请（${caseNo}）经复核改为通过，将进入公示。`,
  },
  merged: {
    label: '并入另一申请告知',
    clause: 'N4.3',
    message: ({ caseNo, ref }) => `您的技能提升补贴申请（${caseNo}）已并入您的另一申请（${ref}），请登录系统查看。`,
  },
  'filed-for-you': {
    label: '代为申请告知',
    clause: 'N2.4',
    message: ({ caseNo, state }) =>
      `${state.channel === 'collective' ? '您所在单位已通过人社部门' : '代办人已'}为您申请技能提升补贴（${caseNo}）。如非您本人意愿，请登录系统撤回或与经办机构联系。`,
  },
  transferred: {
    label: '移交经办机构告知',
    clause: 'N2.1',
    message: ({ caseNo, org }) =>
      `您的技能提升补贴申请（${caseNo}）已移交${agencyName(org)}办理，申请日期不变，审核期限自移交之日起重新计算。`,
  },
  'withdrawn-for-you': {
    label: '代为撤回告知',
    clause: 'N2',
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）已由经办机构按您的要求撤回。如非您本人意愿，请尽快与经办机构联系；您可以在规定的期限内重新申请。`,
    letter: withdrawalLetter,
  },
  cancellation: {
    label: '取消发放资格告知',
    signer: 'hrss',
    clause: 'N3.4a',
    message: ({ caseNo }) => `您的技能提升补贴申请（${caseNo}）经核查已取消发放资格。请登录系统查看原因和救济途径。`,
  },
  'recovery-order': {
    label: '责令追回决定书送达',
    clause: 'N3.4b',
    // A decision with remedies is served on paper; the demand that follows goes by message as well.
    by: ['letter'],
    message: ({ caseNo }) => `责令追回决定书（${caseNo}）已作出，请登录系统查看。`,
    letter: (facts) => (facts.order ? recoveryOrderText(facts.order) : letterOf(facts, [])),
  },
  account: {
    label: '更正收款账户告知',
    clause: 'N3.3',
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）的款项未能记入所填账户。请登录系统或到经办机构更正本人收款账户，更正后重新发放；` +
      '补贴资格不受影响，等待更正的时间不计入发放期限。',
  },
  'account-reminder': {
    label: '更正收款账户提醒',
    clause: 'N3.3',
    message: ({ caseNo }) =>
      `提醒：您的技能提升补贴申请（${caseNo}）的款项仍未能发放，因所填账户无法入账。请登录系统或到经办机构更正本人收款账户，` +
      '更正后重新发放；补贴资格不受影响。如已更正，请忽略。',
  },
};

/** The row of one kind, as the table has it. */
export const tellingRow = (about: About): TellingRow => tellingTable[about];
