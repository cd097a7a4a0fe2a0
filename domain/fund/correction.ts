import type { OrgCode, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Instant } from '../time.ts';

export const correctionStages = {
  proposed: { label: '待确认' },
  made: { label: '已更正' },
  declined: { label: '未予更正' },
} as const;
export type CorrectionStage = keyof typeof correctionStages;

/** Budget that was entered too high and is taken back out of a fund's year (N5.2): entered by one, confirmed by another. */
export interface CorrectionState {
  readonly correctionId: string;
  readonly stage: CorrectionStage;
  readonly fund: OrgCode;
  readonly budgetYear: number;
  /** What is taken back, more than zero. */
  readonly amountFen: Fen;
  readonly proposedBy: Sub;
  readonly proposedAt: Instant;
  readonly decidedBy: Sub | null;
  readonly decidedAt: Instant | null;
}

export type CorrectionEvent =
  | {
      readonly type: 'budget-correction-proposed';
      readonly correctionId: string;
      readonly fund: OrgCode;
      readonly budgetYear: number;
      readonly amountFen: Fen;
      readonly by: Sub;
    }
  | { readonly type: 'budget-corrected'; readonly by: Sub }
  | { readonly type: 'budget-correction-declined'; readonly by: Sub };

export type CorrectionCommand =
  /** `freeFen`: budget of the year that nothing was promised from yet, read under lock. */
  | { readonly type: 'confirm'; readonly by: Sub; readonly freeFen: Fen }
  | { readonly type: 'decline'; readonly by: Sub };

export const correctionRefusals = {
  'not-in-this-state': '该预算更正已办结',
  'four-eyes': '预算更正的提出人与确认人不得为同一人',
  'budget-in-use': '更正金额超过该年度预算中尚未使用的额度',
} as const;

export type CorrectionDecision =
  | { readonly event: CorrectionEvent }
  | {
      readonly refusal: {
        readonly code: keyof typeof correctionRefusals;
        readonly detail: Readonly<Record<string, string | number>>;
      };
    };

/** Decides on a proposed correction; who proposed it may take it back, never confirm it. */
export function decideCorrection(state: CorrectionState, command: CorrectionCommand): CorrectionDecision {
  const { stage } = state;
  if (stage !== 'proposed')
    return { refusal: { code: 'not-in-this-state', detail: { stage, stageLabel: correctionStages[stage].label } } };
  const { by } = command;
  if (command.type === 'decline') return { event: { type: 'budget-correction-declined', by } };
  if (by === state.proposedBy) return { refusal: { code: 'four-eyes', detail: {} } };
  const { freeFen } = command;
  if (state.amountFen > freeFen) return { refusal: { code: 'budget-in-use', detail: { freeFen } } };
  return { event: { type: 'budget-corrected', by } };
}

/** The correction after an event. @throws Error when the event cannot follow */
export function evolveCorrection(state: CorrectionState | null, at: Instant, event: CorrectionEvent): CorrectionState {
  if (event.type === 'budget-correction-proposed') {
    const { correctionId, fund, budgetYear, amountFen, by } = event;
    const open = { proposedBy: by, proposedAt: at, decidedBy: null, decidedAt: null };
    return { correctionId, stage: 'proposed', fund, budgetYear, amountFen, ...open };
  }
  if (state === null) throw new Error(`budget correction: ${event.type} before it was proposed`);
  const stage = event.type === 'budget-corrected' ? 'made' : 'declined';
  return { ...state, stage, decidedBy: event.by, decidedAt: at };
}
