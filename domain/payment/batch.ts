import type { BatchId, OrgCode, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Deadline } from '../policy/deadlines.ts';
import type { Instant } from '../time.ts';

/** `expiry`: what became of the days within which somebody had to release it. */
export const batchStages = {
  prepared: { label: '待复核发放', expiry: 'running' },
  released: { label: '已提交银行', expiry: 'met' },
  settled: { label: '已全部回盘', expiry: 'met' },
  cancelled: { label: '已取消', expiry: 'dropped' },
  expired: { label: '逾期未发放，已失效', expiry: 'overdue' },
} as const;
export type BatchStage = keyof typeof batchStages;

/** The list that two people sign: its length, sum in fen and hash. */
export interface BatchList {
  readonly orders: number;
  readonly totalFen: Fen;
  readonly listHash: string;
}

export type BatchEvent =
  | ({
      readonly type: 'prepared';
      readonly batchId: BatchId;
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly by: Sub;
      readonly expires: Deadline;
    } & BatchList)
  | ({ readonly type: 'released'; readonly by: Sub } & BatchList)
  | { readonly type: 'cancelled'; readonly by: Sub }
  | { readonly type: 'expired' }
  /** A changed calendar: it may be released until another day. */
  | { readonly type: 'expiry-moved'; readonly expires: Deadline }
  | { readonly type: 'settled'; readonly paid: number; readonly failed: number; readonly returned?: number };

export interface BatchState extends BatchList {
  readonly stage: BatchStage;
  readonly batchId: BatchId;
  readonly org: OrgCode;
  readonly fund: OrgCode;
  readonly preparedBy: Sub;
  readonly preparedAt: Instant;
  readonly releasedBy: Sub | null;
  readonly expires: Deadline;
}

/** The batch after an event. @throws Error when the event cannot follow */
export function evolveBatch(state: BatchState | null, at: Instant, event: BatchEvent): BatchState {
  if (event.type === 'prepared') {
    const { batchId, org, fund, by, expires, orders, totalFen, listHash } = event;
    const list = { orders, totalFen, listHash };
    return {
      stage: 'prepared',
      batchId,
      org,
      fund,
      preparedBy: by,
      preparedAt: at,
      releasedBy: null,
      expires,
      ...list,
    };
  }
  if (state === null) throw new Error(`batch: ${event.type} before prepared`);
  switch (event.type) {
    case 'released': {
      const { orders, totalFen, listHash } = event;
      return { ...state, stage: 'released', releasedBy: event.by, orders, totalFen, listHash };
    }
    case 'expiry-moved':
      return { ...state, expires: event.expires };
    case 'cancelled':
    case 'expired':
    case 'settled':
      return { ...state, stage: event.type };
  }
}
