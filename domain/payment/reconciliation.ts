import type { OrgCode } from '../ids.ts';
import type { CivilDate, Instant } from '../time.ts';

/** `<fund>-<date>`; the workflow is `reconciliation-<fund>-<date>`. */
export const reconciliationId = (fund: OrgCode, date: CivilDate): string => `${fund}-${date}`;

export const reconciliationStages = {
  open: { label: '待取对账单' },
  missing: { label: '未取得对账单' },
  matched: { label: '已对账' },
} as const;
export type ReconciliationStage = keyof typeof reconciliationStages;

/** What the bank's statement of a fund's day came to, against our books. Amounts in fen. */
export interface Matching {
  readonly lines: number;
  /** Lines that could not be read, set aside. */
  readonly badLines: number;
  readonly openingFen: number;
  readonly closingFen: number;
  /** Opening balance and lines make the closing balance, and it opens where the day before closed. */
  readonly proven: boolean;
  /** What does not agree, for people to look at. */
  readonly differences: number;
  /** SHA-256 of the statement, hex. */
  readonly statementHash: string;
}

export type ReconciliationEvent =
  | { readonly type: 'reconciliation-opened'; readonly fund: OrgCode; readonly date: CivilDate }
  | { readonly type: 'statement-missing' }
  | ({ readonly type: 'reconciled' } & Matching);

/** A bank day of a fund. It may be opened again at any time, with the same end on the same statement. */
export interface ReconciliationState {
  readonly stage: ReconciliationStage;
  readonly fund: OrgCode;
  /** The fund's own unit. */
  readonly org: OrgCode;
  readonly date: CivilDate;
  readonly openedAt: Instant;
  readonly times: number;
  readonly matching: Matching | null;
}

/** The day after an event. @throws Error when the event cannot follow */
export function evolveReconciliation(
  state: ReconciliationState | null,
  at: Instant,
  event: ReconciliationEvent,
): ReconciliationState {
  if (event.type === 'reconciliation-opened') {
    const { fund, date } = event;
    const times = (state?.times ?? 0) + 1;
    return { stage: 'open', fund, org: fund, date, openedAt: at, times, matching: state?.matching ?? null };
  }
  if (state === null) throw new Error(`reconciliation: ${event.type} before it was opened`);
  if (event.type === 'statement-missing') return { ...state, stage: 'missing' };
  const { lines, badLines, openingFen, closingFen, proven, differences, statementHash } = event;
  const matching = { lines, badLines, openingFen, closingFen, proven, differences, statementHash };
  return { ...state, stage: 'matched', matching };
}
