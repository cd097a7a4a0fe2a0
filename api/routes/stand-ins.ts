import { z } from 'zod';
import type { Sub } from '../../domain/ids.ts';
import { NotFound } from '../../store/case.ts';
import type { Queryable } from '../../store/database.ts';
import { nameOf, type StaffNames, staffNames } from '../../store/staff.ts';
import { arrangeStandIn, endStandIn, listStandIns, readStandIn, type StandIn } from '../../store/stand-in.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, orgCode, page, pageQuery, signInName } from '../input.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';

const standIn = z
  .object({
    id: z.int(),
    absent: z.string(),
    absentName: z.string().nullable().describe('where an appointment says it'),
    standIn: z.string(),
    standInName: z.string().nullable().describe('where an appointment says it'),
    org: z.string(),
    fromOn: z.string(),
    untilOn: z.string(),
    isEnded: z.boolean(),
  })
  .meta({ id: 'StandIn' });

const namesIn = (db: Queryable, all: readonly StandIn[]) =>
  staffNames(
    db,
    all.flatMap((one) => [one.absent, one.standIn]),
  );
const view = (one: StandIn, names: StaffNames) => ({
  ...one,
  absentName: nameOf(names, one.absent),
  standInName: nameOf(names, one.standIn),
});

const refusals = { 'same-person': '不能由本人代理本人', 'already-ended': '该代理已终止' };

/** Who does somebody's tasks during leave, arranged by the supervisor. Signatures stay those of who signs (N3.1g). */
export function standInRoutes(app: App, { store }: Services): void {
  app.post(
    '/v1/stand-ins',
    {
      config: { may: 'assign-task' },
      schema: {
        summary: '请假代理 · Somebody stands in from a day to a day',
        body: z
          .strictObject({
            org: orgCode,
            absent: signInName,
            standIn: signInName,
            fromOn: civilDate,
            untilOn: civilDate,
          })
          .refine(({ fromOn, untilOn }) => fromOn <= untilOn, { path: ['untilOn'], message: '截止日期早于开始日期。' })
          .meta({ id: 'NewStandIn' }),
        response: { 201: standIn, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { org, absent, standIn: other, fromOn, untilOn } = request.body;
      const { actor } = accessUnit(callerOf(request), 'assign-task', org);
      const asked = { org, absent: absent as Sub, standIn: other as Sub, fromOn, untilOn };
      const arranged = done(await arrangeStandIn(store, claimOf(request), actor, asked), refusals);
      return reply.code(201).send(view(arranged, await namesIn(store.db, [arranged])));
    },
  );

  app.post(
    '/v1/stand-ins/:id/end',
    {
      config: { may: 'assign-task' },
      schema: {
        summary: '终止代理 · Back earlier than planned',
        params: z.object({ id: z.string() }),
        body: z.preprocess((body) => body ?? {}, z.strictObject({})),
        response: { 200: standIn, ...commandProblems },
      },
    },
    async (request) => {
      const id = Number(request.params.id);
      if (!Number.isSafeInteger(id)) throw new NotFound('stand-in');
      accessUnit(callerOf(request), 'assign-task', (await readStandIn(store.db, id)).org);
      const ended = done(await endStandIn(store, claimOf(request), id), refusals);
      return view(ended, await namesIn(store.db, [ended]));
    },
  );

  app.get(
    '/v1/stand-ins',
    {
      config: { may: 'list-tasks' },
      schema: {
        summary: '代理列表 · Who stands in for whom, latest first',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional() }),
        response: { 200: page(standIn), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org } = request.query;
      const orgs = unitsFor(callerOf(request), 'list-tasks', org);
      const [before] = positionOf(cursor, z.tuple([cursorPart.number])) ?? [null];
      const rows = await listStandIns(store.db, orgs, { before, limit: limit + 1 });
      const found = rows.slice(0, limit);
      const names = await namesIn(store.db, found);
      const items = found.map((one) => view(one, names));
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? cursorOf([last.id]) : null };
    },
  );
}
