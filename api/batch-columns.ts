import { certificateKindLabels, levelLabels } from '../domain/policy/policy.ts';
import { parseIdentityNumber } from '../domain/policy/identity-number.ts';
import { civilDate as parseDate, isCivilDate } from '../domain/policy/dates.ts';
import { orgUnits } from '../domain/reference/org-units.ts';

/** What stands in a cell in the form's words; `problem`: what is wrong with it, for the person who filled it in. */
export type CellReading = { readonly value: unknown } | { readonly problem: string };

export interface Column {
  /** As the sheet's head has it. */
  readonly title: string;
  /** Where in the form it goes; programs may write this as the column's head instead. */
  readonly path: string;
  readonly required: boolean;
  /** In characters. */
  readonly width: number;
  /** Digits that a spreadsheet program must not take for a number. */
  readonly isText?: boolean;
  readonly choices?: readonly string[];
  readonly read: (text: string) => CellReading;
  readonly example: string;
}

const asIs = (text: string): CellReading => ({ value: text });

/** A choice by its label, by the form's own word, or by what comes before or in the label's brackets. */
function choice<T>(labels: readonly (readonly [label: string, value: T, ...others: string[]])[]) {
  const known = new Map<string, T>();
  for (const [label, value, ...others] of labels)
    for (const name of [label, String(value), ...others]) known.set(plain(name), value);
  const told = labels.map(([label]) => label).join('、');
  return (text: string): CellReading => {
    const value = known.get(plain(text));
    return value === undefined ? { problem: `只能填写：${told}。` } : { value };
  };
}
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s()]/g, '')
    .toLowerCase();

const genders = [
  ['男', 'male'],
  ['女', 'female'],
] as const;
const kinds = [
  [certificateKindLabels.qualification, 'qualification', '职业资格'],
  [certificateKindLabels['skill-level'], 'skill-level', '职业技能等级'],
] as const;
const levels = [
  [levelLabels[5], 5, '初级', '五级', '初级工', '5级'],
  [levelLabels[4], 4, '中级', '四级', '中级工', '4级'],
  [levelLabels[3], 3, '高级', '三级', '高级工', '3级'],
  [levelLabels[2], 2, '技师', '二级', '2级'],
  [levelLabels[1], 1, '高级技师', '一级', '1级'],
] as const;
const scopes = [
  ['本省', 'province', '省内', '吉林省'],
  ['外省', 'other-province', '省外'],
  ['行业', 'industry', '中央行业'],
] as const;
const accounts = [
  ['银行卡', 'bank-card'],
  ['社会保障卡', 'social-security-card', '社保卡'],
] as const;

const agencies = orgUnits.filter(({ kind }) => kind !== 'province');
const agencyLabels = agencies.map(({ code, name }) => `${code} ${name}`);
const namesOnce = new Map(agencies.map(({ name, code }) => [name, code]));
/** `220102 南关区`, the code alone, or a name that is one unit's only. */
function agency(text: string): CellReading {
  const [, code] = /^(\d{6})(?!\d)/.exec(text.normalize('NFKC').trim()) ?? [];
  if (code !== undefined) return { value: code };
  const named = agencies.filter(({ name }) => name === text.trim());
  const found = named.length === 1 ? namesOnce.get(text.trim()) : undefined;
  return found === undefined ? { problem: '请从下拉列表中选择参保地，或填写六位行政区划代码。' } : { value: found };
}

/** `2017-06-30`, `2017/6/30`, `2017.6.30`, `2017年6月30日`, `20170630`. */
function date(text: string): CellReading {
  const written = text.normalize('NFKC').trim();
  const [, year = '', month = '', day = ''] =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(written) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(written) ?? [];
  const value = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCivilDate(value) ? { value } : { problem: '日期格式应为 2017-06-30，且为真实存在的日期。' };
}

/** Several in one cell, apart by 、；; or a line. */
const several = (text: string): readonly string[] =>
  text
    .split(/[、；;，,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function priorClaims(text: string): CellReading {
  const claims = several(text).map((part) => /^(\d{4}-\d{2})\s+(\S.*?)\s+([1-5])级?$/.exec(part.normalize('NFKC')));
  if (claims.some((claim) => claim === null))
    return { problem: '格式应为“2017-03 焊工 5”（年月、职业、等级），多项用分号隔开。' };
  return { value: claims.map((claim) => ({ month: claim?.[1], occupation: claim?.[2], level: Number(claim?.[3]) })) };
}

const text = (title: string, path: string, width: number, example: string, more: Partial<Column> = {}): Column => ({
  ...{ title, path, width, example, required: true, read: asIs },
  ...more,
});

/** Annex 1 as a sheet has it, in order. The employer's own four may be left out where the sign-in knows them. */
export const columns: readonly Column[] = [
  text('姓名', 'applicant.name', 12, '王示例'),
  text('性别', 'applicant.gender', 8, '男', {
    required: false,
    choices: genders.map(([label]) => label),
    read: choice(genders),
  }),
  text('出生日期', 'applicant.birthDate', 13, '1988-03-07', { required: false, isText: true, read: date }),
  text('身份证号码', 'applicant.idNumber', 22, '220102198803071230', { isText: true }),
  text('联系电话', 'applicant.phone', 15, '13800000000', { isText: true }),
  text('家庭住址', 'applicant.homeAddress', 30, '吉林省长春市南关区人民大街1号'),
  text('工作单位全称', 'employer.name', 28, '长春示例机械有限公司'),
  text('统一社会信用代码', 'employer.creditCode', 22, '91220101MA0EXAMPLE', { required: false, isText: true }),
  text('所属行业', 'employer.industry', 16, '汽车制造业'),
  text('单位地址', 'employer.address', 30, '吉林省长春市南关区亚泰大街2号'),
  text('证书类别', 'certificate.kind', 20, kinds[0][0], {
    choices: kinds.map(([label]) => label),
    read: choice(kinds),
  }),
  text('职业（工种）', 'certificate.occupation', 16, '焊工'),
  text('等级', 'certificate.level', 16, levelLabels[4], {
    choices: levels.map(([label]) => label),
    read: choice(levels),
  }),
  text('证书编号', 'certificate.number', 22, '1707000000400001', { isText: true }),
  text('核发日期', 'certificate.issuedOn', 13, '2017-06-30', { isText: true, read: date }),
  text('发证机构', 'certificate.issuer.name', 26, '长春市职业技能鉴定中心'),
  text('发证机构所属', 'certificate.issuer.scope', 13, '本省', {
    choices: scopes.map(([label]) => label),
    read: choice(scopes),
  }),
  text('账户类别', 'account.kind', 13, '银行卡', { choices: accounts.map(([label]) => label), read: choice(accounts) }),
  text('账号', 'account.number', 24, '6222020000000000000', { isText: true }),
  text('开户银行', 'account.bank', 18, '中国工商银行'),
  text('户名', 'account.holder', 12, '王示例'),
  text('参保地', 'insuredAt', 18, agencyLabels[2] ?? '', { choices: agencyLabels, isText: true, read: agency }),
  text('承诺书签署日期', 'commitment.signedOn', 15, '2017-09-01', { isText: true, read: date }),
  text('承诺书材料编号', 'commitment.documentId', 38, '', { required: false, isText: true }),
  text('其他材料编号', 'documents', 38, '', {
    required: false,
    isText: true,
    read: (cell) => ({ value: several(cell) }),
  }),
  text('原参保地', 'movedFrom', 16, '', {
    required: false,
    isText: true,
    read: (cell) => ({ value: several(cell).map((part) => ({ org: /^\d{6}/.exec(part)?.[0] ?? part })) }),
  }),
  text('曾用名', 'applicant.formerNames', 14, '', {
    required: false,
    read: (cell) => ({ value: several(cell).map((name) => ({ name })) }),
  }),
  text('曾申领补贴', 'priorClaims', 20, '', { required: false, isText: true, read: priorClaims }),
];

/** Beside Annex 1: examples are marked here and are never filed. */
export const numberTitle = '序号';
export const exampleMark = '示例';
/** What the marked-up sheet adds; a corrected sheet may keep it. */
export const reasonTitle = '需更正的内容';

/** Where in the form a path of a finding belongs; lists are one column. */
export const columnAt = (path: string): Column | undefined =>
  columns.find((column) => path === column.path || path.startsWith(`${column.path}.`));

/** A form from what stands in the cells; sex and birth date are as the ID number says where they were left out. */
export function formOf(values: ReadonlyMap<string, unknown>, defaults: Readonly<Record<string, unknown>>): object {
  const form: Record<string, unknown> = { channel: 'collective' };
  for (const [path, value] of [...Object.entries(defaults), ...values]) put(form, path.split('.'), value);
  put(form, ['commitment', 'accepted'], true);
  const idNumber = values.get('applicant.idNumber');
  const parsed = parseIdentityNumber(typeof idNumber === 'string' ? idNumber : '', parseDate('9999-12-31'));
  if (parsed.ok) {
    if (!values.has('applicant.gender')) put(form, ['applicant', 'gender'], parsed.gender);
    if (!values.has('applicant.birthDate')) put(form, ['applicant', 'birthDate'], parsed.birthDate);
  }
  return form;
}

function put(form: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) form[key] = value;
  else {
    const inner = form[key];
    const next: Record<string, unknown> = isRecord(inner) ? inner : {};
    form[key] = next;
    put(next, rest, value);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
