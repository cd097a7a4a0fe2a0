import { z } from 'zod';
import { roles } from '../../domain/actor.ts';
import { isStaffRole } from '../../domain/staff.ts';
import { dateOf } from '../../domain/time.ts';
import type { Sub } from '../../domain/ids.ts';
import { NotFound } from '../../store/case.ts';
import { businessNow } from '../../store/clock.ts';
import { appoint, endAppointment, listAppointments, readAppointment } from '../../store/staff.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { personName } from '../application-form.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, orgCode, page, pageQuery, signInName } from '../input.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';

const staffRoles = roles.filter(isStaffRole);
const appointment = z
  .object({
    id: z.int(),
    sub: z.string(),
    name: z.string().nullable(),
    role: z.string(),
    org: z.string(),
    fromOn: z.string(),
    untilOn: z.string().nullable(),
    isEnded: z.boolean(),
  })
  .meta({ id: 'Appointment' });

const refusals = {
  'own-appointment': '不能任免本人',
  'already-appointed': '该人员已有此角色',
  'incompatible-roles': '该角色与其现有角色不相容，或其现有角色属于其他机构',
  'already-ended': '该任职已终止',
};

/** Roles and units of the staff, as data with dates; ending one works at the next request. */
export function appointmentRoutes(app: App, { store }: Services): void {
  app.post(
    '/v1/appointments',
    {
      config: { may: 'appoint-staff' },
      schema: {
        summary: '任职 · Give a person a role at a unit',
        body: z
          .strictObject({
            sub: signInName,
            name: personName.nullish().describe('shown to colleagues beside the sign-in name; the latest counts'),
            role: z.enum(staffRoles),
            org: orgCode,
            fromOn: civilDate.optional().describe('default: today'),
            untilOn: civilDate.nullish().describe('the last day'),
          })
          .refine(({ fromOn, untilOn }) => !fromOn || !untilOn || fromOn <= untilOn, {
            path: ['untilOn'],
            message: '截止日期早于开始日期。',
          })
          .meta({ id: 'NewAppointment' }),
        response: { 201: appointment, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { sub, name = null, role, org, fromOn, untilOn = null } = request.body;
      const { actor } = accessUnit(callerOf(request), 'appoint-staff', org);
      const from = fromOn ?? dateOf(await businessNow(store.db));
      const asked = { sub: sub as Sub, name, role, org, fromOn: from, untilOn };
      return reply.code(201).send(done(await appoint(store, claimOf(request), actor, asked), refusals));
    },
  );

  app.post(
    '/v1/appointments/:id/end',
    {
      config: { may: 'appoint-staff' },
      schema: {
        summary: '免职 · End an appointment, at once',
        params: z.object({ id: z.string() }),
        body: z.preprocess((body) => body ?? {}, z.strictObject({})),
        response: { 200: appointment, ...commandProblems },
      },
    },
    async (request) => {
      const id = Number(request.params.id);
      if (!Number.isSafeInteger(id)) throw new NotFound('appointment');
      const { org } = await readAppointment(store.db, id);
      const { actor } = accessUnit(callerOf(request), 'appoint-staff', org);
      return done(await endAppointment(store, claimOf(request), actor, id), refusals);
    },
  );

  app.get(
    '/v1/appointments',
    {
      config: { may: 'see-staff' },
      schema: {
        summary: '任职列表 · Who has which role where',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional() }),
        response: { 200: page(appointment), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org } = request.query;
      const orgs = unitsFor(callerOf(request), 'see-staff', org);
      const [after] = positionOf(cursor, z.tuple([cursorPart.number])) ?? [0];
      const rows = await listAppointments(store.db, orgs, { after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? cursorOf([last.id]) : null };
    },
  );
}
