import type { CivilDate } from '../time.ts';
import { type Check, type RegisterField, registerFields } from './check.ts';
import { canonicalOccupation, type Occupation } from './occupations.ts';
import type { CertificateKind, Level, RegisterName } from './policy.ts';

/** A certificate as the applicant gives it. */
export interface CertificateClaim {
  readonly kind: CertificateKind;
  readonly occupation: string;
  /** The canonical name that a person set (N4.3); absent where the list decided. */
  readonly canonical?: string;
  readonly level: Level;
  readonly number: string;
  readonly issuedOn: CivilDate;
  /** Who issued it: anything but `province` must first be registered in the province (N3.1d). */
  readonly scope: 'province' | 'other-province' | 'industry';
}

/** A person as a paper names them. */
export interface NamedPerson {
  readonly name: string;
  readonly idNumber: string;
  /** Those with a paper that shows the change. */
  readonly formerNames?: readonly string[];
}

/** What a certificate register answers (N3.1c); `not-covered`: it doesn't hold this kind of certificate at all. */
export type RegisterAnswer =
  | { readonly answer: 'not-found' }
  | { readonly answer: 'not-covered' }
  | {
      readonly answer: 'found';
      readonly name: string;
      readonly idNumber: string;
      readonly occupation: string;
      readonly level: Level;
      readonly number: string;
      readonly kind: CertificateKind;
      readonly issuedOn: CivilDate;
      readonly status: 'valid' | 'revoked';
    };

const labels: Readonly<Record<RegisterName, string>> = {
  provincial: '吉林省职业资格证书查询管理系统',
  national: '全国职业资格证书联网查询系统',
};

const closedUp = (text: string): string => text.normalize('NFKC').replace(/\s/gu, '').toUpperCase();

/** Whether two spellings are one name: width, blanks and the kinds of middle dot make no difference. */
export const sameName = (a: string, b: string): boolean => nameSpelling(a) === nameSpelling(b);
const nameSpelling = (name: string): string => closedUp(name.normalize('NFKC').replace(/[·•‧∙⋅・.]/gu, '·'));

/** A name by which the person is or was known; a former one counts once its paper is there (N3.1c). */
export const isNameOf = (person: NamedPerson, name: string): boolean =>
  [person.name, ...(person.formerNames ?? [])].some((one) => sameName(one, name));

/** Compares a claim with a register's record: every field that differs. */
function differingFields(
  claim: CertificateClaim,
  person: NamedPerson,
  record: RegisterAnswer & { readonly answer: 'found' },
  occupations?: readonly Occupation[],
): readonly RegisterField[] {
  const canonical = (text: string): string => canonicalOccupation(text, occupations).name;
  const same: Readonly<Record<RegisterField, boolean>> = {
    idNumber: closedUp(person.idNumber) === closedUp(record.idNumber),
    occupation: [canonical(claim.occupation), claim.canonical].includes(canonical(record.occupation)),
    level: claim.level === record.level,
    number: closedUp(claim.number) === closedUp(record.number),
    issuedOn: claim.issuedOn === record.issuedOn,
    kind: claim.kind === record.kind,
    name: isNameOf(person, record.name),
    status: record.status === 'valid',
  };
  return fieldsInOrder.filter((field) => !same[field]);
}

const fieldsInOrder = Object.keys(registerFields) as RegisterField[];

/**
 * N3.1c: one register's answer as a check.
 * @param confirmed the issuing body has confirmed it in writing, where a register does not hold its kind
 */
export function registerCheck(
  register: RegisterName,
  answer: RegisterAnswer,
  { claim, person, occupations, confirmed = false }: Claimed,
): Check {
  const differs = answer.answer === 'found' ? differingFields(claim, person, answer, occupations) : [];
  const problems = problemsOf(register, answer, claim, differs, confirmed);
  const isConfirmed = answer.answer === 'not-covered' && confirmed;
  const fine = isConfirmed ? '未收录此类证书，已有发证机构书面确认' : '证书有效，信息一致';
  return {
    clause: 'N3.1c',
    code: `${register}-register`,
    passed: problems.length === 0,
    ...(differs.length > 0 ? { differs } : {}),
    detail: `${labels[register]}：${problems.length === 0 ? fine : problems.join('；')}。`,
  };
}

/** What a register's answer is held against. */
export interface Claimed {
  readonly claim: CertificateClaim;
  readonly person: NamedPerson;
  readonly occupations?: readonly Occupation[] | undefined;
  readonly confirmed?: boolean;
}

function problemsOf(
  register: RegisterName,
  answer: RegisterAnswer,
  claim: CertificateClaim,
  differs: readonly RegisterField[],
  confirmed: boolean,
): readonly string[] {
  if (answer.answer === 'not-covered') return confirmed ? [] : ['未收录此类证书，需由发证机构书面确认'];
  if (answer.answer === 'not-found') {
    return register === 'provincial' && claim.scope !== 'province'
      ? ['未查到该证书，即尚未在我省查验备案']
      : ['未查到该证书'];
  }
  const problems: string[] = [];
  if (differs.includes('status')) problems.push('证书已被撤销');
  const fields = differs.filter((field) => field !== 'status' && field !== 'name');
  if (fields.length > 0) problems.push(`${fields.map((field) => registerFields[field]).join('、')}与申请不一致`);
  if (differs.includes('name')) {
    problems.push(
      fields.includes('idNumber')
        ? '姓名与申请不一致'
        : '身份证号码一致但姓名不一致，需由申请人提供姓名变更等证明后人工核实',
    );
  }
  return problems;
}

/** N3.1d: a certificate from elsewhere stands in the provincial register already. Only asked where `scope` is not `province`. */
export function registrationCheck(provincial: RegisterAnswer, confirmed = false): Check {
  const detail = {
    found: '外省或行业核发的证书已在我省查验备案。',
    'not-found': '外省或行业核发的证书尚未在我省查验备案，需先到参保地人社部门办理。',
    'not-covered': '省内查询系统未收录此类证书，无法确认是否已查验备案，需由参保地人社部门核实。',
  };
  const isConfirmed = provincial.answer === 'not-covered' && confirmed;
  return {
    clause: 'N3.1d',
    code: 'registered-in-province',
    passed: provincial.answer === 'found' || isConfirmed,
    detail: isConfirmed ? '省内查询系统未收录此类证书，人社部门已核实发证机构书面确认。' : detail[provincial.answer],
  };
}
