import Fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { validatorCompiler } from '../../api/input.ts';
import { routes } from '../../api/routes/all.ts';
import type { Action } from '../../domain/rights.ts';
import type { Desk, Reply } from './desk.ts';
import type { Sample } from './samples.ts';

export interface Route {
  readonly method: string;
  /** With its parameters, `/v1/cases/:caseNo`. */
  readonly path: string;
  readonly may: Action | 'anyone' | 'bank' | undefined;
}
export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Every route as the code registers them, with who may call it. */
export async function collectRoutes(desk: Desk): Promise<readonly Route[]> {
  const found: Route[] = [];
  const app = Fastify({ exposeHeadRoutes: false }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) found.push({ method: one, path: url, may: config?.may });
  });
  await app.register(routes(desk.services));
  await app.ready();
  await app.close();
  return found;
}

/** Calls a route by its sample, about that place of it. */
export function call(
  client: ReturnType<Desk['as']>,
  { method, path }: Route,
  sample: Sample,
  place: string,
): Promise<Reply> {
  if (method !== 'GET' && method !== 'POST') throw new Error(`${method} ${path}: a method that no test knows`);
  // A place that begins with a slash is the whole address: its route has several parameters.
  const isWhole = place.startsWith('/');
  const url = isWhole ? place : place.startsWith('?') ? path + place : path.replace(/:\w+/, place);
  return method === 'GET'
    ? client.get(url)
    : client.post(url, sample.body, sample.headers ? { headers: sample.headers } : {});
}
