import { z } from 'zod';
import { calendarStages } from '../../domain/calendar/change.ts';
import { dayOfWeek, yearOf } from '../../domain/policy/dates.ts';
import {
  commandNotice,
  draftNotice,
  type EnteredNotice,
  listNotices,
  type NoticeOnRecord,
  readNotice,
} from '../../store/calendar.ts';
import { calendarRefusals } from '../../domain/calendar/change.ts';
import type { CalendarNotice } from '../../domain/policy/working-days.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, line, page, pageQuery } from '../input.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';

const province = '220000';
const days = z.array(civilDate).max(200);
const newNotice = z
  .strictObject({
    year: z.int().min(2017).max(2100),
    publishedOn: civilDate.describe('the day on www.gov.cn'),
    source: line(100).describe('its number, such as 国办发明电〔2020〕1号'),
    daysOff: days.describe('all days off of the year; the latest notice of a year stands alone'),
    workdays: days.describe('make-up workdays (调休): weekend days on which offices are open'),
  })
  .superRefine(({ year, daysOff, workdays }, context) => {
    const wrong = (list: string, at: number, message: string) => {
      context.addIssue({ code: 'custom', path: [list, at], message });
    };
    for (const [list, dates] of Object.entries({ daysOff, workdays }))
      dates.forEach((date, at) => {
        if (yearOf(date) !== year) wrong(list, at, '日期不在该年度内。');
        else if (dates.indexOf(date) !== at) wrong(list, at, '日期重复。');
      });
    workdays.forEach((date, at) => {
      if (dayOfWeek(date) < 6) wrong('workdays', at, '调休上班日须为周六或周日。');
      else if (daysOff.includes(date)) wrong('workdays', at, '同一天不能既放假又上班。');
    });
  })
  .meta({ id: 'NewCalendarNotice' });

const notice = z
  .object({
    id: z.string(),
    year: z.int(),
    publishedOn: z.string(),
    source: z.string(),
    daysOff: z.array(z.string()).readonly(),
    workdays: z.array(z.string()).readonly(),
    stage: z.string().nullable().describe('null: it came with the software'),
    stageLabel: z.string().nullable(),
    draftedBy: z.string().nullable(),
    putInForceBy: z.string().nullable(),
    enteredAt: z.string().nullable().describe('since when this system knows it'),
    moved: z
      .object({ cases: z.int(), rounds: z.int(), batches: z.int() })
      .nullable()
      .describe('what its coming into force moved'),
  })
  .meta({ id: 'CalendarNotice' });

/** Working days as people enter them (design.md, Time): a notice is drafted by one and put in force by another. */
export function calendarRoutes(app: App, { store }: Services): void {
  app.get(
    '/v1/calendar-notices',
    {
      config: { may: 'see-calendar' },
      schema: {
        summary: '放假安排 · Notices of the State Council, entered ones included',
        querystring: z.strictObject(pageQuery),
        response: { 200: page(notice), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const [after] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [''];
      const rows = await listNotices(store, { after, limit: limit + 1 });
      const items = rows.slice(0, limit).map(onRecordView);
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? cursorOf([last.id]) : null };
    },
  );

  app.post(
    '/v1/calendar-notices',
    {
      config: { may: 'change-calendar' },
      schema: {
        summary: '录入放假安排 · Enter a notice; it changes nothing yet',
        body: newNotice,
        response: { 201: notice, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { actor } = accessUnit(callerOf(request), 'change-calendar', province);
      const entered = done(await draftNotice(store, claimOf(request), actor, request.body), calendarRefusals);
      return reply.code(201).send(enteredView(entered));
    },
  );

  const steps = [
    { last: 'publication', type: 'put-in-force', summary: '核准生效 · In force from now on, by another person' },
    { last: 'discard', type: 'discard', summary: '作废 · Never comes into force' },
  ] as const;
  for (const { last, type, summary } of steps)
    app.post(
      `/v1/calendar-notices/:id/${last}`,
      {
        config: { may: 'change-calendar' },
        schema: {
          summary,
          description: 'Every open deadline that it touches is moved, with an event of each case.',
          params: z.object({ id: z.string() }),
          body: z.preprocess((body) => body ?? {}, z.strictObject({})),
          response: { 200: notice, ...commandProblems },
        },
      },
      async (request) => {
        const { actor } = accessUnit(callerOf(request), 'change-calendar', province);
        const { id } = await readNotice(store, request.params.id);
        const outcome = await commandNotice(store, claimOf(request), actor, id, { type, by: actor.sub });
        return enteredView(done(outcome, calendarRefusals));
      },
    );
}

const onRecordView = ({ notice: one, entered }: NoticeOnRecord) => viewOf(one, entered);
const enteredView = ({ state }: EnteredNotice) => viewOf(state.notice, state);

function viewOf(
  { id, year, publishedOn, source, daysOff, workdays }: CalendarNotice,
  entered: NoticeOnRecord['entered'],
): z.input<typeof notice> {
  return {
    ...{ id, year, publishedOn, source, daysOff, workdays },
    stage: entered?.stage ?? null,
    stageLabel: entered ? calendarStages[entered.stage].label : null,
    draftedBy: entered?.draftedBy ?? null,
    putInForceBy: entered?.putInForceBy ?? null,
    enteredAt: entered?.enteredAt ?? null,
    moved: entered?.moved ?? null,
  };
}
