import { STATUS_CODES } from 'node:http';
import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Characters as `idempotency.ts` reads them. */
const keys = {
  required: { type: 'string', minLength: 1, maxLength: 200, description: '同一业务请求重复提交时使用同一个键' },
  optional: { type: 'string', format: 'uuid', description: '可选；重复提交时使用同一个键' },
} as const;

/** What every route of a kind has beside its own schema: the sign-in that it needs, the key of a command. */
export const describeRoute: SwaggerTransform = (input) => {
  const made = withProblems(jsonSchemaTransform(input));
  const { config, method } = input.route;
  const may = config?.may;
  if (may === undefined || may === 'bank') return made;
  const security = may === 'anyone' ? [] : [{ bearer: [] }];
  if (method !== 'POST') return { ...made, schema: { ...made.schema, security } };
  const isRequired = may !== 'anyone';
  const headers = {
    type: 'object',
    properties: { 'Idempotency-Key': isRequired ? keys.required : keys.optional },
    ...(isRequired ? { required: ['Idempotency-Key'] } : {}),
  };
  const { body } = input.schema;
  const mayLack = body instanceof z.ZodType && body.safeParse(undefined).success;
  return { ...made, schema: { ...made.schema, security, headers, ...(mayLack ? { [optionalBody]: true } : {}) } };
};

/**
 * Errors are `application/problem+json`, whatever the route's own answer is. Whoever asks may ask too often, or in a way
 * that nobody can read (a NUL in the query), wherever something can be away as well.
 */
function withProblems(made: ReturnType<typeof jsonSchemaTransform>): ReturnType<typeof jsonSchemaTransform> {
  const given = new Map<string, unknown>(Object.entries(made.schema.response ?? {}));
  if (given.has('503')) for (const status of ['400', '429']) given.set(status, given.get('503'));
  const answers = [...given].map(([status, schema]): [string, unknown] => {
    if (!/^[45]/.test(status)) return [status, schema];
    const description = STATUS_CODES[status] ?? 'problem';
    return [status, { description, content: { 'application/problem+json': { schema } } }];
  });
  return { ...made, schema: { ...made.schema, response: Object.fromEntries(answers) } };
}

/** A mark that goes before the description is published: the generator takes every body for a required one. */
const optionalBody = 'x-optional-body';

export const describeAll: SwaggerTransformObject = (input) => {
  const described = jsonSchemaTransformObject(input);
  return JSON.parse(JSON.stringify(described), (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && optionalBody in value) {
      const body: unknown = Reflect.get(value, 'requestBody');
      if (typeof body === 'object' && body !== null) lackAllowed(body);
      Reflect.deleteProperty(value, optionalBody);
    }
    return value;
  }) as typeof described;
};

/** No body, an empty one and `null` are the same. */
function lackAllowed(body: object): void {
  Reflect.set(body, 'required', false);
  const content: unknown = Reflect.get(body, 'content');
  for (const media of Object.values(content ?? {}) as readonly unknown[])
    if (typeof media === 'object' && media !== null)
      Reflect.set(media, 'schema', { anyOf: [Reflect.get(media, 'schema'), { type: 'null' }] });
}
