import type { Carrier } from '../case/tellings.ts';
import type { CaseNo, DocumentId, ObjectionId, OrderNo, OrgCode, Sub } from '../ids.ts';
import { type Fen, fen, sumFen } from '../money.ts';
import { endOfDay } from '../policy/dates.ts';
import { pastDue } from '../policy/deadlines.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import type { Policy } from '../policy/policy.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import { type CivilDate, dateOf, type Instant } from '../time.ts';
import {
  type Instalment,
  isOver,
  nextDeadline,
  outstandingFen,
  overpaidFen,
  type RecoveryDeadline,
  type RecoveryEvent,
  recoveryStages,
  type RecoveryState,
  type Untold,
} from './recovery.ts';

/** Everything that can be asked of a recovery. Codes, dates and amounts only: what people wrote is sealed beside. */
export type RecoveryCommand =
  | {
      readonly type: 'order';
      readonly caseNo: CaseNo;
      readonly objectionId: ObjectionId;
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly orderNo: OrderNo;
      readonly amountFen: Fen;
      readonly budgetYear: number;
      readonly creditedOn?: CivilDate;
    }
  /** Without a plan everything is due at once, at the end of the policy's period. */
  | { readonly type: 'demand'; readonly by: Sub; readonly plan: readonly PlannedDay[] | null }
  | { readonly type: 'change-plan'; readonly by: Sub; readonly plan: readonly PlannedDay[] }
  | { readonly type: 'receive'; readonly by: Sub; readonly amountFen: Fen; readonly receivedOn: CivilDate }
  | { readonly type: 'give-back'; readonly by: Sub; readonly amountFen: Fen; readonly paidOn: CivilDate }
  | { readonly type: 'pass-deadline'; readonly kind: RecoveryDeadline; readonly dueAt: Instant }
  | ({ readonly type: 'record-told'; readonly reached: Carrier | null } & Untold)
  | { readonly type: 'refer-crime'; readonly by: Sub; readonly documentId: DocumentId | null }
  | { readonly type: 'propose-write-off'; readonly by: Sub }
  | { readonly type: 'decide-write-off'; readonly by: Sub; readonly accepted: boolean }
  | { readonly type: 'request-enforcement'; readonly by: Sub; readonly documentId: DocumentId | null }
  | { readonly type: 'end-enforcement'; readonly by: Sub; readonly outcome: 'satisfied' | 'unsuccessful' }
  | { readonly type: 'record-return' }
  | { readonly type: 'close'; readonly by: Sub };

export interface PlannedDay {
  readonly dueOn: CivilDate;
  readonly amountFen: Fen;
}

/** The commands that a workflow run may give for its own recovery. */
export type RecoveryRunCommand = Extract<RecoveryCommand, { type: 'pass-deadline' }>;

/** What a decision rests on besides the recovery itself; recorded with it. */
export interface RecoveryFacts {
  readonly now: Instant;
  /** For a new recovery the version in force today, later the one that it records. */
  readonly policy: Policy;
  readonly calendar: WorkingCalendar;
}

export const recoveryRefusals = {
  'not-in-this-state': '追回事项当前状态不能办理此操作',
  'recovery-ordered': '该案件已责令追回',
  'plan-differs': '分期计划合计与尚欠金额不一致，或日期未按先后排列、早于今日',
  'still-owed': '尚有未追回的金额，不能结案',
  'overpaid-not-given-back': '多收的款项尚未退还，不能结案',
  'nothing-owed': '已无尚欠金额',
  'not-overpaid': '没有这么多多收的款项可退',
  'in-the-future': '日期不能晚于今日',
  'before-payment': '退款日期不能早于补贴入账日',
  'no-write-off': '没有待复核的核销申请',
  'write-off-open': '已有待复核的核销申请',
  'four-eyes': '核销申请人与复核人不得为同一人',
  'already-referred': '已移送司法机关',
  'already-told': '已经告知当事人',
  'not-this-deadline': '没有这一进行中的期限',
} as const;
export type RecoveryRefusal = keyof typeof recoveryRefusals;

export type RecoveryDecision =
  | { readonly event: RecoveryEvent }
  | {
      readonly refusal: { readonly code: RecoveryRefusal; readonly detail: Readonly<Record<string, string | number>> };
    };

const refuse = (code: RecoveryRefusal, detail: Readonly<Record<string, string | number>> = {}): RecoveryDecision => ({
  refusal: { code, detail },
});

const notNow = ({ stage }: RecoveryState): RecoveryDecision =>
  refuse('not-in-this-state', { stage, stageLabel: recoveryStages[stage].label });

/** Decides on a recovery (N3.4b); pure. `state` is null only for `order`. */
export function decideRecovery(
  state: RecoveryState | null,
  command: RecoveryCommand,
  facts: RecoveryFacts,
): RecoveryDecision {
  if (command.type === 'order') return state === null ? order(command, facts) : refuse('recovery-ordered');
  if (state === null) return refuse('not-in-this-state');
  // Money that comes after all is taken and booked, also once it was given up.
  const mayComeLate = state.stage === 'written-off' && (command.type === 'receive' || command.type === 'give-back');
  if (isOver(state) && !mayComeLate) return notNow(state);
  switch (command.type) {
    case 'demand':
      if (state.stage !== 'ordered') return notNow(state);
      return planned(state, command.plan ?? atOnce(state, facts), facts, (plan) => ({
        type: 'demanded',
        by: command.by,
        plan,
      }));
    case 'change-plan':
      if (state.stage !== 'demanded') return notNow(state);
      return planned(state, command.plan, facts, (plan) => ({ type: 'plan-changed', by: command.by, plan }));
    case 'receive': {
      const { by, amountFen, receivedOn } = command;
      if (receivedOn > dateOf(facts.now)) return refuse('in-the-future');
      const { creditedOn } = state;
      if (creditedOn && receivedOn < creditedOn) return refuse('before-payment', { creditedOn });
      const appliedFen = fen(Math.min(amountFen, outstandingFen(state)));
      return { event: { type: 'instalment-received', by, amountFen, appliedFen, receivedOn } };
    }
    case 'give-back': {
      const { by, amountFen, paidOn } = command;
      if (paidOn > dateOf(facts.now)) return refuse('in-the-future');
      if (amountFen > overpaidFen(state)) return refuse('not-overpaid', { overpaidFen: overpaidFen(state) });
      return { event: { type: 'overpayment-given-back', by, amountFen, paidOn } };
    }
    case 'pass-deadline':
      return passDeadline(state, command, facts);
    case 'record-told': {
      const { about, n, reached } = command;
      const isUntold = state.untold.some((one) => one.about === about && one.n === n);
      return isUntold ? { event: { type: 'recipient-told', about, n, reached } } : refuse('already-told');
    }
    case 'refer-crime':
      if (state.crimeReferredAt !== null) return refuse('already-referred', { at: state.crimeReferredAt });
      return { event: { type: 'crime-referred', by: command.by, documentId: command.documentId } };
    case 'propose-write-off':
      if (outstandingFen(state) === 0) return refuse('nothing-owed');
      if (state.writeOff) return refuse('write-off-open');
      return { event: { type: 'write-off-proposed', by: command.by, amountFen: outstandingFen(state) } };
    case 'decide-write-off':
      return decideWriteOff(state, command);
    case 'request-enforcement':
      if (state.stage !== 'demanded') return notNow(state);
      if (outstandingFen(state) === 0) return refuse('nothing-owed');
      return { event: { type: 'enforcement-requested', by: command.by, documentId: command.documentId } };
    case 'end-enforcement':
      if (state.stage !== 'enforcing') return notNow(state);
      if (command.outcome === 'satisfied') {
        const open = stillOpen(state);
        if (open) return open;
      }
      return { event: { type: 'enforcement-ended', by: command.by, outcome: command.outcome } };
    case 'record-return':
      return { event: { type: 'payment-came-back', appliedFen: fen(Math.min(state.receivedFen, state.amountFen)) } };
    case 'close':
      return stillOpen(state) ?? { event: { type: 'recovery-closed', by: command.by } };
  }
}

function order(command: Extract<RecoveryCommand, { type: 'order' }>, facts: RecoveryFacts): RecoveryDecision {
  const { caseNo, objectionId, org, fund, orderNo, amountFen, budgetYear, creditedOn } = command;
  const { now, policy, calendar } = facts;
  return {
    event: {
      type: 'recovery-ordered',
      ...{ caseNo, objectionId, org, fund, orderNo, amountFen, budgetYear, policyVersion: policy.id },
      ...(creditedOn && { creditedOn }),
      demand: startDeadline('recovery-demand', dateOf(now), policy.deadlines['recovery-demand'], calendar),
    },
  };
}

/** Everything at the end of the policy's period. */
function atOnce(state: RecoveryState, { now, policy, calendar }: RecoveryFacts): readonly PlannedDay[] {
  const dueOn = calendar.add(dateOf(now), policy.deadlines['recovery-payment']);
  return [{ dueOn, amountFen: outstandingFen(state) }];
}

/** A plan covers what is owed, day after day; a day off moves to the next working day. */
function planned(
  state: RecoveryState,
  days: readonly PlannedDay[],
  { now, calendar }: RecoveryFacts,
  event: (plan: readonly Instalment[]) => RecoveryEvent,
): RecoveryDecision {
  const owed = outstandingFen(state);
  if (owed === 0) return refuse('nothing-owed');
  const plan = days.map(({ dueOn: asked, amountFen }) => {
    const dueOn = calendar.onOrAfter(asked);
    return { dueOn, dueAt: endOfDay(dueOn), amountFen };
  });
  const inOrder = plan.every(({ dueOn }, index) => dueOn > (plan[index - 1]?.dueOn ?? '') && dueOn >= dateOf(now));
  const totalFen = sumFen(plan.map((one) => one.amountFen));
  return inOrder && totalFen === owed ? { event: event(plan) } : refuse('plan-differs', { outstandingFen: owed });
}

/** N3.4b: what is late is recorded and the recipient reminded, so many times as the policy says; it decides nothing. */
function passDeadline(
  state: RecoveryState,
  { kind, dueAt }: Extract<RecoveryCommand, { type: 'pass-deadline' }>,
  { now, policy, calendar }: RecoveryFacts,
): RecoveryDecision {
  const next = nextDeadline(state);
  if (next?.kind !== kind || next.dueAt !== dueAt || !pastDue({ dueAt }, now)) return refuse('not-this-deadline');
  const isLast = kind === 'recovery-demand' || state.reminders + 1 >= policy.recovery.reminders;
  const reminder = isLast
    ? null
    : startDeadline('recovery-reminder', dateOf(dueAt), policy.deadlines['recovery-reminder'], calendar);
  return { event: { type: 'recovery-overdue', kind, dueAt, reminder } };
}

function decideWriteOff(
  state: RecoveryState,
  { by, accepted }: Extract<RecoveryCommand, { type: 'decide-write-off' }>,
): RecoveryDecision {
  const { writeOff } = state;
  if (!writeOff) return refuse('no-write-off');
  if (writeOff.proposedBy === by) return refuse('four-eyes');
  if (!accepted) return { event: { type: 'write-off-declined', by } };
  return { event: { type: 'written-off', by, amountFen: outstandingFen(state) } };
}

function stillOpen(state: RecoveryState): RecoveryDecision | null {
  if (outstandingFen(state) > 0) return refuse('still-owed', { outstandingFen: outstandingFen(state) });
  if (overpaidFen(state) > 0) return refuse('overpaid-not-given-back', { overpaidFen: overpaidFen(state) });
  return null;
}
