import type { FastifyError, FastifyRequest } from 'fastify';
import { NotPrinted } from '../console/list-printer.ts';
import { NotFound } from '../store/case.ts';
import { isAway as databaseIsAway } from '../store/database.ts';
import { DocumentsUnusable } from '../store/document.ts';
import { KeyReused } from '../store/once.ts';
import { NoPolicy } from '../store/rules.ts';
import { ProviderAway } from './auth.ts';
import { unusableDocument } from './documents.ts';
import { invalid, Problem } from './problems.ts';

/** What was thrown as the problem that is answered; what nobody foresaw is logged, its message not. */
export function problemOf(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotFound) return new Problem('not-found');
  // Gone between the check of the form and its transaction.
  if (error instanceof DocumentsUnusable) return invalid([unusableDocument('documents')]);
  if (error instanceof KeyReused) return new Problem('key-reused');
  if (error instanceof NoPolicy) return new Problem('no-policy');
  if (error instanceof NotPrinted && error.reason === 'busy') return new Problem('printer-busy');
  const code = codeOf(error);
  if (
    error instanceof NotPrinted ||
    code === 'FST_ERR_HANDLER_TIMEOUT' ||
    databaseIsAway(error) ||
    error instanceof ProviderAway ||
    isTemporalAway(code)
  ) {
    request.log.warn(
      { route: request.routeOptions.url, reason: error instanceof NotPrinted ? error.reason : code },
      'unavailable',
    );
    return new Problem('unavailable');
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const isFile = request.routeOptions.url === '/v1/application-batches';
    return new Problem(isFile ? 'file-too-large' : 'too-large');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Problem('wrong-content-type');
  if (code.startsWith('FST_ERR_CTP') || error instanceof SyntaxError) return new Problem('not-json');
  if (statusOf(error) < 500) return new Problem('bad-request');
  // Class, code and place: a message could quote data.
  request.log.error({ route: request.routeOptions.url, error: describe(error) }, 'failed');
  return new Problem('internal');
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const statusOf = (error: unknown): number => (isFastifyError(error) ? (error.statusCode ?? 500) : 500);
const isFastifyError = (error: unknown): error is FastifyError => error instanceof Error && 'statusCode' in error;
/** gRPC's UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED. */
const isTemporalAway = (code: string): boolean => ['14', '4', '1'].includes(code);

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const stack = error.stack?.split('\n').filter((one) => /^\s+at /.test(one));
  return { name: error.name, code: codeOf(error) || undefined, stack: stack?.slice(0, 8).join('\n') };
}
