import type { SwaggerTransform } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

/** Characters as `idempotency.ts` reads them. */
const keys = {
  required: { type: 'string', minLength: 1, maxLength: 200, description: '同一业务请求重复提交时使用同一个键' },
  optional: { type: 'string', format: 'uuid', description: '可选；重复提交时使用同一个键' },
} as const;

/** What every route of a kind has beside its own schema: the sign-in that it needs, the key of a command. */
export const describeRoute: SwaggerTransform = (input) => {
  const made = jsonSchemaTransform(input);
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
  return { ...made, schema: { ...made.schema, security, headers } };
};
