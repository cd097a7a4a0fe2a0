import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { isCivilDate } from '../domain/policy/dates.ts';
import { currentOrgCode } from '../domain/reference/org-units.ts';
import type { DocumentId, OrgCode } from '../domain/ids.ts';
import type { CivilDate } from '../domain/time.ts';
import { type FieldError, invalid } from './problems.ts';

/** Parses with zod; what is wrong comes as one problem with one entry per field, all at once. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const form = parseForm(schema, data);
    return form.ok ? { value: form.value } : { error: invalid(form.errors) };
  };

/** Reads a form by its schema, with the same words as a body of JSON; all that is wrong at once. */
export function parseForm<T>(
  schema: z.ZodType<T>,
  data: unknown,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] } {
  const result = schema.safeParse(data, { error: chinese });
  return result.success ? { ok: true, value: result.data } : { ok: false, errors: fieldErrors(result.error.issues) };
}

/** One entry per field, the first finding of each; an unknown field is named by its own path. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): readonly FieldError[] {
  return firstOfEach(
    issues.flatMap((issue): FieldError[] => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({
          path: pathOf([...issue.path, key]),
          code: 'unknown-field',
          message: '没有这个字段，请删除。',
        }));
      return [{ path: pathOf(issue.path), code: codeOf(issue), message: issue.message }];
    }),
  );
}

export function firstOfEach(errors: readonly FieldError[]): readonly FieldError[] {
  const seen = new Map<string, FieldError>();
  for (const error of errors) if (!seen.has(error.path)) seen.set(error.path, error);
  return [...seen.values()];
}

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code'];
    return typeof code === 'string' ? code : 'wrong';
  }
  return issue.code.replaceAll('_', '-');
}

/** What to tell the person where a schema has no sentence of its own. */
const chinese: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? '必填。' : `类型不正确，应为${typeNames[issue.expected] ?? '规定的类型'}。`;
    case 'invalid_value':
      return issue.input === undefined ? '必填。' : `只能填写：${issue.values.map(String).join('、')}。`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? '不能为空或过短。' : `不能小于${issue.minimum}。`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `过长，最多${issue.maximum}。`
        : `不能大于${issue.maximum}。`;
    case 'invalid_union':
      return issue.input === undefined ? '必填。' : '填写内容不正确。';
    default:
      return '格式不正确。';
  }
};

const typeNames: Readonly<Record<string, string>> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: '是或否（true / false）',
  array: '列表',
  object: '对象',
};

/** A check of text with its own sentence: the first problem found is the one that is told. */
const text = (problem: (value: string) => string | null) =>
  z.string().superRefine((value, context) => {
    const message = problem(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

const unreadable = /[\p{Cc}\p{Cs}\p{Co}\u2028\u2029\ufffe\uffff]/u;
const lengthOf = (value: string): number => [...value].length;

/** One line, blanks around it dropped. */
export const line = (max: number) =>
  text((value) => {
    if (value.trim() === '') return '不能为空。';
    if (unreadable.test(value)) return '含有无法识别的字符，请重新填写。';
    return lengthOf(value.trim()) > max ? `过长，最多${max}个字。` : null;
  }).transform((value) => value.trim());

/** A sign-in name, as the provider spells it. */
export const signInName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{C}+$/u, '含有无法识别的字符，请重新填写。');

/** Several lines. */
export const prose = (max: number) =>
  text((value) => (value.trim() === '' ? '不能为空。' : problemOfProse(value, max)));

/** Several lines that may be left out; a field left empty was left out. */
export const remark = (max: number) =>
  text((value) => problemOfProse(value, max))
    .transform((value) => (value.trim() === '' ? null : value))
    .nullish();

function problemOfProse(value: string, max: number): string | null {
  if (unreadable.test(value.replace(/[\n\r\t]/g, ''))) return '含有无法识别的字符，请重新填写。';
  return lengthOf(value) > max ? `过长，最多${max}个字。` : null;
}

/** A text in a form that has a name of its own once it was read; null from `read` is an error with `message`. */
export const read = <T>(reader: (value: string) => T | null, message: string | ((value: string) => string)) =>
  z.string().transform((value, context): T => {
    const result = reader(value);
    if (result !== null) return result;
    context.addIssue({ code: 'custom', message: typeof message === 'string' ? message : message(value) });
    return z.NEVER;
  });

export const civilDate = read<CivilDate>(
  (value) => (isCivilDate(value) && value < '3000' ? value : null),
  '日期格式应为 YYYY-MM-DD，且为真实存在的日期。',
).meta({ format: 'date', examples: ['2017-09-01'] });

export const orgCode = read<OrgCode>(
  (value) => currentOrgCode(value) ?? null,
  '不是吉林省的经办机构代码（六位行政区划代码）。',
).meta({ examples: ['220102'] });

/** For a rule between fields: said together with what is wrong in the fields themselves; what it looks at may be missing. */
export const saidWithTheRest = {
  when: ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null,
} as const;

export const documentId = read<DocumentId>(
  (value) => (/^[\w-]{1,64}$/.test(value) ? (value as DocumentId) : null),
  '材料编号格式不正确。',
);

export const expectedSeq = z.int().min(1).optional().describe('the seq decided on; a later one → 409 case-changed');

/** `?cursor=&limit=` of every list. */
export const pageQuery = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

export const page = <T extends z.ZodType>(items: T) => z.object({ items: z.array(items), next: z.string().nullable() });
