import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { documentKinds, mediaTypes } from '../../domain/document.ts';
import { NotFound } from '../../store/case.ts';
import { documentOwners, readDocument, storeDocument } from '../../store/document.ts';
import { sha256 } from '../../store/vault.ts';
import { accessCase, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { invalid } from '../problems.ts';
import { mediaTypeOf, readForm, uploadWithinMs, withUploads } from '../upload.ts';
import { bytesAs } from '../representation.ts';
import { commandProblems, done, readProblems } from '../view.ts';

/** Fixed by the issue: scans of up to 10 MB. */
const largestScan = 10 * 1024 * 1024;

const extensions = { 'image/jpeg': 'jpg', 'image/png': 'png', 'application/pdf': 'pdf' } as const;
const form = z.strictObject({
  kind: z
    .enum(documentKinds)
    .nullish()
    .transform((kind) => kind ?? null),
});
const anyForm = z
  .object({ file: z.string().meta({ format: 'binary' }), kind: z.enum(documentKinds).optional() })
  .meta({ id: 'Upload' });
const stored = z
  .object({
    documentId: z.string(),
    kind: z.string().nullable(),
    mediaType: z.enum(mediaTypes),
    bytes: z.int(),
    sha256: z.string(),
  })
  .meta({ id: 'Document' });

/** Scans of papers (N2.1): uploaded first, then named in a form by their ids. */
export function documentRoutes(app: App, services: Services): void {
  const { store } = services;

  withUploads(app, (scope) => {
    scope.post(
      '/v1/documents',
      {
        config: { may: 'upload-document' },
        handlerTimeout: uploadWithinMs,
        // The form is read as it comes in; the schema is for the description only.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          summary: '上传材料 · Upload a scan (N2.1)',
          description:
            'JPEG, PNG or PDF by content, up to 10 MB. It is its uploader’s until a case takes it. `kind` says what it shows.',
          consumes: ['multipart/form-data'],
          body: anyForm,
          response: { 201: stored, ...commandProblems },
        },
      },
      async (request, reply) => {
        const { fields, content } = await readForm(request, form, largestScan);
        const type = await mediaTypeOf(content);
        const mediaType = mediaTypes.find((one) => one === type);
        if (!mediaType)
          throw invalid([
            {
              path: 'file',
              code: 'unsupported-type',
              message: '只能上传 JPEG、PNG 图片或 PDF 文件（按文件内容识别，与文件名无关）。',
            },
          ]);
        const caller = callerOf(request);
        const claim = claimOf(request, { ...fields, content: sha256(content).toString('hex') });
        const upload = { uploader: caller.callerKey, kind: fields.kind, mediaType, content };
        return reply.code(201).send(done(await storeDocument(store, claim, upload)));
      },
    );
  });

  app.get(
    '/v1/documents/:documentId',
    {
      config: { may: 'see-document' },
      schema: {
        summary: '下载材料 · A scan as it was uploaded',
        params: z.object({ documentId: z.string() }),
        response: { 200: bytesAs(...mediaTypes), ...readProblems },
      },
    },
    async (request, reply) => {
      const documentId = await reach(request, request.params.documentId);
      const { content, mediaType } = await readDocument(store, documentId);
      return reply
        .type(mediaType)
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${documentId}.${extensions[mediaType]}"`)
        .send(content);
    },
  );

  /** The uploader's while no case has it, then of those who may see one of its cases. @throws NotFound */
  async function reach(request: FastifyRequest, asked: string) {
    const { documentId, uploader, caseNos } = await documentOwners(store.db, asked);
    if (caseNos.length === 0 && uploader === callerOf(request).callerKey) return documentId;
    for (const caseNo of caseNos) {
      const isReached = await accessCase(services, request, 'see-document', caseNo).then(
        () => true,
        (error: unknown) => {
          if (error instanceof NotFound) return false;
          throw error;
        },
      );
      if (isReached) return documentId;
    }
    throw new NotFound(asked);
  }
}
