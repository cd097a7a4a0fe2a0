import { z } from 'zod';
import { parseIdentityNumber } from '../domain/policy/identity-number.ts';
import { civilDate as parseDate } from '../domain/policy/dates.ts';
import { agencyName, currentOrgCode, isWithin, orgUnit } from '../domain/reference/org-units.ts';
import type { Role } from '../domain/actor.ts';
import type { OrgCode } from '../domain/ids.ts';
import type { CivilDate } from '../domain/time.ts';
import { accountNumberProblem, creditCode, identityNumber, personName } from './application-form.ts';
import { civilDate } from './input.ts';
import type { FieldError } from './problems.ts';

/** Who files, and the day on which it is filed. */
export interface Filing {
  readonly role: Role;
  /** The clerk's unit. */
  readonly org: OrgCode | null;
  /** The employer's, where the sign-in knows it. */
  readonly creditCode: string | null;
  readonly today: CivilDate;
}

/** As much of the form as could be read, each member alone: what else is wrong does not hide what belongs together. */
const text = z.string().optional().catch(undefined);
const date = civilDate.optional().catch(undefined);
const name = personName.optional().catch(undefined);
const idNumber = identityNumber.optional().catch(undefined);
const readable = z
  .object({
    channel: text,
    applicant: z.object({ name, gender: text, birthDate: date, idNumber }).catch({}),
    employer: z.object({ creditCode: creditCode.optional().catch(undefined) }).catch({}),
    certificate: z.object({ issuedOn: date }).catch({}),
    account: z
      .object({
        kind: z.enum(['social-security-card', 'bank-card']).optional().catch(undefined),
        number: text,
        holder: name,
      })
      .catch({}),
    insuredAt: text,
    // Unreadable is not absent: what else asks whether there is one goes by what was meant.
    proxy: z.object({ idNumber }).nullish().catch({}),
    commitment: z.object({ signedOn: date, by: text }).catch({}),
  })
  .catch({ applicant: {}, employer: {}, certificate: {}, account: {}, commitment: {} });

const wrong = (path: string, code: string, message: string): FieldError => ({ path, code, message });

/** What is wrong with a form's members together, and with its dates today; one entry per finding. */
export function formProblems(body: unknown, { role, org, creditCode, today }: Filing): readonly FieldError[] {
  const form = readable.parse(body);
  return [
    ...aboutPerson(form.applicant, today),
    ...aboutDates(form, today),
    ...aboutAccount(form.account, form.applicant.name),
    ...aboutChannel(form, role),
    ...aboutEmployer(form.employer.creditCode, role, creditCode),
    ...aboutPlace(form.insuredAt, role, org),
  ];
}

type Form = z.infer<typeof readable>;

function aboutPerson({ gender, birthDate, idNumber }: Form['applicant'], today: CivilDate): FieldError[] {
  const parsed = parseIdentityNumber(idNumber ?? '', parseDate('9999-12-31'));
  if (!parsed.ok) return [];
  const errors: FieldError[] = [];
  if (parsed.birthDate > today) errors.push(wrong('applicant.idNumber', 'in-the-future', '出生日期晚于今天，请核对。'));
  if (birthDate !== undefined && birthDate !== parsed.birthDate)
    errors.push(wrong('applicant.birthDate', 'differs-from-id-number', '出生日期与身份证号码不一致。'));
  if ((gender === 'male' || gender === 'female') && gender !== parsed.gender)
    errors.push(wrong('applicant.gender', 'differs-from-id-number', '性别与身份证号码不一致。'));
  return errors;
}

function aboutDates({ certificate, commitment }: Form, today: CivilDate): FieldError[] {
  const dates = [
    ['certificate.issuedOn', certificate.issuedOn],
    ['commitment.signedOn', commitment.signedOn],
  ] as const;
  return dates.flatMap(([path, value]) =>
    value !== undefined && value > today ? [wrong(path, 'in-the-future', '日期晚于今天，请核对。')] : [],
  );
}

/** N3.3: paid to the applicant's own card or account. */
export function aboutAccount({ kind, number, holder }: Form['account'], applicant: string | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const problem = kind !== undefined && number !== undefined ? accountNumberProblem(kind, number) : null;
  if (problem !== null) errors.push(wrong('account.number', 'wrong', problem));
  if (holder !== undefined && applicant !== undefined && holder !== applicant)
    errors.push(wrong('account.holder', 'not-the-applicant', '账户户名须为申请人本人。'));
  return errors;
}

/** N2.1, N2.4, N2.5: who files in which way. */
function aboutChannel({ channel, applicant, proxy, commitment }: Form, role: Role): FieldError[] {
  const errors: FieldError[] = [];
  if (role === 'applicant' && (channel === 'counter' || channel === 'collective'))
    errors.push(wrong('channel', 'not-yours', '本人申请只能选择网上申请（online）。'));
  if (role === 'employer' && (channel === 'online' || channel === 'counter'))
    errors.push(wrong('channel', 'not-yours', '用人单位只能集中申请（collective）。'));
  if (proxy && (channel === 'online' || channel === 'collective'))
    errors.push(wrong('proxy', 'counter-only', '代办只能现场申请，请代办人携带双方身份证原件到经办机构办理。'));
  if (proxy?.idNumber !== undefined && proxy.idNumber === applicant.idNumber)
    errors.push(wrong('proxy.idNumber', 'is-the-applicant', '代办人不能是申请人本人。'));
  if (commitment.by === 'proxy' && !proxy)
    errors.push(wrong('commitment.by', 'no-proxy', '没有代办人，须由申请人本人签署。'));
  return errors;
}

/** N2.5: an employer files for her own employees. */
function aboutEmployer(filled: string | undefined, role: Role, own: string | null): FieldError[] {
  if (role !== 'employer' || own === null || filled === undefined || filled === own) return [];
  return [wrong('employer.creditCode', 'not-yours', '须与本单位登录身份的统一社会信用代码一致。')];
}

/** N2.1, N2.2: at the agency of the insured place; employees of provincial units at the province's own. */
function aboutPlace(insuredAt: string | undefined, role: Role, org: OrgCode | null): FieldError[] {
  const code = currentOrgCode(insuredAt ?? '');
  if (code === undefined) return [];
  if (orgUnit(code).kind === 'province')
    return [wrong('insuredAt', 'wrong-agency', '省直单位职工请选择省直经办机构（220099），其他职工请选择参保地。')];
  if ((role === 'handler' || role === 'hrss') && org !== null && !isWithin(code, org))
    return [wrong('insuredAt', 'wrong-agency', `参保地的经办机构是${agencyName(code)}（${code}），请到该机构申请。`)];
  return [];
}
