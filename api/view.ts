import { z } from 'zod';
import { stateLabels } from '../domain/case/procedure.ts';
import type { CaseAnswer } from '../store/case.ts';
import type { Outcome } from '../store/once.ts';
import { Problem, problemSchema, refusalProblem } from './problems.ts';

/** What was done, or the refusal as a problem. @throws Problem */
export function done<T>(outcome: Outcome<T>, own?: Readonly<Record<string, string>>): T {
  if ('refused' in outcome) throw refusalProblem(outcome.refused, own);
  return outcome.done;
}

/** A deadline as contract.md shows it; working days, last day, first late instant. */
export const deadlineView = z
  .object({
    kind: z.string(),
    startedOn: z.string(),
    workingDays: z.int(),
    dueOn: z.string().describe('the last day'),
    dueAt: z.string().describe('24:00 of the last day: the first instant that is late'),
    status: z.enum(['running', 'stopped', 'met', 'overdue', 'met-late', 'dropped']),
    provisional: z.boolean().describe("true where a year's calendar is not published yet"),
  })
  .meta({ id: 'Deadline' });

export const stateView = z.string().describe('state of the case, a hold included');

/** The answer to a command on a case. */
export const caseAnswerView = z
  .object({ caseNo: z.string(), seq: z.int(), state: stateView, stateLabel: z.string() })
  .meta({ id: 'CaseAnswer' });

export const labelled = (answer: CaseAnswer) => ({ ...answer, stateLabel: stateLabels[answer.state] });

/** The responses that every route of a kind has beside its own. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, problemSchema])) as Record<number, typeof problemSchema>;
export const readProblems = problems(401, 403, 404, 422, 503);
export const commandProblems = problems(400, 401, 403, 404, 409, 413, 415, 422, 503);
export const publicProblems = problems(400, 404, 409, 410, 413, 415, 422, 503);

/** Where a list goes on: an opaque text for the caller. */
export const cursorOf = (position: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Reads a cursor of its shape. @throws Problem `invalid` */
export function positionOf<T>(cursor: string | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new Problem('invalid', {
      errors: [{ path: 'cursor', code: 'wrong', message: '游标无效，请从第一页重新查询。' }],
    });
  }
}
