import type { OrgCode, Sub } from '../ids.ts';
import type { CalendarNotice } from '../policy/working-days.ts';
import type { Instant } from '../time.ts';

/** A notice of the State Council on its way into the calendar: entered by one person, put in force by another. */
export type CalendarEvent =
  | { readonly type: 'drafted'; readonly by: Sub; readonly notice: CalendarNotice }
  | { readonly type: 'discarded'; readonly by: Sub }
  /** In force from now on; `enteredAt` is since when this system knows it. */
  | { readonly type: 'put-in-force'; readonly by: Sub; readonly enteredAt: Instant }
  /** Every open deadline that it touches was moved. */
  | ({ readonly type: 'applied' } & Moved);

/** How many were touched. */
export interface Moved {
  readonly cases: number;
  readonly rounds: number;
  readonly batches: number;
}

export const calendarStages = {
  drafted: { label: '待核准' },
  'in-force': { label: '已生效，期限更新中' },
  applied: { label: '已生效，期限已更新' },
  discarded: { label: '已作废' },
} as const;
export type CalendarStage = keyof typeof calendarStages;

export interface CalendarState {
  readonly stage: CalendarStage;
  /** The province: one calendar for all. */
  readonly org: OrgCode;
  readonly notice: CalendarNotice;
  readonly draftedBy: Sub;
  readonly putInForceBy: Sub | null;
  readonly enteredAt: Instant | null;
  readonly moved: Moved | null;
}

export type CalendarCommand =
  | { readonly type: 'put-in-force'; readonly by: Sub }
  | { readonly type: 'discard'; readonly by: Sub }
  | ({ readonly type: 'finish' } & Moved);

export const calendarRefusals = {
  'not-in-this-state': '该放假安排当前状态不能办理此操作',
  'four-eyes': '录入人与核准人不得为同一人',
  'not-published-yet': '通知的发布日期晚于今天',
} as const;
export type CalendarRefusal = keyof typeof calendarRefusals;

export type CalendarDecision = { readonly event: CalendarEvent } | { readonly refusal: CalendarRefusal };

/** Decides on an entered notice; what it says was checked when it was entered. */
export function decideCalendar(state: CalendarState, command: CalendarCommand, now: Instant): CalendarDecision {
  switch (command.type) {
    case 'put-in-force':
      if (state.stage !== 'drafted') return { refusal: 'not-in-this-state' };
      if (command.by === state.draftedBy) return { refusal: 'four-eyes' };
      return { event: { type: 'put-in-force', by: command.by, enteredAt: now } };
    case 'discard':
      return state.stage === 'drafted'
        ? { event: { type: 'discarded', by: command.by } }
        : { refusal: 'not-in-this-state' };
    case 'finish': {
      const { cases, rounds, batches } = command;
      return state.stage === 'in-force'
        ? { event: { type: 'applied', cases, rounds, batches } }
        : { refusal: 'not-in-this-state' };
    }
  }
}

const province = '220000' as OrgCode;

/** The notice after an event. @throws Error when the event cannot follow */
export function evolveCalendar(state: CalendarState | null, event: CalendarEvent): CalendarState {
  if (event.type === 'drafted') {
    const nobody = { putInForceBy: null, enteredAt: null, moved: null };
    return { stage: 'drafted', org: province, notice: event.notice, draftedBy: event.by, ...nobody };
  }
  if (state === null) throw new Error(`calendar: ${event.type} before drafted`);
  switch (event.type) {
    case 'discarded':
      return { ...state, stage: 'discarded' };
    case 'put-in-force':
      return { ...state, stage: 'in-force', putInForceBy: event.by, enteredAt: event.enteredAt };
    case 'applied': {
      const { cases, rounds, batches } = event;
      return { ...state, stage: 'applied', moved: { cases, rounds, batches } };
    }
  }
}

/** The notice as the calendar takes it, known from the moment of its entry on. */
export const noticeInForce = ({ notice, enteredAt }: CalendarState): CalendarNotice =>
  enteredAt === null ? notice : { ...notice, knownFrom: enteredAt };
