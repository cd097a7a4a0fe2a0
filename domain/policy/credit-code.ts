import type { Brand } from '../brand.ts';

/** A unified social credit code (统一社会信用代码, GB 32100-2015) that was checked: 18 characters, upper-case. */
export type CreditCode = Brand<string, 'CreditCode'>;

export type CreditCodeProblem =
  'registration-number' | 'organisation-code' | 'not-eighteen' | 'characters' | 'registration' | 'region' | 'checksum';

export type ParsedCreditCode =
  { readonly ok: true; readonly code: CreditCode } | { readonly ok: false; readonly problem: CreditCodeProblem };

const texts: Readonly<Record<CreditCodeProblem, string>> = {
  'registration-number': '这是15位的旧营业执照注册号，请填写营业执照上的18位统一社会信用代码。',
  'organisation-code': '这是9位的组织机构代码，请填写18位统一社会信用代码。',
  'not-eighteen': '统一社会信用代码应为18位，请核对是否漏填或多填。',
  characters: '统一社会信用代码由数字和大写字母组成，不使用字母I、O、S、V、Z，请核对。',
  registration: '统一社会信用代码前2位（登记管理部门和机构类别）不正确，请核对。',
  region: '统一社会信用代码第3至8位应为6位数字的行政区划代码，请核对。',
  checksum: '统一社会信用代码的校验位不符，请逐位核对是否输错。',
};

/** What to tell the person who typed it. */
export const creditCodeProblemText = (problem: CreditCodeProblem): string => texts[problem];

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** First character, the registration department, and the category characters that it gives out. */
const CATEGORIES: Readonly<Record<string, string>> = {
  '1': '1239',
  '2': '19',
  '3': '123459',
  '4': '19',
  '5': '1239',
  '6': '129',
  '7': '129',
  '8': '19',
  '9': '1239',
  A: '19',
  N: '1239',
  Y: '1',
};

/** Reads a credit code as people type it: blanks and hyphens, full-width and lower-case characters are tolerated. */
export function parseCreditCode(text: string): ParsedCreditCode {
  const code = text.normalize('NFKC').replace(/[\s-]/gu, '').toUpperCase();
  const problem = creditCodeProblem(code);
  return problem ? { ok: false, problem } : { ok: true, code: code as CreditCode };
}

function creditCodeProblem(code: string): CreditCodeProblem | undefined {
  if (/^\d{15}$/.test(code)) return 'registration-number';
  if (/^[\dA-Z]{8}[\dX]$/.test(code)) return 'organisation-code';
  if ([...code].length !== 18) return 'not-eighteen';
  if (![...code].every((character) => ALPHABET.includes(character))) return 'characters';
  if (!CATEGORIES[code.charAt(0)]?.includes(code.charAt(1))) return 'registration';
  if (!/^\d{6}$/.test(code.slice(2, 8))) return 'region';
  return code.charAt(17) === creditCodeCheckCharacter(code) ? undefined : 'checksum';
}

/** The 18th character that belongs to the first 17: weights 3^i mod 31. */
export function creditCodeCheckCharacter(code: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}
