import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mediaTypes } from '../domain/document.ts';
import type { EntryId } from '../domain/ids.ts';
import type { ComplaintFile } from '../store/objection.ts';
import { sha256 } from '../store/vault.ts';
import { line, parseForm, prose } from './input.ts';
import type { FieldError } from './problems.ts';
import { mediaTypeOf, readParts } from './upload.ts';

/** The shape of what anyone writes; who wrote it only HRSS sees (N3.4a). */
export const words = { text: prose(5_000), contact: line(200).nullish() };
const entryId = z.string().regex(/^\d{1,9}$/, '条目编号格式不正确。');

export const objectionBody = z.strictObject({ entryId, ...words }).meta({ id: 'Objection' });

const fileLimits = { files: 5, largest: 10 * 1024 * 1024 } as const;

export interface ReadObjection {
  readonly entryId: EntryId;
  readonly text: string;
  readonly contact: string | null;
  readonly files: readonly ComplaintFile[];
  /** What stands for it in the claim: words, and hashes of the files. */
  readonly claimed: object;
}

/**
 * An objection as JSON, or as a form with files.
 * @param known fields that do not come with the form
 * @returns what was read, or what is wrong; the fields of a form as they came, to be shown again
 * @throws Problem
 */
export async function readObjectionForm(
  request: FastifyRequest,
  known: Readonly<Record<string, string>> = {},
): Promise<{
  readonly read: ReadObjection | null;
  readonly errors: readonly FieldError[];
  readonly fields: Readonly<Record<string, string>>;
}> {
  const isForm = request.isMultipart();
  const parts = isForm ? await readParts(request, fileLimits) : { fields: {}, files: [] };
  const parsed = parseForm(objectionBody, isForm ? { ...given(parts.fields), ...known } : request.body);
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
  const { text, contact } = parsed.value;
  const read = {
    entryId: parsed.value.entryId as EntryId,
    text,
    contact: contact ?? null,
    files: files.flatMap(({ content, mediaType }) => (mediaType ? [{ content, mediaType }] : [])),
    claimed: { ...parsed.value, files: files.map(({ content }) => sha256(content).toString('hex')) },
  };
  return { read, errors: [], fields };
}

/** A form's fields without its own key; what was left empty was not given. */
const given = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => name === 'text' || (name !== 'key' && value.trim() !== '')),
  );

async function knownType(content: Buffer): Promise<ComplaintFile['mediaType'] | undefined> {
  const type = await mediaTypeOf(content);
  return mediaTypes.find((one) => one === type);
}
