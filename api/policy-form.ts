import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Fen, fen } from '../domain/money.ts';
import {
  canonicalOccupation,
  namesLost,
  normaliseOccupation,
  type Occupation,
  occupationsOf,
} from '../domain/policy/occupations.ts';
import { insuredStatuses } from '../domain/policy/eligibility.ts';
import type { Level, Policy } from '../domain/policy/policy.ts';
import { policy201767 } from '../domain/policy/policy-2017-67.ts';
import { civilDate, fieldErrors, line, orgCode } from './input.ts';
import { invalid } from './problems.ts';

const level = z.union([z.literal(5), z.literal(4), z.literal(3), z.literal(2), z.literal(1)]);
const kind = z.enum(['qualification', 'skill-level']);
const registers = z.array(z.enum(['provincial', 'national'])).max(2);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '时间格式应为 HH:mm。');
const count = z.int().min(0).max(1_200);
const dayOfMonth = z.int().min(1).max(31);

/** At most 100,000 yuan; null takes the level off the list. */
const amount = z.int().min(1).max(10_000_000).nullish();
const standards = z
  .strictObject({ 1: amount, 2: amount, 3: amount, 4: amount, 5: amount })
  .transform((given): Policy['standards'] => {
    const kept: Partial<Record<Level, Fen>> = {};
    for (const one of [5, 4, 3, 2, 1] as const) if (typeof given[one] === 'number') kept[one] = fen(given[one]);
    return kept;
  });

/** Occupations and aliases beside the list of the program (N4.3). */
const added = z.strictObject({ name: line(100), aliases: z.array(line(100)).max(50) });

/** The periods that the code knows: all of them, no other. */
const periods = z
  .record(z.string(), z.int().min(0).max(250))
  .superRefine((given, context) => {
    for (const one of Object.keys(given))
      if (!Object.hasOwn(policy201767.deadlines, one))
        context.addIssue({ code: 'custom', path: [one], message: '没有这一期限，请删除。' });
  })
  .transform((given): Policy['deadlines'] => ({ ...policy201767.deadlines, ...given }));

/** A policy version as the API takes it: every value in its bounds, and each in tune with the others. */
const form = z
  .strictObject({
    id: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$/, '版本号由字母、数字、点和连字符组成，最多40个字符。'),
    document: line(200),
    inForceFrom: civilDate,
    claimants: z.array(z.enum(insuredStatuses)).min(1),
    claimsPerYear: z.int().min(1).max(100).nullable(),
    contributionMonths: count,
    certificates: z.strictObject({
      issuedFrom: civilDate,
      levels: z.array(level).min(1),
      kinds: z.array(kind).min(1),
      registers: z.strictObject({ qualification: registers, 'skill-level': registers }),
    }),
    registerAnswers: z.strictObject({ goodForWorkingDays: z.int().min(1).max(250) }).optional(),
    claimWindowMonths: z.int().min(1).max(120),
    counterClosingTime: time,
    standards,
    shortage: z.strictObject({
      occupations: z.array(z.strictObject({ name: line(100), scope: orgCode })).max(1_000),
      standards,
    }),
    occupations: z.array(added).max(1_000).exactOptional(),
    deadlines: periods,
    reconsiderationDays: z.int().min(1).max(1_000),
    refusalReasons: z
      .array(
        z.strictObject({
          code: z.string().regex(/^[a-z][a-z-]{0,60}$/),
          clause: z.string().regex(/^N\d(\.\d+[a-z]?)?$/),
          basis: line(500),
          text: line(500),
        }),
      )
      .max(200),
    letters: z.strictObject({
      citation: line(500),
      remedies: z.array(line(1_000)).max(20),
      orderRemedies: z.array(line(1_000)).min(1).max(20).exactOptional(),
    }),
    carriers: z.strictObject({ smsHours: z.int().min(1).max(2_000), letterHours: z.int().min(1).max(2_000) }),
    reminderWorkingDays: z.int().min(0).max(30),
    accountReminders: z
      .strictObject({ everyWorkingDays: z.int().min(1).max(250), atMost: z.int().min(1).max(100) })
      .optional(),
    escalation: z
      .array(z.strictObject({ to: z.enum(['supervisor', 'next-level']), afterWorkingDays: z.int().min(0).max(250) }))
      .max(10),
    bankDays: z.strictObject({ reconcileAt: time, missingAt: time }),
    publicityProbes: z.strictObject({
      everyMinutes: z.int().min(1).max(1_440),
      longestGapMinutes: z.int().min(1).max(1_440),
    }),
    publicityReports: z.strictObject({ daysOfMonth: z.array(dayOfMonth).min(1).max(31), cutOffTime: time }),
    recovery: z.strictObject({ reminders: z.int().min(0).max(100) }),
    sample: z.strictObject({
      drawnAt: time,
      percent: z.int().min(0).max(100),
      atLeast: z.int().min(0).max(1_000),
      signsAtMost: z.int().min(0).max(1_000),
      proxyCases: z.int().min(2).max(1_000),
    }),
    statistics: z.strictObject({
      from: civilDate,
      agencyMonthlyDay: dayOfMonth,
      agencyQuarterlyDay: dayOfMonth,
      countyToCityDay: dayOfMonth,
      cityToProvinceDay: dayOfMonth,
    }),
  })
  .superRefine((version, context) => {
    const { certificates, standards: general, shortage } = version;
    for (const one of certificates.levels) {
      if (general[one] === undefined)
        context.addIssue({ code: 'custom', path: ['standards', one], message: '补贴等级缺少补贴标准。' });
      if (shortage.standards[one] === undefined)
        context.addIssue({
          code: 'custom',
          path: ['shortage', 'standards', one],
          message: '补贴等级缺少紧缺急需补贴标准。',
        });
    }
    const list = occupationsOf({ occupations: version.occupations ?? [] });
    // A catalog name decides about money: only a canonical one is ever met by a certificate (N4.2).
    shortage.occupations.forEach(({ name }, at) => {
      const canonical = canonicalOccupation(name, list);
      if (!canonical.known || canonical.name !== name)
        context.addIssue({
          code: 'custom',
          path: ['shortage', 'occupations', at, 'name'],
          message: '不是标准名称表中的职业（工种）名称。',
        });
    });
    for (const { path, message } of namesAmiss(version.occupations ?? []))
      context.addIssue({ code: 'custom', path: ['occupations', ...path], message });
    const rows = shortage.occupations.map(({ name, scope }) => `${name} ${scope}`);
    rows.forEach((row, at) => {
      if (rows.indexOf(row) !== at)
        context.addIssue({ code: 'custom', path: ['shortage', 'occupations', at], message: '目录中有重复的行。' });
    });
  });

/**
 * A version as a changed copy of another one. What the form has no place for yet stays as it was.
 * @throws InvalidInput with paths in the whole version
 */
export function policyFrom(base: Policy, changes: unknown, own: object): Policy {
  const laid = overlaid(base, changes);
  const { members, rest } = sorted({ ...(isObject(laid) ? laid : {}), ...own }, base);
  const result = form.safeParse({ ...members, ...rest });
  if (!result.success) throw invalid(fieldErrors(result.error.issues));
  const lost = namesLost(base, result.data);
  if (lost.length > 0) {
    const message = `标准名称只增不减，请保留：${lost.join('、')}。`;
    throw invalid([{ path: 'occupations', code: 'taken-back', message }]);
  }
  return { ...base, ...result.data };
}

const spellings = (occupations: readonly Occupation[]) =>
  occupations.flatMap(({ name, aliases }, at) => [
    { text: name, name, path: [at, 'name'] as (string | number)[] },
    ...aliases.map((text, n) => ({ text, name, path: [at, 'aliases', n] as (string | number)[] })),
  ]);

/** Names of a version's own that mean something else already: an alias decides about money, so each means one thing. */
function namesAmiss(occupations: readonly Occupation[]): readonly { path: (string | number)[]; message: string }[] {
  const meant = new Map<string, string>();
  return spellings(occupations).flatMap(({ text, name, path }) => {
    const spelling = normaliseOccupation(text);
    const known = canonicalOccupation(text);
    const above = meant.get(spelling);
    const earlier = known.known ? known.name : above;
    meant.set(spelling, name);
    if (spelling === '') return [{ path, message: '请填写职业（工种）名称。' }];
    if (above === name) return [{ path, message: '本表中已有这一名称或别名，请删除重复的。' }];
    return earlier === undefined || earlier === name ? [] : [{ path, message: `已是“${earlier}”的名称。` }];
  });
}

/** The form's own members, and of the others those that are not as in the version itself: changed or unknown. */
function sorted(whole: object, base: Policy): { readonly members: object; readonly rest: object } {
  const entries = Object.entries(whole);
  return {
    members: Object.fromEntries(entries.filter(([key]) => Object.hasOwn(form.shape, key))),
    rest: Object.fromEntries(
      entries.filter(
        ([key, value]) => !Object.hasOwn(form.shape, key) && !isDeepStrictEqual(value, Reflect.get(base, key)),
      ),
    ),
  };
}

/**
 * Changes laid over a version: members of objects one by one, everything else (lists and null included) replaced. What comes
 * out is no version yet.
 */
function overlaid(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes)) return changes;
  const members = Object.entries(changes).map(
    ([key, value]) => [key, overlaid(Reflect.get(base, key), value)] as const,
  );
  return { ...base, ...Object.fromEntries(members) };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
