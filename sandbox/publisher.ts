import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults } from './faults.ts';
import { NOT_FOUND, someText } from './premises.ts';
import type { Premises } from './premises.ts';

const pageSchema = z.object({ contentType: z.string(), base64: z.string() });
type Page = z.infer<typeof pageSchema>;

const params = z.object({ noticeId: someText });
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** The official site: shows to anyone exactly the bytes that were published. */
export class Publisher {
  readonly #premises: Premises;
  readonly #pages: DurableMap<Page>;

  private constructor(premises: Premises, pages: DurableMap<Page>) {
    this.#premises = premises;
    this.#pages = pages;
  }

  static async open(premises: Premises): Promise<Publisher> {
    return new Publisher(premises, await DurableMap.open(join(premises.folder, 'publisher.ndjson'), pageSchema));
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    const { faults, schedule } = this.#premises;
    exposeToFaults(app, 'publisher', faults, schedule);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_PAGE_BYTES }, (_request, body, parsed) => {
      parsed(null, body);
    });

    app.put('/v1/notices/:noticeId', { schema: { params }, bodyLimit: MAX_PAGE_BYTES }, async (request) => {
      const { noticeId } = request.params;
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await this.#pages.set(noticeId, {
        contentType: request.headers['content-type'] ?? 'application/octet-stream',
        base64: bytes.toString('base64'),
      });
      return { url: `${request.protocol}://${request.host}/publisher/v1/notices/${encodeURIComponent(noticeId)}` };
    });

    app.get('/v1/notices/:noticeId', { schema: { params } }, (request, reply) => {
      const page = this.#pages.get(request.params.noticeId);
      if (!page) return reply.code(404).send(NOT_FOUND);
      const bytes = Buffer.from(page.base64, 'base64');
      reply.header('content-type', page.contentType);
      return reply.send(faults.take('publisher', ['changed-page']) ? changed(bytes) : bytes);
    });

    app.delete('/v1/notices/:noticeId', { schema: { params } }, async (request, reply) => {
      if (this.#pages.get(request.params.noticeId)) await this.#pages.delete(request.params.noticeId);
      return reply.code(204).send();
    });
    done();
  };

  close(): Promise<void> {
    return this.#pages.close();
  }
}

/** The page with its last digit made another one (an amount, a number: what a forger would change), or one byte longer. */
function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let index = copy.length - 1; index >= 0; index -= 1) {
    const byte = copy[index] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) {
      copy[index] = byte === 0x39 ? 0x30 : byte + 1;
      return copy;
    }
  }
  return Buffer.concat([copy, Buffer.from(' ')]);
}
