import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mediaTypes } from '../domain/document.ts';
import { isRoundId } from '../domain/ids.ts';
import type { ComplaintFile } from '../store/objection.ts';
import { sha256 } from '../store/vault.ts';
import { line, parseForm, prose } from './input.ts';
import type { FieldError } from './problems.ts';
import { mediaTypeOf, readParts } from './upload.ts';

/** The shape of what anyone writes; who wrote it only HRSS sees (N3.4a). */
export const words = { text: prose(5_000), contact: line(200).nullish() };
/** Who is reported, as the reporter knows them. */
export const whom = { name: line(100).optional().describe('who is reported'), employer: line(200).optional() };
/** The number of an entry of a notice. */
export const entryNo = z.string().regex(/^\d{1,9}$/, '条目编号格式不正确。');

export const objectionBody = z.strictObject({ entryId: entryNo, ...words }).meta({ id: 'Objection' });

/** About an entry of a notice, or about whoever is named (N3.4b). */
export const reportBody = z
  .strictObject({
    noticeId: z.string().refine(isRoundId, '公示编号格式不正确。').optional(),
    entryId: entryNo.optional(),
    ...whom,
    ...words,
  })
  .refine(({ noticeId, entryId }) => entryId === undefined || noticeId !== undefined, {
    path: ['noticeId'],
    message: '填写条目编号时须同时填写公示编号。',
  })
  .meta({ id: 'Report' });

/** What a route that takes them says of its body. */
export const complaintForm = {
  consumes: ['application/json', 'multipart/form-data'],
  description: 'JSON, or multipart/form-data with up to 5 `files` (JPEG, PNG, PDF, 10 MB each).',
} as const;

const fileLimits = { files: 5, largest: 10 * 1024 * 1024 } as const;

export interface ReadComplaint<T> {
  readonly value: T;
  readonly files: readonly ComplaintFile[];
  /** What stands for it in the claim: words, and hashes of the files. */
  readonly claimed: object;
}

/**
 * An objection or report as JSON, or as a form with files.
 * @param known fields that do not come with the form
 * @returns what was read, or what is wrong; the fields of a form as they came, to be shown again
 * @throws Problem
 */
export async function readComplaint<T extends object>(
  request: FastifyRequest,
  schema: z.ZodType<T>,
  known: Readonly<Record<string, string>> = {},
): Promise<{
  readonly read: ReadComplaint<T> | null;
  readonly errors: readonly FieldError[];
  readonly fields: Readonly<Record<string, string>>;
}> {
  const isForm = request.isMultipart();
  const parts = isForm ? await readParts(request, fileLimits) : { fields: {}, files: [] };
  const parsed = parseForm(schema, isForm ? { ...given(parts.fields), ...known } : request.body);
  const files = await Promise.all(
    parts.files.map(async (content) => ({ content, mediaType: await knownType(content) })),
  );
  const wrong = parsed.ok ? [] : [...parsed.errors];
  if (files.some(({ mediaType }) => mediaType === undefined))
    wrong.push({
      path: 'files',
      code: 'unsupported-type',
      message: '只能上传 JPEG、PNG 图片或 PDF 文件（按文件内容识别，与文件名无关）。',
    });
  const { fields } = parts;
  if (!parsed.ok || wrong.length > 0) return { read: null, errors: wrong, fields };
  const { value } = parsed;
  const read = {
    value,
    files: files.flatMap(({ content, mediaType }) => (mediaType ? [{ content, mediaType }] : [])),
    claimed: { ...value, files: files.map(({ content }) => sha256(content).toString('hex')) },
  };
  return { read, errors: [], fields };
}

/** A form's fields without its own key and without blanks around them; what was left empty was not given. */
const given = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(fields)
      .map(([name, value]) => [name, name === 'text' ? value : value.trim()] as const)
      .filter(([name, value]) => name === 'text' || (name !== 'key' && value !== '')),
  );

const uuid = z.uuid();

/** The key that came with a page's form, so that the same form sent twice is one command. */
export const keyOf = (fields: Readonly<Record<string, string>>, request: FastifyRequest): string =>
  uuid.safeParse(fields['key']).data ?? request.idempotencyKey;

/** A page's form as it was filled in, with what is wrong; what is sent next is another command. */
export const formAgain = (fields: Readonly<Record<string, string>>, errors: readonly FieldError[]) => ({
  key: randomUUID(),
  text: fields['text'] ?? '',
  contact: fields['contact'] ?? '',
  errors: Object.fromEntries(errors.map(({ path, message }) => [path, message])),
});

async function knownType(content: Buffer): Promise<ComplaintFile['mediaType'] | undefined> {
  const type = await mediaTypeOf(content);
  return mediaTypes.find((one) => one === type);
}
