import { z } from 'zod';
import { stateLabels } from '../domain/case/procedure.ts';
import type { Deadline } from '../domain/policy/deadlines.ts';
import { remainingWorkingDays } from '../domain/policy/moved-deadlines.ts';
import type { WorkingCalendar } from '../domain/policy/working-days.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import type { CaseAnswer } from '../store/case.ts';
import type { Outcome } from '../store/once.ts';
import { invalid, problemSchema, refusalProblem } from './problems.ts';

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

/** A deadline of a case, with what is left of it and its ledger of stops. */
export const caseDeadlineView = deadlineView
  .extend({
    remainingWorkingDays: z
      .int()
      .nullable()
      .describe('after today; 0 on the last day, below 0 when late, null once met or dropped'),
    stops: z
      .array(z.object({ from: z.string(), resumedOn: z.string().nullable() }))
      .readonly()
      .describe('days that did not count, from the first to the one on which it went on'),
    remindedAt: z.string().nullable(),
    escalatedTo: z.array(z.string()).readonly().describe('units whose supervisors hear that it is late'),
  })
  .meta({ id: 'CaseDeadline' });

/** Deadlines as everybody sees them, with the working days that are left today. */
export const deadlinesAt = (deadlines: readonly Deadline[], now: Instant, calendar: WorkingCalendar) =>
  deadlines.map((one) => ({
    ...one,
    remainingWorkingDays: remainingWorkingDays(one, calendar, dateOf(now)),
    remindedAt: one.remindedAt ?? null,
    escalatedTo: one.escalatedTo ?? [],
  }));

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

/** What a cursor may be made of: nothing that the database would not take. Numbers are ids or instants in milliseconds. */
export const cursorPart = {
  text: z.string().regex(/^\P{C}*$/u),
  uuid: z.uuid(),
  number: z.int().min(0),
  /** The number of an entry in its round. */
  entry: z.int32().min(0),
} as const;

/** Reads a cursor of its shape. @throws Problem `invalid` */
export function positionOf<T>(cursor: string | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalid([{ path: 'cursor', code: 'wrong', message: '游标无效，请从第一页重新查询。' }]);
  }
}

/** What stands at the head and foot of Annexes 2 and 4: unit, period, who prepared it and answers for it, when. */
export const annexHead = {
  org: z.string(),
  unit: z.string(),
  periodFrom: z.string(),
  periodTo: z.string(),
  preparedBy: z.string().nullable(),
  head: z.string().nullable(),
  phone: z.string().nullable(),
  preparedAt: z.string(),
};
