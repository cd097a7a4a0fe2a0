import type { DeadlineKind } from '../policy/deadlines.ts';
import type { Policy } from '../policy/policy.ts';
import type { CaseNo, DocumentId, OrgCode, Sub } from '../ids.ts';
import type { CivilDate, Instant } from '../time.ts';
import type { CaseEvent } from './events.ts';
import type { Office } from '../reference/office.ts';
import { agencyName } from '../reference/org-units.ts';
import { type RecoveryOrder, recoveryOrderText } from '../recovery/order-text.ts';
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
import { staysWhenUpheld } from './procedure.ts';
import type { CaseState } from './state.ts';

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
  /** The deadline that is met when the applicant was told. */
  readonly deadline: DeadlineKind | null;
  /** By short message: what to know and what to do, nothing that only the applicant may read. */
  readonly message: (facts: TellingFacts) => string;
  /** The letter in full; absent: salutation, the message, who signs and date. */
  readonly letter?: (facts: TellingFacts) => string;
  /** Who decided, and signs where the letter is not given in full; absent: the agency. */
  readonly signer?: Signer;
  /** Where not every carrier will do: those that do, in the order in which they are tried. */
  readonly by?: readonly Carrier[];
}

/** Everything that applicants are told. Who adds one says in `tellingsAfter` which event begins it. */
const tellingTable = {
  refusal: {
    label: '审核未通过告知',
    clause: 'N3.1e',
    deadline: 'refusal-notice',
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）审核未通过。请登录系统查看原因；如有异议，可向同级人社部门申请复核。`,
    letter: refusalLetter,
  },
  supplement: {
    label: '补正通知',
    clause: 'N3.1a',
    deadline: null,
    message: (facts) =>
      `您的技能提升补贴申请（${facts.caseNo}）需要补正，请于${lastDayOf(facts, 'supplement')}前（含当日）登录系统查看并补齐；逾期未补正的，申请失效，可重新申请。`,
    letter: supplementLetter,
  },
  registration: {
    label: '查验备案通知',
    clause: 'N3.1d',
    deadline: null,
    message: (facts) =>
      `您的证书由外省或行业机构核发，请于${lastDayOf(facts, 'registration-filing')}前（含当日）持证书和居民身份证原件到参保地人社部门办理查验备案（申请${facts.caseNo}）；逾期未办理的，申请失效，可重新申请。`,
    letter: registrationLetter,
  },
  reminder: {
    label: '期限将满提醒',
    clause: 'N3.1',
    deadline: null,
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
    deadline: null,
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）因逾期未补正或未办理查验备案，已失效。您可以在规定的期限内重新申请。`,
  },
  'reconsideration-upheld': {
    label: '复核维持告知',
    clause: 'N3.1f',
    deadline: null,
    message: ({ caseNo }) =>
      `您对技能提升补贴申请（${caseNo}）审核结果的复核已完成，维持不予通过。请登录系统查看理由和救济途径。`,
    letter: upheldLetter,
  },
  'reconsideration-overturned': {
    label: '复核改为通过告知',
    signer: 'hrss',
    clause: 'N3.1f',
    deadline: null,
    message: ({ caseNo }) => `您的技能提升补贴申请（${caseNo}）经复核改为通过，将进入公示。`,
  },
  merged: {
    label: '并入另一申请告知',
    clause: 'N4.3',
    deadline: null,
    message: ({ caseNo, ref }) => `您的技能提升补贴申请（${caseNo}）已并入您的另一申请（${ref}），请登录系统查看。`,
  },
  'filed-for-you': {
    label: '代为申请告知',
    clause: 'N2.4',
    deadline: null,
    message: ({ caseNo, state }) =>
      `${state.channel === 'collective' ? '您所在单位已通过人社部门' : '代办人已'}为您申请技能提升补贴（${caseNo}）。如非您本人意愿，请登录系统撤回或与经办机构联系。`,
  },
  transferred: {
    label: '移交经办机构告知',
    clause: 'N2.1',
    deadline: null,
    message: ({ caseNo, org }) =>
      `您的技能提升补贴申请（${caseNo}）已移交${agencyName(org)}办理，申请日期不变，审核期限自移交之日起重新计算。`,
  },
  'withdrawn-for-you': {
    label: '代为撤回告知',
    clause: 'N2',
    deadline: null,
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）已由经办机构按您的要求撤回。如非您本人意愿，请尽快与经办机构联系；您可以在规定的期限内重新申请。`,
    letter: withdrawalLetter,
  },
  cancellation: {
    label: '取消发放资格告知',
    signer: 'hrss',
    clause: 'N3.4a',
    deadline: null,
    message: ({ caseNo }) => `您的技能提升补贴申请（${caseNo}）经核查已取消发放资格。请登录系统查看原因和救济途径。`,
  },
  'recovery-order': {
    label: '责令追回决定书送达',
    clause: 'N3.4b',
    deadline: null,
    // A decision with remedies is served on paper; the demand that follows goes by message as well.
    by: ['letter'],
    message: ({ caseNo }) => `责令追回决定书（${caseNo}）已作出，请登录系统查看。`,
    letter: (facts) => (facts.order ? recoveryOrderText(facts.order) : letterOf(facts, [])),
  },
  account: {
    label: '更正收款账户告知',
    clause: 'N3.3',
    deadline: null,
    message: ({ caseNo }) =>
      `您的技能提升补贴申请（${caseNo}）的款项未能记入所填账户。请登录系统或到经办机构更正本人收款账户，更正后重新发放；` +
      '补贴资格不受影响，等待更正的时间不计入发放期限。',
  },
  'account-reminder': {
    label: '更正收款账户提醒',
    clause: 'N3.3',
    deadline: null,
    message: ({ caseNo }) =>
      `提醒：您的技能提升补贴申请（${caseNo}）的款项仍未能发放，因所填账户无法入账。请登录系统或到经办机构更正本人收款账户，` +
      '更正后重新发放；补贴资格不受影响。如已更正，请忽略。',
  },
} as const satisfies Record<string, TellingRow>;
export type About = keyof typeof tellingTable;

/** The row of one kind, as the table has it. */
export const tellingRow = (about: About): TellingRow => tellingTable[about];

/** What an event obliges to tell the applicant; `ref` as in `TellingFacts`. */
export function tellingsAfter(before: CaseState | null, event: CaseEvent): readonly Begins[] {
  switch (event.type) {
    case 'filed':
      return event.onBehalf ? [{ about: 'filed-for-you', ref: '' }] : [];
    case 'transferred':
      return [{ about: 'transferred', ref: '' }];
    case 'refused':
      return [{ about: 'refusal', ref: '' }];
    case 'supplement-asked':
      return [{ about: 'supplement', ref: '' }];
    case 'registration-asked':
      return [{ about: 'registration', ref: '' }];
    case 'applicant-reminded':
      return [{ about: 'reminder', ref: event.kind }];
    case 'reconsideration-upheld':
      return [{ about: 'reconsideration-upheld', ref: '' }];
    case 'reconsideration-overturned':
      return [{ about: 'reconsideration-overturned', ref: '' }];
    case 'merged':
      return [{ about: 'merged', ref: event.into }];
    case 'withdrawn':
      return event.by === undefined ? [] : [{ about: 'withdrawn-for-you', ref: '' }];
    case 'lapsed':
      return [{ about: 'lapse', ref: '' }];
    case 'objection-upheld':
      // Once the money has left, recovery tells by its own decision (N3.4b); a case that is over loses nothing.
      if (before !== null && staysWhenUpheld.includes(before.stage)) return [];
      return [{ about: 'cancellation', ref: event.objectionId }];
    case 'recovery-order-issued':
      return [{ about: 'recovery-order', ref: event.objectionId }];
    case 'payment-failed':
    case 'payment-returned':
      return [{ about: 'account', ref: event.orderNo }];
    case 'account-reminded':
      return [{ about: 'account-reminder', ref: event.endedOrder }];
    case 'payment-cancelled':
      return [{ about: 'cancellation', ref: event.objectionId }];
    default:
      return [];
  }
}
interface Begins {
  readonly about: About;
  readonly ref: string;
}

/** In the order in which they are tried, where a telling names none of its own. */
export const carriers = ['sms', 'letter'] as const;
export type Carrier = (typeof carriers)[number];
export const carrierLabels: Readonly<Record<Carrier, string>> = { sms: '短信', letter: '挂号信' };

/** What the applicant still has to be told. `n`: the case's how manieth. */
export interface OpenTelling extends Begins {
  readonly n: number;
  readonly since: Instant;
  /** No carrier reached her: a person tells and records how. */
  readonly failed: boolean;
}

/** As a case keeps them; a case that has told nothing yet keeps none. */
export interface Tellings {
  readonly begun: number;
  readonly open: readonly OpenTelling[];
}

/** How a person told the applicant when no carrier reached her. */
export const ways = {
  'in-person': '当面送达',
  phone: '电话告知',
  'left-at-address': '留置送达',
  'public-notice': '公告送达',
} as const;
export type Way = keyof typeof ways;

/** Proof that a message or letter arrived (N3.1e): the partner's instant, and the hash of its answer, which is kept. */
export interface Delivery {
  readonly carrier: Carrier;
  readonly messageId: string;
  readonly deliveredAt: Instant;
  /** SHA-256 of the partner's answer, hex. */
  readonly proof: string;
}

export interface Attempt {
  readonly carrier: Carrier;
  readonly messageId: string;
}

/** What becomes of a telling. */
export type TellingEvent =
  /** Of before carriers and proofs were recorded, a refusal without `n` and what follows it. */
  | ({
      readonly type: 'applicant-told';
      readonly about: About;
      readonly messageId: string;
      readonly n?: number;
    } & Partial<Omit<Delivery, 'messageId'>>)
  | {
      readonly type: 'telling-failed';
      readonly n: number;
      readonly about: About;
      readonly attempts: readonly Attempt[];
    }
  | {
      readonly type: 'told-by-person';
      readonly n: number;
      readonly about: About;
      readonly by: Sub;
      readonly on: CivilDate;
      readonly way: Way;
      readonly documentId: DocumentId;
    };

export const openTellings = (state: CaseState): readonly OpenTelling[] => state.tellings?.open ?? [];

/** Without what no longer has to be told: a new account came, or none is needed any more. */
export const withoutTelling = (state: CaseState, ...about: readonly About[]): Pick<CaseState, 'tellings'> =>
  state.tellings
    ? { tellings: { ...state.tellings, open: openTellings(state).filter((one) => !about.includes(one.about)) } }
    : {};

/** What the case's run sends next; undefined where nothing is left, or only what a person has to tell. */
export const nextTelling = (state: CaseState): OpenTelling | undefined =>
  openTellings(state).find((telling) => !telling.failed);
