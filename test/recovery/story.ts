import { expect } from '@jest/globals';
import type { ObjectionId, OrderNo, OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { decideRecovery, type RecoveryCommand, type RecoveryFacts } from '../../domain/recovery/decide.ts';
import { evolveRecovery } from '../../domain/recovery/evolve.ts';
import type { RecoveryEvent, RecoveryState } from '../../domain/recovery/recovery.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';
import { caseNo, org, sub } from '../case/story.ts';

const calendar = workingCalendar(calendarNotices);

export const order: RecoveryCommand = {
  type: 'order',
  caseNo,
  org,
  fund: '220100' as OrgCode,
  objectionId: '8d1f3c0e-0000-4000-8000-000000000002' as ObjectionId,
  orderNo: `${caseNo}-1` as OrderNo,
  amountFen: fen(195_000),
  budgetYear: 2017,
};
export const demand = (...plan: readonly (readonly [dueOn: string, amountFen: number])[]): RecoveryCommand => ({
  type: 'demand',
  by: sub('fin1'),
  plan:
    plan.length === 0
      ? null
      : plan.map(([dueOn, amountFen]) => ({ dueOn: civilDate(dueOn), amountFen: fen(amountFen) })),
});
export const receive = (amountFen: number, on = '2017-11-20'): RecoveryCommand => ({
  type: 'receive',
  by: sub('fin1'),
  amountFen: fen(amountFen),
  receivedOn: civilDate(on),
});
export const giveBack = (amountFen: number, on = '2017-11-20'): RecoveryCommand => ({
  type: 'give-back',
  by: sub('fin1'),
  amountFen: fen(amountFen),
  paidOn: civilDate(on),
});
export const close: RecoveryCommand = { type: 'close', by: sub('fin1') };
export const propose = (by = 'fin1'): RecoveryCommand => ({ type: 'propose-write-off', by: sub(by) });
export const agree = (by: string, accepted = true): RecoveryCommand => ({
  type: 'decide-write-off',
  by: sub(by),
  accepted,
});

export type Step = readonly [at: string, command: RecoveryCommand];
export const ordered: Step = ['2017-11-01T10:00:00+08:00', order];
export const demanded: Step = ['2017-11-06T10:00:00+08:00', demand()];

export const factsAt = (at: string): RecoveryFacts => ({ now: parseInstant(at), policy: policy201767, calendar });

/** @throws Error when a step is refused */
export function apply(state: RecoveryState | null, [at, command]: Step): RecoveryState {
  const decision = decideRecovery(state, command, factsAt(at));
  if ('refusal' in decision) throw new Error(`${command.type} refused: ${decision.refusal.code}`);
  return evolveRecovery(state, parseInstant(at), decision.event);
}

export const after = (...steps: readonly Step[]): RecoveryState | null =>
  steps.reduce<RecoveryState | null>((state, step) => apply(state, step), null);

/** Given what happened, when something is asked, then an event or a refusal. */
export function given(...steps: readonly Step[]) {
  const state = after(...steps);
  return {
    when: (at: string, command: RecoveryCommand) => {
      const decision = decideRecovery(state, command, factsAt(at));
      return {
        records: (event: Partial<RecoveryEvent>) => {
          expect('event' in decision ? decision.event : decision).toMatchObject(event);
        },
        refuses: (code: string) => {
          expect('refusal' in decision ? decision.refusal.code : decision).toBe(code);
        },
      };
    },
  };
}
