import type { Brand } from '../brand.ts';

/** The number of a bank card or of a social-security card's bank account that was checked: 16 to 19 digits. Personal data. */
export type BankCardNumber = Brand<string, 'BankCardNumber'>;

export type BankCardProblem = 'characters' | 'length' | 'checksum';

export type ParsedBankCard =
  { readonly ok: true; readonly number: BankCardNumber } | { readonly ok: false; readonly problem: BankCardProblem };

const texts: Readonly<Record<BankCardProblem, string>> = {
  characters: '银行卡号只能是数字，请核对。',
  length: '银行卡号应为16至19位数字，请核对是否漏填或多填（社会保障卡请填写卡面的银行卡号，不是社会保障号码）。',
  checksum: '银行卡号校验不符，请逐位核对是否输错。',
};

/** What to tell the person who typed it. */
export const bankCardProblemText = (problem: BankCardProblem): string => texts[problem];

/** Reads a card number as people type it: blanks and full-width digits are tolerated. */
export function parseBankCard(text: string): ParsedBankCard {
  const number = text.normalize('NFKC').replace(/\s/gu, '');
  if (!/^\d+$/.test(number)) return { ok: false, problem: 'characters' };
  if (number.length < 16 || number.length > 19) return { ok: false, problem: 'length' };
  if (luhnSum(number) % 10 !== 0) return { ok: false, problem: 'checksum' };
  return { ok: true, number: number as BankCardNumber };
}

/** The last digit that makes a card number of these leading digits (Luhn). */
export const bankCardCheckDigit = (digits: string): string => ((10 - (luhnSum(`${digits}0`) % 10)) % 10).toString();

function luhnSum(number: string): number {
  let sum = 0;
  [...number].reverse().forEach((digit, place) => {
    const value = place % 2 === 1 ? Number(digit) * 2 : Number(digit);
    sum += value > 9 ? value - 9 : value;
  });
  return sum;
}
