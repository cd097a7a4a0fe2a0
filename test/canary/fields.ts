import { z } from 'zod';
import type { Desk } from '../api/desk.ts';

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.unknown().optional(),
  enum: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});
const operation = z.looseObject({
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown().optional() })) }).optional(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).optional(),
});
const description = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** What somebody may write into a request, by the API's own description. */
export interface Fields {
  readonly route: string;
  /** Paths of text in the body, `reasons.0.text`. */
  readonly body: readonly string[];
  readonly query: readonly string[];
}

/** Every field of text of every route. */
export function textFields(desk: Desk): readonly Fields[] {
  const { paths, components } = description.parse(JSON.parse(JSON.stringify(desk.app.swagger())));
  const leaves = (schema: unknown, path: string, depth: number): readonly string[] => {
    const parsed = schemaShape.safeParse(schema);
    if (!parsed.success || depth > 8) return [];
    const { $ref, properties = {}, items, anyOf = [], oneOf = [], allOf = [], ...own } = parsed.data;
    if ($ref !== undefined) return leaves(components.schemas[$ref.split('/').at(-1) ?? ''], path, depth + 1);
    const isText = [own.type].flat().includes('string') && own.enum === undefined;
    const below = (step: string): string => (path === '' ? step : `${path}.${step}`);
    return [
      ...(isText ? [path] : []),
      ...Object.entries(properties).flatMap(([name, one]) => leaves(one, below(name), depth + 1)),
      ...(items === undefined ? [] : leaves(items, below('0'), depth + 1)),
      ...[...anyOf, ...oneOf, ...allOf].flatMap((one) => leaves(one, path, depth + 1)),
    ];
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody, parameters = [] }]) => ({
      route: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
      body: [...new Set(leaves(requestBody?.content['application/json']?.schema, '', 0))],
      query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
    })),
  );
}

/** A copy of the body with one text in its place; what is missing on the way to it is made. */
export function withText(body: unknown, path: string, text: string): unknown {
  const [step, ...rest] = path.split('.');
  if (step === undefined || step === '') return text;
  if (/^\d+$/.test(step)) {
    const list: readonly unknown[] = Array.isArray(body) ? body : [];
    return [withText(list[0], rest.join('.'), text), ...list.slice(1)];
  }
  const record = typeof body === 'object' && body !== null ? body : {};
  return { ...record, [step]: withText(Reflect.get(record, step), rest.join('.'), text) };
}
