import type { Brand } from '../brand.ts';
import type { CivilDate } from '../time.ts';
import { isCivilDate } from './dates.ts';

/** A citizen's identity number (GB 11643-1999) that was checked: 18 characters, X upper-case. Personal data. */
export type IdentityNumber = Brand<string, 'IdentityNumber'>;

export type IdentityProblem =
  'fifteen-digits' | 'looks-like-passport' | 'not-eighteen' | 'characters' | 'region' | 'birth-date' | 'checksum';

export type ParsedIdentity =
  | {
      readonly ok: true;
      readonly number: IdentityNumber;
      readonly birthDate: CivilDate;
      readonly gender: 'male' | 'female';
    }
  | { readonly ok: false; readonly problem: IdentityProblem };

const texts: Readonly<Record<IdentityProblem, string>> = {
  'fifteen-digits': '这是15位的旧号码，请使用18位居民身份证号码（可查看第二代居民身份证）。',
  'looks-like-passport': '这像是护照或通行证号码，请填写18位居民身份证号码。',
  'not-eighteen': '居民身份证号码应为18位，请核对是否漏填或多填。',
  characters: '居民身份证号码前17位应为数字，最后一位为数字或X，请核对。',
  region: '居民身份证号码前6位的地区代码不正确，请核对。',
  'birth-date': '居民身份证号码第7至14位不是有效的出生日期，请核对。',
  checksum: '居民身份证号码的校验位不符，请逐位核对是否输错。',
};

/** What to tell the person who typed it. */
export const identityProblemText = (problem: IdentityProblem): string => texts[problem];

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

/** First two digits: the provinces, 台湾 71, 香港 81, 澳门 82, residents from Taiwan 83. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
);

/**
 * Reads an identity number as people type it: blanks and hyphens, full-width digits and a lower-case x are tolerated.
 * @param today latest possible birth date
 */
export function parseIdentityNumber(text: string, today: CivilDate): ParsedIdentity {
  const number = text.normalize('NFKC').replace(/[\s-]/gu, '').toUpperCase();
  const problem = identityProblem(number, today);
  if (problem) return { ok: false, problem };
  return {
    ok: true,
    number: number as IdentityNumber,
    birthDate: birthText(number) as CivilDate,
    gender: Number(number[16]) % 2 === 1 ? 'male' : 'female',
  };
}

function identityProblem(number: string, today: CivilDate): IdentityProblem | undefined {
  if (/^\d{15}$/.test(number)) return 'fifteen-digits';
  if (/^[A-Z]{1,2}\d{6,10}$/.test(number)) return 'looks-like-passport';
  if ([...number].length !== 18) return 'not-eighteen';
  if (!/^\d{17}[\dX]$/.test(number)) return 'characters';
  if (!plausibleRegion(number)) return 'region';
  const birth = birthText(number);
  if (!isCivilDate(birth) || birth < '1900-01-01' || birth > today) return 'birth-date';
  return number[17] === identityCheckCharacter(number) ? undefined : 'checksum';
}

/** Counties come and go, so only the province is looked up; within the mainland a city must be named. */
const plausibleRegion = (number: string): boolean =>
  PROVINCES.has(number.slice(0, 2)) && (number.slice(0, 2) > '65' || number.slice(2, 4) !== '00');

const birthText = (number: string): string => `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;

/** The 18th character that belongs to the first 17 digits (ISO 7064, MOD 11-2). */
export function identityCheckCharacter(digits: string): string {
  let sum = 0;
  WEIGHTS.forEach((weight, at) => (sum += weight * Number(digits[at])));
  return CHECK_CHARACTERS.charAt(sum % 11);
}
