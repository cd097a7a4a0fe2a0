import type { Carrier } from '../case/tellings.ts';
import type { CaseNo, DocumentId, ObjectionId, OrderNo, OrgCode, Sub } from '../ids.ts';
import { type Fen, fen, sumFen } from '../money.ts';
import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { CivilDate, Instant } from '../time.ts';

/** Where the recovery of a paid subsidy stands (N3.4b). */
export const recoveryStages = {
  ordered: { label: '已责令追回', meaning: 'HRSS ordered it by a reasoned decision; the agency has to demand it' },
  demanded: { label: '追缴中', meaning: 'the agency demanded the money, by a plan of instalments' },
  enforcing: { label: '法院强制执行中', meaning: 'a court was asked to enforce the order' },
  closed: { label: '追回结案', meaning: 'everything came back, and nothing too much was kept' },
  'written-off': { label: '已核销', meaning: 'given up by two people, with the reason' },
  enforced: { label: '执行完毕', meaning: 'a court got everything back' },
} as const;
export type RecoveryStage = keyof typeof recoveryStages;

/** Nothing comes any more. */
export const isOver = ({ stage }: RecoveryState): boolean =>
  stage === 'closed' || stage === 'written-off' || stage === 'enforced';

export type RecoveryDeadline = Extract<DeadlineKind, 'recovery-demand' | 'recovery-payment' | 'recovery-reminder'>;

/** What is to be paid back by when; 24:00 of `dueOn` is late. */
export interface Instalment {
  readonly dueOn: CivilDate;
  readonly dueAt: Instant;
  readonly amountFen: Fen;
}

/** What the recipient has still to be told, in the order of `n`: the demand, then reminders. */
export interface Untold {
  readonly about: 'demand' | 'reminder';
  readonly n: number;
}

export type RecoveryEvent =
  /** With the report's finding; `amountFen` is what was paid, `budgetYear` whose spending it was. */
  | {
      readonly type: 'recovery-ordered';
      readonly caseNo: CaseNo;
      readonly objectionId: ObjectionId;
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly budgetYear: number;
      /** When the recipient had the money; recoveries of before it was kept have none. */
      readonly creditedOn?: CivilDate;
      readonly policyVersion: string;
      readonly demand: Deadline<'recovery-demand'>;
    }
  | { readonly type: 'demanded'; readonly by: Sub; readonly plan: readonly Instalment[] }
  | { readonly type: 'plan-changed'; readonly by: Sub; readonly plan: readonly Instalment[] }
  /** `appliedFen` of it pays the debt; the rest was too much and is given back. */
  | {
      readonly type: 'instalment-received';
      readonly by: Sub;
      readonly amountFen: Fen;
      readonly appliedFen: Fen;
      readonly receivedOn: CivilDate;
    }
  | { readonly type: 'overpayment-given-back'; readonly by: Sub; readonly amountFen: Fen; readonly paidOn: CivilDate }
  /** A day passed unmet: recorded, told, counted. `reminder`: when to look again; null once no more are sent. */
  | {
      readonly type: 'recovery-overdue';
      readonly kind: RecoveryDeadline;
      readonly dueAt: Instant;
      readonly reminder: Deadline<'recovery-reminder'> | null;
    }
  /** By message, else by letter; null: neither reached the recipient, and a person has to. */
  | {
      readonly type: 'recipient-told';
      readonly about: Untold['about'];
      readonly n: number;
      readonly reached: Carrier | null;
    }
  /** N6.3: in parallel; ends nothing. */
  | { readonly type: 'crime-referred'; readonly by: Sub; readonly documentId: DocumentId | null }
  | { readonly type: 'write-off-proposed'; readonly by: Sub; readonly amountFen: Fen }
  | { readonly type: 'write-off-declined'; readonly by: Sub }
  | { readonly type: 'written-off'; readonly by: Sub; readonly amountFen: Fen }
  | { readonly type: 'enforcement-requested'; readonly by: Sub; readonly documentId: DocumentId | null }
  | { readonly type: 'enforcement-ended'; readonly by: Sub; readonly outcome: 'satisfied' | 'unsuccessful' }
  /** The bank sent the payment itself back: nothing is owed, and `appliedFen` that came in is the recipient's again. */
  | { readonly type: 'payment-came-back'; readonly appliedFen: Fen }
  | { readonly type: 'recovery-closed'; readonly by: Sub };

/** A recovery as its events tell it; no personal data: it is also the input of a workflow run. */
export interface RecoveryState {
  readonly stage: RecoveryStage;
  readonly caseNo: CaseNo;
  readonly org: OrgCode;
  readonly fund: OrgCode;
  readonly objectionId: ObjectionId;
  readonly orderNo: OrderNo;
  readonly orderedAt: Instant;
  readonly amountFen: Fen;
  readonly budgetYear: number;
  readonly creditedOn?: CivilDate;
  readonly policyVersion: string;
  /** Everything that came in, what was too much included. */
  readonly receivedFen: Fen;
  readonly givenBackFen: Fen;
  readonly plan: readonly Instalment[];
  /** What had come in when the plan was made; the plan covers the rest. */
  readonly beforePlanFen: Fen;
  /** Up to and including which day of the plan lateness was recorded. */
  readonly lateUpTo: Instant | null;
  /** The agency's own deadline to demand. */
  readonly demand: Deadline<'recovery-demand'>;
  readonly reminder: Deadline<'recovery-reminder'> | null;
  readonly reminders: number;
  readonly untold: readonly Untold[];
  /** What no carrier could deliver. */
  readonly unreached: readonly Untold[];
  /** Who proposed to give the rest up, and who agreed: two people, in the database as well. */
  readonly writeOff: { readonly proposedBy: Sub; readonly amountFen: Fen; readonly confirmedBy: Sub | null } | null;
  readonly crimeReferredAt: Instant | null;
}

/** Still owed, in fen. */
export const outstandingFen = ({ amountFen, receivedFen }: RecoveryState): Fen =>
  fen(Math.max(0, amountFen - receivedFen));

/** Came in beyond what was owed and has not been given back, in fen. */
export const overpaidFen = ({ amountFen, receivedFen, givenBackFen }: RecoveryState): Fen =>
  fen(Math.max(0, receivedFen - amountFen) - givenBackFen);

/** Whether what came in does not reach up to and including a day of the plan. */
const isUncovered = ({ plan, beforePlanFen, receivedFen }: RecoveryState, { dueAt }: Instalment): boolean =>
  sumFen([beforePlanFen, ...plan.filter((one) => one.dueAt <= dueAt).map((one) => one.amountFen)]) > receivedFen;

/** The first day of the plan that what came in does not cover. */
const nextDue = (state: RecoveryState): Instalment | null => state.plan.find((day) => isUncovered(state, day)) ?? null;

/** What passes next if nothing happens; null: only people go on from here. */
export function nextDeadline(
  state: RecoveryState,
): { readonly kind: RecoveryDeadline; readonly dueAt: Instant } | null {
  const { stage, demand, reminder, lateUpTo } = state;
  if (stage === 'ordered') return demand.status === 'running' ? demand : null;
  if (stage !== 'demanded') return null;
  if (reminder) return reminder;
  const due = state.plan.find((one) => one.dueAt > (lateUpTo ?? '') && isUncovered(state, one));
  return due ? { kind: 'recovery-payment', dueAt: due.dueAt } : null;
}

/** Something is owed and its day is over. */
export const isLate = (state: RecoveryState): boolean => {
  const due = nextDue(state);
  return due !== null && state.lateUpTo !== null && due.dueAt <= state.lateUpTo;
};
