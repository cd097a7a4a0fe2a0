import type { Brand } from './brand.ts';

/** `<org>-<year>-<seven digits>`; carries no personal data and stays through a transfer. */
export type CaseNo = Brand<string, 'CaseNo'>;
/** Six-digit administrative code; `220000` the province, `220099` 省直. */
export type OrgCode = Brand<string, 'OrgCode'>;
/** `<org>-<cut-off date>-<n>`; also the id of the round's notice. */
export type RoundId = Brand<string, 'RoundId'>;
/** A running number within one round, in case-number order. */
export type EntryId = Brand<string, 'EntryId'>;
export type ObjectionId = Brand<string, 'ObjectionId'>;
/** `<org>-<date>-<n>`. */
export type BatchId = Brand<string, 'BatchId'>;
/** `<receiving org>-<date>-<n>` of a collective filing (N2.5). */
export type IntakeBatchId = Brand<string, 'IntakeBatchId'>;
/** `<caseNo>-<n>`: the bank's idempotency key. */
export type OrderNo = Brand<string, 'OrderNo'>;
export type DocumentId = Brand<string, 'DocumentId'>;
/** A look-up answer kept as evidence (N6.3). */
export type EvidenceId = Brand<string, 'EvidenceId'>;
/** Subject of a token: one person of the staff, never a name. */
export type Sub = Brand<string, 'Sub'>;

const shapes = {
  caseNo: /^\d{6}-\d{4}-\d{7}$/,
  roundId: /^\d{6}-\d{4}-\d{2}-\d{2}-\d+$/,
} as const;

export const isCaseNo = (text: string): text is CaseNo => shapes.caseNo.test(text);
export const isRoundId = (text: string): text is RoundId => shapes.roundId.test(text);
