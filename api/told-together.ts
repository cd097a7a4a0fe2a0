import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DocumentReference } from '../domain/document.ts';
import type { DocumentId } from '../domain/ids.ts';
import type { Action } from '../domain/rights.ts';
import { NotFound } from '../store/case.ts';
import { accessCase, callerOf } from './access.ts';
import type { Services } from './app.ts';
import { documentProblems } from './documents.ts';
import { firstOfEach } from './input.ts';
import { invalid, InvalidInput } from './problems.ts';

const aboutOneCase = /^\/v1\/(cases|recoveries)\/:caseNo\/./;
const caseNoIn = z.object({ caseNo: z.string() });

/** More than any form names; a body of nothing but ids is not looked up. */
const mostNamed = 200;

/**
 * Forms about one case name documents; one that can't be used is told together with whatever else is wrong, all at once.
 * A form that is right is held against its documents by its own route.
 */
export function tellTogether(app: FastifyInstance, services: Services): void {
  app.addHook('onRoute', (route) => {
    const may = route.config?.may;
    if (route.method !== 'POST' || !aboutOneCase.test(route.url)) return;
    if (may === undefined || may === 'anyone' || may === 'bank') return;
    route.attachValidation = true;
    route.preHandler = [
      (request: FastifyRequest) => withDocuments(services, request, may),
      route.preHandler ?? [],
    ].flat();
  });
}

/** @throws InvalidInput where the form is wrong */
async function withDocuments(services: Services, request: FastifyRequest, action: Action): Promise<void> {
  const { validationError } = request;
  if (!validationError) return;
  if (!(validationError instanceof InvalidInput)) throw validationError;
  const named = documentsIn(request.body);
  const { data: params } = caseNoIn.safeParse(request.params);
  if (named.length === 0 || named.length > mostNamed || !params) throw validationError;
  let caseNo;
  try {
    ({ caseNo } = await accessCase(services, request, action, params.caseNo));
  } catch (error) {
    // Of a case that is not theirs they learn nothing about documents either.
    throw error instanceof NotFound ? validationError : error;
  }
  const unusable = await documentProblems(services.store, callerOf(request), caseNo, named);
  throw invalid(firstOfEach([...validationError.errors, ...unusable]));
}

/** Every document that a form names, wherever in it: `documents` are ids themselves, others are a member's. */
function documentsIn(body: unknown, path: readonly string[] = []): readonly DocumentReference[] {
  if (path.length > 6 || typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, value]: [string, unknown]): readonly DocumentReference[] => {
    const at = [...path, key];
    const isId = /documentId$/i.test(key) || path.at(-1) === 'documents';
    if (typeof value !== 'string') return documentsIn(value, at);
    return isId ? [{ path: at.join('.'), documentId: value as DocumentId }] : [];
  });
}
