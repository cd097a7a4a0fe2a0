import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { stateLabels } from '../../domain/case/procedure.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { type IntakeState, intakeRefusals, intakeStages, stageOf } from '../../domain/intake/batch.ts';
import { dateOf } from '../../domain/time.ts';
import type { Role } from '../../domain/actor.ts';
import { rolesFor } from '../../domain/rights.ts';
import { xlsxType } from '../../console/xlsx.ts';
import { only } from '../../store/database.ts';
import { readApplications } from '../../store/application.ts';
import { businessNow } from '../../store/clock.ts';
import {
  batchRows,
  countRowsOf,
  type IntakeHead,
  listBatches,
  listPosition,
  readBatch,
  receiveBatch,
  type RowCounts,
  type RowFate,
} from '../../store/intake.ts';
import { appointBatch, readAppointment } from '../../store/intake-appointment.ts';
import { acceptBatch } from '../../store/intake-handover.ts';
import { NoPolicy } from '../../store/rules.ts';
import { accessUnit, callerOf, traceOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { actorOf, type Caller } from '../auth.ts';
import { largestTable, readTable } from '../batch-file.ts';
import { checkRows, nowhere, receiverOf } from '../batch-rows.ts';
import { acceptance, appointment, batchLine, batchView, received, tableForm } from '../batch-schemas.ts';
import { markedWorkbook, statusLabels, templateWorkbook } from '../batch-sheets.ts';
import { claimOf } from '../idempotency.ts';
import { orgCode, page, pageQuery } from '../input.ts';
import { Problem, refusalTitle } from '../problems.ts';
import { readContent, uploadWithinMs, withUploads } from '../upload.ts';
import { bytesAs, jsonOr, sendFile } from '../representation.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';

const batchParams = z.object({ batchId: z.string() });

/** Collective filing (N2.5): a table of applications, received by HRSS and handed to the agencies. */
export function applicationBatchRoutes(app: App, services: Services): void {
  const { store, accessLog } = services;

  withUploads(app, (scope) => {
    scope.addContentTypeParser(
      [xlsxType, 'text/csv', 'application/octet-stream'],
      { parseAs: 'buffer', bodyLimit: largestTable },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    scope.post(
      '/v1/application-batches',
      {
        config: { may: 'file-batch' },
        handlerTimeout: uploadWithinMs,
        // The table is read as it comes in; the schema is for the description only.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          summary: '集中申请 · File a table of applications (N2.5)',
          description:
            'XLSX or CSV (UTF-8 or GB18030), by content, up to 10 MB and 5,000 rows: as a form with `file`, or as the body. Every row is checked before any is filed; good rows are filed one after the other, `GET` shows how far it is. The same file again is the same batch.',
          consumes: ['multipart/form-data', xlsxType, 'text/csv'],
          body: tableForm,
          response: { 201: received, ...commandProblems },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const role = rolesFor(caller, 'file-batch').find((one) => one === 'employer' || one === 'hrss');
        if (role === undefined || (role === 'employer' && caller.creditCode === null)) throw new Problem('forbidden');
        const actor = actorOf(caller, role);
        const content = await readContent(request, largestTable);
        const table = await readTable(content);
        const today = dateOf(await businessNow(store.db));
        if (!(await store.rules.policyInForce(store.db, today))) throw new NoPolicy(today);
        const rows = await checkRows(store, table, { caller, role, today });
        const contentHash = store.vault.blindIndex('request', content.toString('base64'));
        const own = role === 'hrss' ? caller.org : null;
        const upload = {
          filer: { actor, uploader: caller.callerKey },
          org: own ?? receiverOf(rows, nowhere),
          from: role,
          contentHash,
          rows,
        };
        const { batchId } = done(
          await receiveBatch(store, claimOf(request, { content: contentHash.toString('hex') }), upload),
        );
        const { state } = await readBatch(store.db, batchId);
        return reply.code(201).send({ ...(await headOf(state)), rows: await linesOf(state, role) });
      },
    );
  });

  app.get(
    '/v1/application-batches/template',
    {
      config: { may: 'file-batch' },
      schema: {
        summary: '集中申请模板 · The table to fill in, with drop-downs and examples',
        response: { 200: bytesAs(xlsxType), ...readProblems },
      },
    },
    async (_request, reply) =>
      reply
        .type(xlsxType)
        .header('content-disposition', 'attachment; filename="template.xlsx"')
        .send(await templateWorkbook()),
  );

  app.get(
    '/v1/application-batches/:batchId',
    {
      config: { may: 'see-batch' },
      schema: {
        summary: '集中申请批次 · How far it is, and every row’s fate (N2.5)',
        description: `By Accept \`${xlsxType}\` as a workbook: what has to be corrected, marked and ready to be sent again.`,
        params: batchParams,
        response: { 200: jsonOr(batchView, 'xlsx'), ...readProblems },
      },
    },
    async (request, reply) => {
      const { state, role } = await reach(request, 'see-batch');
      const { batchId } = state;
      if (request.headers.accept?.includes(xlsxType) !== true) {
        const words = await readAppointment(store, batchId);
        const arranged = state.appointment && words ? { ...state.appointment, ...words } : null;
        return { ...(await headOf(state)), appointment: arranged, rows: await linesOf(state, role) };
      }
      await accessLog.record({ kind: 'read', ...traceOf(request), role, caseNo: null });
      const rows = (await batchRows(store.db, store, batchId)).map((row) => ({ ...row, refusal: told(row, role) }));
      const applications = await readApplications(store.db, store, caseNosOf(rows));
      return sendFile(reply, 'xlsx', batchId, await markedWorkbook(rows, applications));
    },
  );

  app.get(
    '/v1/application-batches',
    {
      config: { may: 'see-batch' },
      schema: {
        summary: '集中申请批次列表 · Batches, the latest first',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional() }),
        response: { 200: page(batchLine), ...readProblems },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { cursor, limit, org } = request.query;
      const isStaff = rolesFor(caller, 'see-batch').some((role) => role !== 'employer');
      const scope = isStaff ? { orgs: unitsFor(caller, 'see-batch', org) } : { filer: caller.callerKey };
      const [before] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [null];
      const found = await listBatches(store.db, scope, { before, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: await headsOf(shown),
        next: found.length > limit && last ? cursorOf([listPosition(last)]) : null,
      };
    },
  );

  app.post(
    '/v1/application-batches/:batchId/acceptance',
    {
      config: { may: 'accept-batch' },
      schema: {
        summary: '收件并移交 · HRSS received it and hands it to the agencies (N2.5)',
        description:
          '`receivedOn` (today when left out) is the date for N2.0; the review clocks (N3.1) start today, when the agencies are handed their cases.',
        params: batchParams,
        body: acceptance,
        response: { 200: batchLine, ...commandProblems },
      },
    },
    async (request) => {
      const { batchId, org } = (await reach(request, 'accept-batch')).state;
      const { actor } = accessUnit(callerOf(request), 'accept-batch', org);
      const receivedOn = request.body.receivedOn ?? dateOf(await businessNow(store.db));
      const outcome = await acceptBatch(store, claimOf(request), actor, batchId, receivedOn);
      return headOf(done(outcome, intakeRefusals));
    },
  );

  app.post(
    '/v1/application-batches/:batchId/appointment',
    {
      config: { may: 'accept-batch' },
      schema: {
        summary: '联合办公或上门服务 · HRSS arranges a joint office or a visit (N2.5)',
        description: 'A later one takes the place of an earlier.',
        params: batchParams,
        body: appointment,
        response: { 200: batchLine, ...commandProblems },
      },
    },
    async (request) => {
      const { batchId, org } = (await reach(request, 'accept-batch')).state;
      const { actor } = accessUnit(callerOf(request), 'accept-batch', org);
      const { kind, on, agency, place, time, appraisalBody } = request.body;
      const arranged = {
        appointment: { kind, on, agency: agency ?? org },
        words: { place, time: time ?? null, appraisalBody },
      };
      const outcome = await appointBatch(store, claimOf(request), actor, batchId, arranged);
      return headOf(done(outcome, intakeRefusals));
    },
  );

  /** The batch for its filer and for staff of the unit that receives it. @throws NotFound */
  async function reach(
    request: FastifyRequest<{ Params: z.infer<typeof batchParams> }>,
    action: 'see-batch' | 'accept-batch',
  ): Promise<IntakeHead & { readonly role: Role }> {
    const caller = callerOf(request);
    const head = await readBatch(store.db, request.params.batchId);
    if (action === 'see-batch' && isFiler(caller, head)) return { ...head, role: head.state.from };
    const { role } = accessUnit(caller, action, head.state.org);
    return { ...head, role };
  }

  const isFiler = (caller: Caller, { filer }: IntakeHead): boolean => filer.uploader === caller.callerKey;

  async function headOf(state: IntakeState) {
    return only(await headsOf([state]), 'batch');
  }

  async function headsOf(states: readonly IntakeState[]) {
    const counted = await countRowsOf(
      store.db,
      states.map(({ batchId }) => batchId),
    );
    return states.map((state, at) => headWith(state, counted[at]));
  }

  function headWith(state: IntakeState, progress: RowCounts | undefined) {
    if (!progress) throw new Error(`${state.batchId}: not counted`);
    const stage = stageOf(state);
    const { batchId, org, from, uploadedAt, acceptance: accepted, handedOver } = state;
    return {
      ...{ batchId, org, from, uploadedAt, stage, stageLabel: intakeStages[stage].label },
      progress,
      receivedOn: accepted?.receivedOn ?? null,
      handedOverAt: handedOver?.at ?? null,
      appointment: state.appointment,
    };
  }

  async function linesOf({ batchId }: IntakeState, role: Role) {
    const rows = await batchRows(store.db, store, batchId);
    return rows.map((row) => {
      const refusal = told(row, role);
      const { line, status, caseNo, state, errors } = row;
      return {
        ...{ line, status, statusLabel: statusLabels[status], caseNo, state, stateLabel: state && stateLabels[state] },
        refusal: refusal === null ? null : { type: `urn:problem:${refusal}`, title: refusalTitle(refusal) },
        errors,
      };
    });
  }
}

/** An employer learns nothing of an employee's earlier claims (N2.5). */
const told = ({ refusal }: RowFate, role: Role): string | null =>
  refusal !== null && role === 'employer' && refusal !== 'unknown-document' ? 'ask-applicant' : refusal;

const caseNosOf = (rows: readonly RowFate[]): readonly CaseNo[] => rows.flatMap(({ caseNo }) => caseNo ?? []);
