import multipart from '@fastify/multipart';
import { fileTypeFromBuffer } from 'file-type';
import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { parseForm } from './input.ts';
import { invalid, Problem } from './problems.ts';
import { z } from 'zod';

/** Uploads take as long as the sender's line: a scan of 10 MB at 2 Mbit/s takes 40 s. Real milliseconds. */
export const uploadWithinMs = 120_000;

/** Lets the routes that `within` adds read multipart forms; all others keep refusing them. */
export function withUploads(app: App, within: (scope: App) => void): void {
  void app.register(async (scope) => {
    await scope.register(multipart, { throwFileSizeLimit: false });
    within(scope);
  });
}

export interface ReadForm<T> {
  readonly fields: T;
  readonly content: Buffer;
}

/**
 * Reads a form with one file and a few fields beside it, whatever order they come in.
 * @param largest of the file, in bytes
 * @throws Problem `not-a-form`, `bad-request`, `file-too-large`; InvalidInput
 */
export async function readForm<T>(
  request: FastifyRequest,
  fields: z.ZodType<T>,
  largest: number,
): Promise<ReadForm<T>> {
  if (!request.isMultipart()) throw new Problem('not-a-form');
  const values: Record<string, unknown> = {};
  let content: Buffer | undefined;
  try {
    const limits = { files: 1, fields: 20, fieldSize: 10_000, fileSize: largest, parts: 21 };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') values[part.fieldname] = part.value;
      else {
        content = await part.toBuffer();
        if (part.file.truncated) throw new Problem('file-too-large');
      }
    }
  } catch (error) {
    throw problemOf(error);
  }
  const parsed = parseForm(fields, values);
  const errors = parsed.ok ? [] : parsed.errors;
  if (content === undefined || content.length === 0)
    throw invalid([...errors, { path: 'file', code: 'required', message: '请选择要上传的文件，不能为空文件。' }]);
  if (!parsed.ok) throw invalid(errors);
  return { fields: parsed.value, content };
}

/** A file alone: as the only one of a form, or as the body. @throws Problem `not-a-form`, `file-too-large`; InvalidInput */
export async function readContent(request: FastifyRequest, largest: number): Promise<Buffer> {
  if (request.isMultipart()) return (await readForm(request, z.object({}), largest)).content;
  if (!Buffer.isBuffer(request.body)) throw new Problem('not-a-form');
  return request.body;
}

/**
 * Reads a form with any fields and up to so many files; a file input that was left empty is none.
 * @param largest of each file, in bytes
 * @throws Problem `not-a-form`, `bad-request`, `file-too-large`
 */
export async function readParts(
  request: FastifyRequest,
  { files: most, largest }: { readonly files: number; readonly largest: number },
): Promise<{ readonly fields: Readonly<Record<string, string>>; readonly files: readonly Buffer[] }> {
  if (!request.isMultipart()) throw new Problem('not-a-form');
  const fields: Record<string, string> = {};
  const files: Buffer[] = [];
  try {
    // Browsers send a part for an empty file input as well.
    const limits = { files: Math.max(most, 1), fields: 20, fieldSize: 40_000, fileSize: largest, parts: 21 + most };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') fields[part.fieldname] = typeof part.value === 'string' ? part.value : '';
      else {
        const content = await part.toBuffer();
        if (part.file.truncated) throw new Problem('file-too-large');
        if (content.length > 0) files.push(content);
      }
    }
  } catch (error) {
    throw problemOf(error);
  }
  return { fields, files };
}

/** What the bytes are, not what they are called: the media type; undefined where they are nothing that is known. */
export const mediaTypeOf = async (content: Buffer): Promise<string | undefined> =>
  (await fileTypeFromBuffer(content))?.mime;

/** What the multipart reader says of a form that is broken or cut off is the sender's to mend. */
function problemOf(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_REQ_FILE_TOO_LARGE') return new Problem('file-too-large');
  return new Problem('bad-request', { detail: '上传的表单不完整或格式不正确。' });
}
