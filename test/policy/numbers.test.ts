import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bankCardCheckDigit, bankCardProblemText, parseBankCard } from '../../domain/policy/bank-card.ts';
import { creditCodeCheckCharacter, creditCodeProblemText, parseCreditCode } from '../../domain/policy/credit-code.ts';
import { addDays, civilDate } from '../../domain/policy/dates.ts';
import {
  identityCheckCharacter,
  identityProblemText,
  parseIdentityNumber,
} from '../../domain/policy/identity-number.ts';

const today = civilDate('2017-09-01');
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const withIdentityCheck = (first17: string) => first17 + identityCheckCharacter(first17);
const born = fc.integer({ min: 0, max: 42_900 }).map((days) => addDays(civilDate('1900-01-01'), days));
const identity = fc
  .tuple(fc.constantFrom('220102', '110101', '659001', '810000', '830000'), born, digits(3))
  .map(([region, birth, serial]) => withIdentityCheck(region + birth.replaceAll('-', '') + serial));

describe('identity numbers (GB 11643-1999)', () => {
  test('the example of the standard', () => {
    expect(parseIdentityNumber('11010519491231002X', today)).toEqual({
      ok: true,
      number: '11010519491231002X',
      birthDate: '1949-12-31',
      gender: 'female',
    });
    expect(parseIdentityNumber('440524188001010014', today)).toEqual({ ok: false, problem: 'birth-date' });
  });

  test.each([
    ['110105 19491231 002x', '11010519491231002X'],
    ['１１０１０５１９４９１２３１００２Ｘ', '11010519491231002X'],
    ['110105-19491231-002X', '11010519491231002X'],
  ])('tolerates %p', (typed, number) => expect(parseIdentityNumber(typed, today)).toMatchObject({ number }));

  test.each([
    ['110105491231002', 'fifteen-digits'],
    ['E12345678', 'looks-like-passport'],
    ['H1234567801', 'looks-like-passport'],
    ['1101051949123100', 'not-eighteen'],
    ['', 'not-eighteen'],
    ['11010519491231O02X', 'characters'],
    ['1101051949123100X2', 'characters'],
    [withIdentityCheck('17010519491231002'), 'region'],
    [withIdentityCheck('22000019491231002'), 'region'],
    [withIdentityCheck('22010219490230002'), 'birth-date'],
    [withIdentityCheck('22010218991231002'), 'birth-date'],
    [withIdentityCheck('22010220170902002'), 'birth-date'],
    ['110105194912310021', 'checksum'],
  ] as const)('%p is refused: %s, with an explanation', (typed, problem) => {
    expect(parseIdentityNumber(typed, today)).toEqual({ ok: false, problem });
    expect(identityProblemText(problem)).toMatch(/^[^a-zA-WYZ]+。$/u);
  });

  test('every well-made one is read, with its birth date and sex', () => {
    fc.assert(
      fc.property(identity, (number) => {
        const parsed = parseIdentityNumber(number, today);
        expect(parsed).toMatchObject({ ok: true, number });
        if (!parsed.ok) return;
        expect(parsed.birthDate.replaceAll('-', '')).toBe(number.slice(6, 14));
        expect(parsed.gender).toBe(Number(number[16]) % 2 === 1 ? 'male' : 'female');
      }),
    );
  });

  test('one changed digit, or two neighbours exchanged, is noticed', () => {
    fc.assert(
      fc.property(identity, fc.nat({ max: 16 }), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const changed = [...number];
        changed[at] = String((Number(number[at]) + by) % 10);
        expect(parseIdentityNumber(changed.join(''), today).ok).toBe(false);
        const exchanged = number.slice(0, at) + number.charAt(at + 1) + number.charAt(at) + number.slice(at + 2);
        if (exchanged !== number) expect(parseIdentityNumber(exchanged, today).ok).toBe(false);
      }),
    );
  });
});

describe('unified social credit codes (GB 32100-2015)', () => {
  const alphabet = Array.from('0123456789ABCDEFGHJKLMNPQRTUWXY');
  const body = fc.array(fc.constantFrom(...alphabet), { minLength: 9, maxLength: 9 }).map((all) => all.join(''));
  const code = fc
    .tuple(fc.constantFrom('91', '92', '93', '11', '12', '52', 'Y1'), digits(6), body)
    .map((parts) => parts.join(''))
    .map((first17) => first17 + creditCodeCheckCharacter(first17));

  test('the check character of a published example', () => {
    expect(parseCreditCode('91350100M000100Y43')).toEqual({ ok: true, code: '91350100M000100Y43' });
    expect(parseCreditCode(' 91350100m000100y43 ')).toEqual({ ok: true, code: '91350100M000100Y43' });
  });

  test.each([
    ['220000000012345', 'registration-number'],
    ['12345678X', 'organisation-code'],
    ['91350100M000100Y4', 'not-eighteen'],
    ['91350100M0001O0Y43', 'characters'],
    ['95350100M000100Y43', 'registration'],
    ['Q1350100M000100Y43', 'registration'],
    ['913501A0M000100Y43', 'region'],
    ['91350100M000100Y44', 'checksum'],
  ] as const)('%p is refused: %s, with an explanation', (typed, problem) => {
    expect(parseCreditCode(typed)).toEqual({ ok: false, problem });
    expect(creditCodeProblemText(problem)).toMatch(/。$/u);
  });

  test('every well-made one is read, one changed character is noticed', () => {
    fc.assert(
      fc.property(code, fc.nat({ max: 17 }), fc.constantFrom(...alphabet), (right, at, other) => {
        expect(parseCreditCode(right)).toEqual({ ok: true, code: right });
        const changed = right.slice(0, at) + other + right.slice(at + 1);
        expect(parseCreditCode(changed).ok).toBe(changed === right);
      }),
    );
  });
});

describe('bank cards', () => {
  const card = fc
    .integer({ min: 15, max: 18 })
    .chain(digits)
    .map((leading) => leading + bankCardCheckDigit(leading));

  test.each([
    ['6222 0212 3456 7890', 'checksum'],
    ['62220212345678', 'length'],
    ['62220212345678901234', 'length'],
    ['6222-0212', 'characters'],
    ['', 'characters'],
  ] as const)('%p is refused: %s, with an explanation', (typed, problem) => {
    expect(parseBankCard(typed)).toEqual({ ok: false, problem });
    expect(bankCardProblemText(problem)).toMatch(/。$/u);
  });

  test('blanks and full-width digits are tolerated', () => {
    expect(parseBankCard('4111 1111 1111 1111')).toEqual({ ok: true, number: '4111111111111111' });
    expect(parseBankCard('４１１１１１１１１１１１１１１１')).toMatchObject({ ok: true });
  });

  test('every well-made one is read, one changed digit is noticed', () => {
    fc.assert(
      fc.property(card, fc.nat({ max: 15 }), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        expect(parseBankCard(number)).toEqual({ ok: true, number });
        const digit = (Number(number[at]) + by) % 10;
        expect(parseBankCard(`${number.slice(0, at)}${digit}${number.slice(at + 1)}`)).toEqual({
          ok: false,
          problem: 'checksum',
        });
      }),
    );
  });
});
