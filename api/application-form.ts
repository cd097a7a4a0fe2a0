import { z } from 'zod';
import { bankCardProblemText, parseBankCard } from '../domain/policy/bank-card.ts';
import { creditCodeProblemText, parseCreditCode } from '../domain/policy/credit-code.ts';
import { civilDate as parseDate } from '../domain/policy/dates.ts';
import { identityProblemText, type IdentityNumber, parseIdentityNumber } from '../domain/policy/identity-number.ts';
import type { CivilDate } from '../domain/time.ts';
import { civilDate, documentId, line, orgCode, read } from './input.ts';

/** Birth dates are held against today where the whole form is (`form-rules.ts`). */
const endOfTime: CivilDate = parseDate('9999-12-31');

export const identityNumber = read<IdentityNumber>(
  (text) => {
    const parsed = parseIdentityNumber(text, endOfTime);
    return parsed.ok ? parsed.number : null;
  },
  (text) => {
    const parsed = parseIdentityNumber(text, endOfTime);
    return parsed.ok ? '' : identityProblemText(parsed.problem);
  },
);

export const creditCode = read<string>(
  (text) => {
    const parsed = parseCreditCode(text);
    return parsed.ok ? parsed.code : null;
  },
  (text) => {
    const parsed = parseCreditCode(text);
    return parsed.ok ? '' : creditCodeProblemText(parsed.problem);
  },
);

export const phone = read<string>((text) => {
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '');
  return /^(\+?86)?1[3-9]\d{9}$/.test(digits) || /^0\d{2,3}\d{7,8}$/.test(digits) ? digits : null;
}, '请填写11位手机号码，或带区号的固定电话。');

/** 少数民族姓名用 ·; letters of any script, spaces inside. */
export const personName = line(50).refine(
  (name) => /^[\p{L}\p{M}][\p{L}\p{M}\p{N}·•．.'’ -]*$/u.test(name),
  '姓名中有不能识别的符号，请核对。',
);

/** The name of a trade; it tells entitlements apart and stands in events, so no number of anybody's may hide in it. */
const occupation = line(100)
  .refine((text) => /[\p{L}\p{N}]/u.test(text), '请填写证书上的职业（工种）名称。')
  .refine(
    (text) => !/\d{6}/.test(text.normalize('NFKC').replace(/[\s-]/g, '')),
    '职业（工种）名称中不应有长串数字，请核对。',
  );
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '月份格式应为 YYYY-MM。');
const level = z.union(
  [z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)],
  '只能填写 5（初级）、4（中级）、3（高级）、2、1。',
);

const bankCard = read<string>(
  (text) => {
    const parsed = parseBankCard(text);
    return parsed.ok ? parsed.number : null;
  },
  (text) => {
    const parsed = parseBankCard(text);
    return parsed.ok ? '' : bankCardProblemText(parsed.problem);
  },
);
const socialSecurityCard = read<string>((text) => {
  const number = text.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  return /^[0-9A-Z]{6,30}$/.test(number) ? number : null;
}, '社会保障卡号应为6至30位数字或字母，请核对。');
/** The kind decides how the number is read. */
const accountNumber = { 'bank-card': bankCard, 'social-security-card': socialSecurityCard } as const;
export const account = z.strictObject({
  kind: z.enum(['social-security-card', 'bank-card']),
  number: line(50).transform((text) => text.normalize('NFKC').replace(/\s/g, '').toUpperCase()),
  bank: line(100),
  holder: personName,
});

/** What is wrong with an account's number for its kind; null when it is right. */
export function accountNumberProblem(kind: keyof typeof accountNumber, number: string): string | null {
  const parsed = accountNumber[kind].safeParse(number);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? '账号不正确，请核对。');
}

/** Annex 1 as it is filed (contract.md, Main flow). */
export const applicationForm = z
  .strictObject({
    channel: z.enum(['online', 'counter', 'collective']),
    applicant: z.strictObject({
      name: personName,
      gender: z.enum(['male', 'female']),
      birthDate: civilDate,
      idNumber: identityNumber,
      phone,
      homeAddress: line(200),
      formerNames: z
        .array(z.strictObject({ name: personName, documentId: documentId.nullable().default(null) }))
        .max(10)
        .default([]),
    }),
    employer: z.strictObject({ name: line(200), creditCode, industry: line(100), address: line(200) }),
    certificate: z.strictObject({
      kind: z.enum(['qualification', 'skill-level']),
      occupation,
      level,
      number: line(50),
      issuedOn: civilDate,
      issuer: z.strictObject({ name: line(200), scope: z.enum(['province', 'other-province', 'industry']) }),
    }),
    account,
    insuredAt: orgCode,
    movedFrom: z
      .array(
        z.strictObject({
          org: z.string().regex(/^\d{6}$/, '应为六位行政区划代码。'),
          documentId: documentId.nullable().default(null),
        }),
      )
      .max(20)
      .default([]),
    proxy: z.strictObject({ name: personName, idNumber: identityNumber }).nullable().default(null),
    priorClaims: z.array(z.strictObject({ occupation, level, month })).max(50).default([]),
    documents: z.array(documentId).max(50).default([]),
    originalsSeen: z
      .array(z.strictObject({ kind: z.enum(['certificate', 'id-card', 'proxy-id-card']) }))
      .max(10)
      .default([]),
    commitment: z.strictObject({
      accepted: z.literal(true, '须阅读并同意承诺书。'),
      signedOn: civilDate,
      by: z.enum(['applicant', 'proxy']).default('applicant'),
      documentId: documentId.nullable().default(null),
    }),
  })
  .meta({ id: 'Application', description: '附件1 申请表' });
