import { z } from 'zod';
import { epochMs } from '../../domain/time.ts';
import { NotFound } from '../../store/case.ts';
import { receiveObjection } from '../../store/objection.ts';
import { aboutWhom, closeReport, findUnmatched, listUnmatched, matchReport } from '../../store/report.ts';
import { accessCase, accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { complaintForm, readComplaint, reportBody, whom, words } from '../complaint-form.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, page, pageQuery, prose } from '../input.ts';
import {
  caseAnswerView,
  commandProblems,
  cursorOf,
  cursorPart,
  done,
  labelled,
  positionOf,
  publicProblems,
  readProblems,
} from '../view.ts';
import { invalid } from '../problems.ts';
import { rateLimited, rates } from '../rates.ts';
import { receiveReport, reportedIn } from '../received-report.ts';
import { uploadWithinMs, withUploads } from '../upload.ts';
import { receipt } from './notices.ts';

const unmatched = z
  .object({
    reportId: z.string(),
    org: z.string(),
    state: z.enum(['open', 'matched', 'closed']),
    receivedAt: z.string(),
  })
  .meta({ id: 'UnmatchedReport' });
const reportParams = z.object({ id: z.string() });

/** Reports at any time, from anyone, also on nobody by name: HRSS finds the case (N3.4b). */
export function reportRoutes(app: App, services: Services): void {
  const { store } = services;

  withUploads(app, (scope) => {
    scope.post(
      '/public/v1/reports',
      {
        config: { may: 'anyone', ...rateLimited(rates.write) },
        handlerTimeout: uploadWithinMs,
        // JSON or a form, read as it comes in; the schema of the body is for the description only.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          summary: '举报 · Report, at any time (N3.4b)',
          description: `${complaintForm.description} With noticeId and entryId it is about that entry. Without, HRSS looks for the case by what else is said.`,
          consumes: complaintForm.consumes,
          body: reportBody,
          response: { 201: receipt, ...publicProblems },
        },
      },
      async (request, reply) => {
        const { read, errors } = await readComplaint(request, reportBody);
        if (!read) throw invalid(errors);
        const { value, files, claimed } = read;
        const about = await reportedIn(store, value);
        const outcome = await receiveReport(store, claimOf(request, claimed), about, value, files);
        return reply.code(201).send(done(outcome));
      },
    );
  });

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
      const after = positionOf(cursor, z.tuple([cursorPart.number, cursorPart.uuid]));
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
