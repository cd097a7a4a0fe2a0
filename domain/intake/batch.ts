import type { IntakeBatchId, OrgCode, Sub } from '../ids.ts';
import { type CivilDate, dateOf, type Instant } from '../time.ts';

/** Where a collective filing (N2.5) stands. `handing-over`: HRSS accepted it, its cases are told one after the other. */
export const intakeStages = {
  filing: { label: '逐行受理中' },
  filed: { label: '已受理，等待人社部门收件' },
  empty: { label: '没有可受理的申请' },
  'handing-over': { label: '移交经办机构中' },
  'handed-over': { label: '已移交经办机构' },
} as const;
export type IntakeStage = keyof typeof intakeStages;

export const appointmentKinds = { 'joint-office': '联合办公', visit: '上门服务' } as const;
export type AppointmentKind = keyof typeof appointmentKinds;

/** The joint office or visit that HRSS arranges; place and appraisal body are words, and sealed beside it. */
export interface Appointment {
  readonly kind: AppointmentKind;
  readonly on: CivilDate;
  readonly agency: OrgCode;
}

export type IntakeEvent =
  | {
      readonly type: 'received';
      readonly batchId: IntakeBatchId;
      /** The least unit above all agencies of its rows: its HRSS accepts it. */
      readonly org: OrgCode;
      readonly from: 'employer' | 'hrss';
      readonly rows: number;
      /** Rows that are not filed, because something in them is wrong. */
      readonly wrong: number;
    }
  | { readonly type: 'rows-filed'; readonly filed: number; readonly refused: number }
  | { readonly type: 'accepted'; readonly by: Sub; readonly receivedOn: CivilDate }
  | { readonly type: 'handed-over'; readonly cases: number }
  | ({ readonly type: 'appointed'; readonly by: Sub } & Appointment);

export interface IntakeState {
  readonly batchId: IntakeBatchId;
  readonly org: OrgCode;
  readonly from: 'employer' | 'hrss';
  readonly uploadedAt: Instant;
  readonly rows: number;
  readonly wrong: number;
  /** Null while rows wait to be filed. */
  readonly outcome: { readonly filed: number; readonly refused: number } | null;
  readonly acceptance: { readonly by: Sub; readonly receivedOn: CivilDate; readonly at: Instant } | null;
  readonly handedOver: { readonly cases: number; readonly at: Instant } | null;
  readonly appointment: Appointment | null;
}

export type IntakeCommand =
  | { readonly type: 'finish-rows'; readonly waiting: number; readonly filed: number; readonly refused: number }
  | { readonly type: 'accept'; readonly by: Sub; readonly receivedOn: CivilDate }
  | { readonly type: 'finish-hand-over'; readonly waiting: number; readonly cases: number }
  | ({ readonly type: 'appoint'; readonly by: Sub } & Appointment);

export const intakeRefusals = {
  'rows-waiting': '仍有申请未受理完毕',
  'already-accepted': '该批次已收件，不能重复收件',
  'nothing-to-accept': '该批次没有已受理的申请',
  'received-in-the-future': '收件日期不能晚于今天',
  'not-accepted': '该批次尚未收件',
} as const;
export type IntakeRefusal = keyof typeof intakeRefusals;

export type IntakeDecision =
  | { readonly event: IntakeEvent }
  | { readonly refusal: { readonly code: IntakeRefusal; readonly detail: Readonly<Record<string, string>> } };

const refuse = (code: IntakeRefusal): IntakeDecision => ({ refusal: { code, detail: {} } });

export function stageOf({ outcome, acceptance, handedOver }: IntakeState): IntakeStage {
  if (!outcome) return 'filing';
  if (outcome.filed === 0) return 'empty';
  if (handedOver) return 'handed-over';
  return acceptance ? 'handing-over' : 'filed';
}

/** Nothing is left to do for its run. */
export const intakeIsOver = (state: IntakeState): boolean => ['empty', 'handed-over'].includes(stageOf(state));

/** Decides on a collective batch; the counts are read under lock. */
export function decideIntake(state: IntakeState, command: IntakeCommand, now: Instant): IntakeDecision {
  switch (command.type) {
    case 'finish-rows': {
      const { waiting, filed, refused } = command;
      return waiting > 0 || state.outcome ? refuse('rows-waiting') : { event: { type: 'rows-filed', filed, refused } };
    }
    case 'accept': {
      const { by, receivedOn } = command;
      if (state.acceptance) return refuse('already-accepted');
      if (state.rows === state.wrong || state.outcome?.filed === 0) return refuse('nothing-to-accept');
      if (receivedOn > dateOf(now)) return refuse('received-in-the-future');
      return { event: { type: 'accepted', by, receivedOn } };
    }
    case 'finish-hand-over': {
      const { waiting, cases } = command;
      if (!state.acceptance || state.handedOver) return refuse('not-accepted');
      return waiting > 0 || !state.outcome ? refuse('rows-waiting') : { event: { type: 'handed-over', cases } };
    }
    case 'appoint': {
      const { by, kind, on, agency } = command;
      return { event: { type: 'appointed', by, kind, on, agency } };
    }
  }
}

/** The batch after an event. @throws Error when the event cannot follow */
export function evolveIntake(state: IntakeState | null, at: Instant, event: IntakeEvent): IntakeState {
  if (event.type === 'received') {
    const { batchId, org, from, rows, wrong } = event;
    const open = { outcome: null, acceptance: null, handedOver: null, appointment: null };
    return { batchId, org, from, uploadedAt: at, rows, wrong, ...open };
  }
  if (state === null) throw new Error(`intake: ${event.type} before received`);
  switch (event.type) {
    case 'rows-filed':
      return { ...state, outcome: { filed: event.filed, refused: event.refused } };
    case 'accepted':
      return { ...state, acceptance: { by: event.by, receivedOn: event.receivedOn, at } };
    case 'handed-over':
      return { ...state, handedOver: { cases: event.cases, at } };
    case 'appointed':
      return { ...state, appointment: { kind: event.kind, on: event.on, agency: event.agency } };
  }
}
