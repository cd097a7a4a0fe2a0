import { z } from 'zod';
import { type EntryId, isRoundId, type OrgCode } from '../../domain/ids.ts';
import { epochMs } from '../../domain/time.ts';
import { NotFound } from '../../store/case.ts';
import { caseOfEntry, receiveObjection } from '../../store/objection.ts';
import {
  aboutWhom,
  closeReport,
  findUnmatched,
  listUnmatched,
  matchReport,
  receiveUnmatched,
} from '../../store/report.ts';
import { accessCase, accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { line, orgCode, page, pageQuery, prose } from '../input.ts';
import {
  caseAnswerView,
  commandProblems,
  cursorOf,
  done,
  labelled,
  positionOf,
  publicProblems,
  readProblems,
} from '../view.ts';
import { words } from '../objection-form.ts';
import { rateLimited, rates } from '../rates.ts';
import { published, receipt } from './notices.ts';

const PROVINCE = '220000' as OrgCode;

const unmatched = z
  .object({
    reportId: z.string(),
    org: z.string(),
    state: z.enum(['open', 'matched', 'closed']),
    receivedAt: z.string(),
  })
  .meta({ id: 'UnmatchedReport' });
/** Who is reported, as the reporter knows them. */
const whom = { name: line(100).optional().describe('who is reported'), employer: line(200).optional() };
const reportParams = z.object({ id: z.string() });

/** Reports at any time, from anyone, also on nobody by name: HRSS finds the case (N3.4b). */
export function reportRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/public/v1/reports',
    {
      config: { may: 'anyone', ...rateLimited(rates.write) },
      schema: {
        summary: '举报 · Report, at any time (N3.4b)',
        description:
          'With noticeId and entryId it is about that entry. Without, HRSS looks for the case by what else is said.',
        body: z
          .strictObject({
            noticeId: z.string().refine(isRoundId, '公示编号格式不正确。').optional(),
            entryId: z
              .string()
              .regex(/^\d{1,9}$/, '条目编号格式不正确。')
              .optional(),
            ...whom,
            ...words,
          })
          .refine(({ noticeId, entryId }) => entryId === undefined || noticeId !== undefined, {
            path: ['noticeId'],
            message: '填写条目编号时须同时填写公示编号。',
          })
          .meta({ id: 'Report' }),
        response: { 201: receipt, ...publicProblems },
      },
    },
    async (request, reply) => {
      const { noticeId, entryId, name, employer, text, contact } = request.body;
      const notice = noticeId === undefined ? null : await published(store, noticeId);
      const complaint = { text, contact: contact ?? null };
      if (notice && entryId !== undefined) {
        const caseNo = await caseOfEntry(store.db, notice.roundId, entryId as EntryId);
        return reply
          .code(201)
          .send(done(await receiveObjection(store, claimOf(request), { caseNo, kind: 'report', complaint })));
      }
      const report = {
        ...complaint,
        name: name ?? null,
        employer: employer ?? null,
        noticeId: notice?.roundId ?? null,
      };
      const org = notice?.org ?? PROVINCE;
      return reply.code(201).send(done(await receiveUnmatched(store, claimOf(request), org, report)));
    },
  );

  app.post(
    '/v1/reports',
    {
      config: { may: 'report-case' },
      schema: {
        summary: '登记举报 · A report that reached the staff (N3.4b)',
        body: z.strictObject({ caseNo: z.string(), ...whom, ...words }).meta({ id: 'StaffReport' }),
        response: { 201: receipt, ...commandProblems },
      },
    },
    async (request, reply) => {
      const { caseNo: asked, name = null, employer = null, text, contact = null } = request.body;
      const { caseNo } = await accessCase(services, request, 'report-case', asked);
      const complaint = { text: aboutWhom([name, employer], text), contact };
      return reply
        .code(201)
        .send(done(await receiveObjection(store, claimOf(request), { caseNo, kind: 'report', complaint })));
    },
  );

  app.get(
    '/v1/reports',
    {
      config: { may: 'match-report' },
      schema: {
        summary: '待查找案件的举报 · Reports whose case is not known yet, the oldest first',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional() }),
        response: { 200: page(unmatched), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org } = request.query;
      const orgs = unitsFor(callerOf(request), 'match-report', org);
      const after = positionOf(cursor, z.tuple([z.number(), z.string()]));
      const found = await listUnmatched(store.db, orgs, { after, limit: limit + 1 });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const next = found.length > limit && last ? cursorOf([epochMs(last.receivedAt), last.reportId]) : null;
      return { items, next };
    },
  );

  /** The report, if its unit is within reach. @throws NotFound */
  async function reach(request: Parameters<typeof callerOf>[0], id: string) {
    const found = z.uuid().safeParse(id).success ? await findUnmatched(store.db, id) : undefined;
    if (!found) throw new NotFound(id);
    return { reportId: found.reportId, actor: accessUnit(callerOf(request), 'match-report', found.org).actor };
  }

  app.post(
    '/v1/reports/:id/match',
    {
      config: { may: 'match-report' },
      schema: {
        summary: '举报对应案件 · The case that a report is about, found by HRSS (N3.4b)',
        params: reportParams,
        body: z.strictObject({ caseNo: z.string() }).meta({ id: 'MatchReport' }),
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const { reportId, actor } = await reach(request, request.params.id);
      const { caseNo } = await accessCase(services, request, 'match-report', request.body.caseNo);
      return labelled(done(await matchReport(store, claimOf(request), actor, reportId, caseNo)));
    },
  );

  app.post(
    '/v1/reports/:id/closure',
    {
      config: { may: 'match-report' },
      schema: {
        summary: '举报不予受理 · No case can be found for it; the reason is kept',
        params: reportParams,
        body: z.strictObject({ reason: prose(5_000) }).meta({ id: 'CloseReport' }),
        response: { 200: unmatched, ...commandProblems },
      },
    },
    async (request) => {
      const { reportId, actor } = await reach(request, request.params.id);
      return done(await closeReport(store, claimOf(request), actor, reportId, request.body.reason));
    },
  );
}
