import type { Sub } from '../ids.ts';
import { movedDeadline } from '../policy/moved-deadlines.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import { dateOf, type Instant } from '../time.ts';
import { type BatchEvent, type BatchList, batchStages, type BatchState } from './batch.ts';

export type BatchCommand =
  | ({ readonly type: 'release'; readonly by: Sub; readonly present: BatchList } & Pick<
      BatchList,
      'totalFen' | 'listHash'
    >)
  | { readonly type: 'cancel'; readonly by: Sub }
  | { readonly type: 'expire' }
  | { readonly type: 'move-expiry'; readonly calendar: WorkingCalendar }
  | {
      readonly type: 'settle';
      readonly open: number;
      readonly paid: number;
      readonly failed: number;
      readonly returned?: number;
    };

export const batchRefusals = {
  'not-in-this-state': '批次当前状态不能办理此操作',
  'four-eyes': '制单人与复核发放人不得为同一人',
  'batch-changed': '所填金额或名单与批次现状不一致，请核对名单后重新确认',
  'batch-expired': '批次已逾期，请重新制单',
  'not-expired': '批次尚未逾期',
  'expiry-stays': '放假安排未影响本批次期限',
  'orders-open': '仍有支付指令未有结果',
} as const;
export type BatchRefusal = keyof typeof batchRefusals;

export type BatchDecision =
  | { readonly event: BatchEvent }
  | { readonly refusal: { readonly code: BatchRefusal; readonly detail: Readonly<Record<string, string | number>> } };

const refuse = (code: BatchRefusal, detail: Readonly<Record<string, string | number>> = {}): BatchDecision => ({
  refusal: { code, detail },
});

const notNow = ({ stage }: BatchState): BatchDecision =>
  refuse('not-in-this-state', { stage, stageLabel: batchStages[stage].label });

/**
 * Decides on a batch (N3.3): released by another person than prepared it, over the very list that was prepared.
 * `present` in `release` is the list as it stands under lock.
 */
export function decideBatch(state: BatchState, command: BatchCommand, now: Instant): BatchDecision {
  switch (command.type) {
    case 'release': {
      if (state.stage !== 'prepared') return notNow(state);
      if (command.by === state.preparedBy) return refuse('four-eyes');
      if (now >= state.expires.dueAt) return refuse('batch-expired', { expiredAt: state.expires.dueAt });
      const { present } = command;
      const agrees = present.listHash === command.listHash && present.totalFen === command.totalFen;
      if (!agrees || present.orders === 0) return refuse('batch-changed', { ...present });
      return { event: { type: 'released', by: command.by, ...present } };
    }
    case 'cancel':
      if (state.stage !== 'prepared') return notNow(state);
      return { event: { type: 'cancelled', by: command.by } };
    case 'expire':
      if (state.stage !== 'prepared') return notNow(state);
      return now < state.expires.dueAt ? refuse('not-expired') : { event: { type: 'expired' } };
    case 'move-expiry': {
      if (state.stage !== 'prepared') return notNow(state);
      const expires = movedDeadline(state.expires, command.calendar, dateOf(now));
      return expires ? { event: { type: 'expiry-moved', expires } } : refuse('expiry-stays');
    }
    case 'settle':
      if (state.stage !== 'released') return notNow(state);
      if (command.open > 0) return refuse('orders-open', { open: command.open });
      return {
        event: {
          type: 'settled',
          paid: command.paid,
          failed: command.failed,
          ...(command.returned ? { returned: command.returned } : {}),
        },
      };
  }
}
