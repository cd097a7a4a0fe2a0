/** What the automatic checks look at, in the order in which they are shown. */
export const checkCodes = [
  'employed',
  'contribution-months',
  'certificate-date',
  'certificate-level',
  'filed-in-time',
  'insured-place',
  'insurance-record',
  'no-arrears',
  'provincial-register',
  'national-register',
  'registered-in-province',
  'occupation-known',
] as const;
export type CheckCode = (typeof checkCodes)[number];

/** One finding for caseworkers: it informs and decides nothing (N3.1g). */
export interface Check {
  /** Clause id, such as `N1.1`. */
  readonly clause: string;
  readonly code: CheckCode;
  readonly passed: boolean;
  /** A short Chinese sentence; months, dates and field names may be in it, never a name or a number of a person or paper. */
  readonly detail: string;
}

/** Makes the check of one clause: passed with the one sentence, failed with the other. */
export const check = (clause: string, code: CheckCode, passed: boolean, detail: string): Check => ({
  clause,
  code,
  passed,
  detail,
});
