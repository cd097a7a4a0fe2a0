import type { CivilDate } from '../time.ts';
import type { Check } from './check.ts';
import { canonicalOccupation, type Occupation } from './occupations.ts';
import type { CertificateKind, Level, RegisterName } from './policy.ts';

/** A certificate as the applicant gives it. */
export interface CertificateClaim {
  readonly kind: CertificateKind;
  readonly occupation: string;
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

/** Compares a claim with a register's record; the fields that differ, in Chinese, the name left out. */
function differingFields(
  claim: CertificateClaim,
  person: NamedPerson,
  record: RegisterAnswer & { readonly answer: 'found' },
  occupations?: readonly Occupation[],
): readonly string[] {
  const canonical = (text: string): string => canonicalOccupation(text, occupations).name;
  const fields: readonly (readonly [label: string, same: boolean])[] = [
    ['身份证号码', closedUp(person.idNumber) === closedUp(record.idNumber)],
    ['职业（工种）', canonical(claim.occupation) === canonical(record.occupation)],
    ['等级', claim.level === record.level],
    ['证书编号', closedUp(claim.number) === closedUp(record.number)],
    ['核发日期', claim.issuedOn === record.issuedOn],
    ['证书类别', claim.kind === record.kind],
  ];
  return fields.filter(([, same]) => !same).map(([label]) => label);
}

/** N3.1c: one register's answer as a check. */
export function registerCheck(
  register: RegisterName,
  answer: RegisterAnswer,
  claim: CertificateClaim,
  person: NamedPerson,
  occupations?: readonly Occupation[],
): Check {
  const problems = problemsOf(register, answer, claim, person, occupations);
  return {
    clause: 'N3.1c',
    code: `${register}-register`,
    passed: problems.length === 0,
    detail:
      problems.length === 0
        ? `${labels[register]}：证书有效，信息一致。`
        : `${labels[register]}：${problems.join('；')}。`,
  };
}

function problemsOf(
  register: RegisterName,
  answer: RegisterAnswer,
  claim: CertificateClaim,
  person: NamedPerson,
  occupations: readonly Occupation[] | undefined,
): readonly string[] {
  if (answer.answer === 'not-covered') return ['未收录此类证书，需由发证机构书面确认'];
  if (answer.answer === 'not-found') {
    return register === 'provincial' && claim.scope !== 'province'
      ? ['未查到该证书，即尚未在我省查验备案']
      : ['未查到该证书'];
  }
  const problems: string[] = [];
  if (answer.status === 'revoked') problems.push('证书已被撤销');
  const fields = differingFields(claim, person, answer, occupations);
  if (fields.length > 0) problems.push(`${fields.join('、')}与申请不一致`);
  if (!sameName(person.name, answer.name)) {
    problems.push(
      fields.includes('身份证号码')
        ? '姓名与申请不一致'
        : '身份证号码一致但姓名不一致，需由申请人提供姓名变更等证明后人工核实',
    );
  }
  return problems;
}

/** N3.1d: a certificate from elsewhere stands in the provincial register already. Only asked where `scope` is not `province`. */
export function registrationCheck(provincial: RegisterAnswer): Check {
  const detail = {
    found: '外省或行业核发的证书已在我省查验备案。',
    'not-found': '外省或行业核发的证书尚未在我省查验备案，需先到参保地人社部门办理。',
    'not-covered': '省内查询系统未收录此类证书，无法确认是否已查验备案，需由参保地人社部门核实。',
  };
  return {
    clause: 'N3.1d',
    code: 'registered-in-province',
    passed: provincial.answer === 'found',
    detail: detail[provincial.answer],
  };
}
