import type { OrgCode, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Instant } from '../time.ts';

/** Whose books the adjustment money (调剂金) is in: the province's own, beside the fund of 省直 (N5.2). */
export const adjustmentFund = '220000' as OrgCode;

export const adjustmentStages = {
  requested: { label: '待省级审批' },
  granted: { label: '已调剂' },
  declined: { label: '未予调剂' },
  covered: { label: '已由本地资金解决' },
  lapsed: { label: '年度终了未批，已失效' },
} as const;
export type AdjustmentStage = keyof typeof adjustmentStages;

/** A region's request for adjustment money: what its waiting cases lack, and what became of it. */
export interface AdjustmentState {
  readonly requestId: string;
  readonly stage: AdjustmentStage;
  readonly fund: OrgCode;
  readonly budgetYear: number;
  readonly askedFen: Fen;
  readonly askedAt: Instant;
  readonly grantedFen: Fen | null;
  readonly decidedBy: Sub | null;
  readonly decidedAt: Instant | null;
}

export type AdjustmentEvent =
  | {
      readonly type: 'adjustment-requested';
      readonly requestId: string;
      readonly fund: OrgCode;
      readonly budgetYear: number;
      readonly askedFen: Fen;
    }
  /** More or fewer cases wait than when it was asked. */
  | { readonly type: 'adjustment-restated'; readonly askedFen: Fen }
  | { readonly type: 'adjustment-granted'; readonly by: Sub; readonly amountFen: Fen }
  | { readonly type: 'adjustment-declined'; readonly by: Sub }
  | { readonly type: 'adjustment-covered' }
  /** The year is over for which it was asked; what is still lacking is asked for the new one. */
  | { readonly type: 'adjustment-lapsed' };

export type AdjustmentCommand =
  /** What waiting cases lack now; 0: nothing. */
  | { readonly type: 'state-shortage'; readonly shortFen: Fen }
  | { readonly type: 'end-year'; readonly year: number }
  /** `year`: the budget year that it is. */
  | {
      readonly type: 'grant';
      readonly by: Sub;
      readonly amountFen: Fen;
      readonly availableFen: Fen;
      readonly year: number;
    }
  | { readonly type: 'decline'; readonly by: Sub };

export const adjustmentRefusals = {
  'not-in-this-state': '该调剂申请已办结',
  'adjustment-short': '调剂金可用额度不足',
  'budget-year-over': '该预算年度已结束，请按新年度的申请办理',
} as const;

export type AdjustmentDecision =
  | { readonly event: AdjustmentEvent | null }
  | {
      readonly refusal: {
        readonly code: keyof typeof adjustmentRefusals;
        readonly detail: Readonly<Record<string, string | number>>;
      };
    };

/** Decides on an open request; `availableFen` is what the adjustment fund has, read under lock. */
export function decideAdjustment(state: AdjustmentState, command: AdjustmentCommand): AdjustmentDecision {
  const { stage } = state;
  if (stage !== 'requested')
    return { refusal: { code: 'not-in-this-state', detail: { stage, stageLabel: adjustmentStages[stage].label } } };
  switch (command.type) {
    case 'state-shortage':
      if (command.shortFen <= 0) return { event: { type: 'adjustment-covered' } };
      if (command.shortFen === state.askedFen) return { event: null };
      return { event: { type: 'adjustment-restated', askedFen: command.shortFen } };
    case 'end-year':
      return { event: command.year > state.budgetYear ? { type: 'adjustment-lapsed' } : null };
    case 'grant': {
      const { by, amountFen, availableFen, year } = command;
      const { budgetYear } = state;
      if (year > budgetYear) return { refusal: { code: 'budget-year-over', detail: { budgetYear } } };
      if (amountFen > availableFen) return { refusal: { code: 'adjustment-short', detail: { availableFen } } };
      return { event: { type: 'adjustment-granted', by, amountFen } };
    }
    case 'decline':
      return { event: { type: 'adjustment-declined', by: command.by } };
  }
}

/** The request after an event. @throws Error when the event cannot follow */
export function evolveAdjustment(state: AdjustmentState | null, at: Instant, event: AdjustmentEvent): AdjustmentState {
  if (event.type === 'adjustment-requested') {
    const { requestId, fund, budgetYear, askedFen } = event;
    const open = { grantedFen: null, decidedBy: null, decidedAt: null };
    return { requestId, stage: 'requested', fund, budgetYear, askedFen, askedAt: at, ...open };
  }
  if (state === null) throw new Error(`adjustment: ${event.type} before it was requested`);
  switch (event.type) {
    case 'adjustment-restated':
      return { ...state, askedFen: event.askedFen };
    case 'adjustment-granted':
      return { ...state, stage: 'granted', grantedFen: event.amountFen, decidedBy: event.by, decidedAt: at };
    case 'adjustment-declined':
      return { ...state, stage: 'declined', decidedBy: event.by, decidedAt: at };
    case 'adjustment-covered':
      return { ...state, stage: 'covered', decidedAt: at };
    case 'adjustment-lapsed':
      return { ...state, stage: 'lapsed', decidedAt: at };
  }
}
