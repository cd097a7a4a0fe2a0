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
  'no-claim-elsewhere',
  'occupation-known',
  'claims-per-year',
  'certificate-of-one-person',
] as const;
export type CheckCode = (typeof checkCodes)[number];

/** What a register's record is compared by (N3.1c). */
export const registerFields = {
  idNumber: '身份证号码',
  occupation: '职业（工种）',
  level: '等级',
  number: '证书编号',
  issuedOn: '核发日期',
  kind: '证书类别',
  name: '姓名',
  status: '证书状态',
} as const;
export type RegisterField = keyof typeof registerFields;

/** One finding for caseworkers: it informs and decides nothing (N3.1g). */
export interface Check {
  /** Clause id, such as `N1.1`. */
  readonly clause: string;
  readonly code: CheckCode;
  readonly passed: boolean;
  /** Fields of a register's record that are not as claimed (N3.1c); absent where none differs. */
  readonly differs?: readonly RegisterField[];
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
