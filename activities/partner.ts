import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';

/** The partner answered with a status that the caller did not expect; `status` for those who decide on it. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  constructor(partner: string, status: number) {
    super(`${partner} answered ${status}`);
    this.status = status;
  }
}

export interface Partner {
  readonly name: string;
  /** Base URL without a closing slash. */
  readonly url: string;
}

const timeoutMs = 10_000;

/**
 * One call to a partner. Failures carry the partner's name and a status, never a body: bodies hold personal data, and
 * failures travel to Temporal.
 * @throws UnexpectedAnswer for a status outside `expected`; ApplicationFailure (retryable) when it can't be reached or
 * its answer is not what was agreed
 */
export async function call(
  { name, url }: Partner,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: { readonly json: object } | { readonly html: string } | null,
  expected: readonly number[],
): Promise<{ readonly status: number; readonly text: string }> {
  const content = body === null ? {} : contentOf(body);
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url}${path}`, { method, ...content, signal: AbortSignal.timeout(timeoutMs) });
    status = response.status;
    text = await response.text();
  } catch {
    throw ApplicationFailure.retryable(`${name} can't be reached`, 'PartnerUnreachable');
  }
  if (!expected.includes(status)) throw new UnexpectedAnswer(name, status);
  return { status, text };
}

const contentOf = (body: { readonly json: object } | { readonly html: string }) =>
  'json' in body
    ? { body: JSON.stringify(body.json), headers: { 'content-type': 'application/json' } }
    : { body: body.html, headers: { 'content-type': 'text/html; charset=utf-8' } };

/** Reads a partner's JSON by its agreed shape. */
export function parsed<T>({ name }: Partner, schema: z.ZodType<T>, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw ApplicationFailure.retryable(`${name} answered no JSON`, 'PartnerAnswerBroken');
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const paths = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw ApplicationFailure.retryable(`${name} answered another shape: ${paths}`, 'PartnerAnswerBroken');
}
