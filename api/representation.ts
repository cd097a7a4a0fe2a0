import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** Kinds of file that some answers also come as, by `Accept`. */
const files = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
export type FileKind = keyof typeof files;

/** The response of a route that answers nothing but bytes, in one of these kinds. */
export const bytesAs = (...mediaTypes: readonly string[]) => ({
  content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: z.unknown().describe('the bytes') }])),
});

/** The response of a route that answers JSON, and by `Accept` a file as well. */
export const jsonOr = <T extends z.ZodType>(schema: T, ...kinds: readonly FileKind[]) => ({
  content: {
    'application/json': { schema },
    ...Object.fromEntries(kinds.map((kind) => [files[kind], { schema: z.unknown().describe('the file') }])),
  },
});

/** What the caller likes best of JSON and the files on offer; JSON where nothing is said or nothing fits. */
export function wanted<K extends FileKind>(request: FastifyRequest, ...kinds: readonly K[]): K | 'json' {
  const offers = [['json', 'application/json'] as const, ...kinds.map((kind) => [kind, files[kind]] as const)];
  const weight = (type: string): number => weightOf(request.headers.accept ?? '*/*', type);
  let best: { readonly kind: K | 'json'; readonly weight: number } = { kind: 'json', weight: 0 };
  for (const [kind, type] of offers) if (weight(type) > best.weight) best = { kind, weight: weight(type) };
  return best.kind;
}

/** The weight that an Accept header gives a type: its most telling range decides (RFC 9110, 12.5.1). */
function weightOf(accept: string, type: string): number {
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = Number(/^q=(.*)$/.exec(parameters.find((one) => one.startsWith('q=')) ?? '')?.[1] ?? 1);
    return { name, q: Number.isNaN(q) ? 0 : q };
  });
  const [family = ''] = type.split('/', 1);
  return [type, `${family}/*`, '*/*'].map((name) => ranges.find((one) => one.name === name)?.q).find(isSaid) ?? 0;
}
const isSaid = (q: number | undefined): q is number => q !== undefined;

/** Sends a file with personal data in it: kept by nobody on the way. @param name without personal data */
export const sendFile = (reply: FastifyReply, kind: FileKind, name: string, bytes: Buffer): FastifyReply =>
  reply
    .type(files[kind])
    .header('cache-control', 'no-store')
    .header('content-disposition', `inline; filename="${name}.${kind}"`)
    .send(bytes);
