import { z } from 'zod';
import { ListPrinter } from '../../console/list-printer.ts';
import type { Annex2 } from '../../domain/annex-2.ts';
import { maskedAnnex2 } from '../../domain/masking.ts';
import { seesFullData } from '../../domain/rights.ts';
import { readAnnex2 } from '../../store/annex-2.ts';
import { passedEntries } from '../../store/passed-list.ts';
import { readEnd, readRound } from '../../store/round-view.ts';
import { listLooks } from '../../store/visibility.ts';
import { accessUnit, callerOf, traceOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { page, pageQuery } from '../input.ts';
import { refusalProblem } from '../problems.ts';
import { jsonOr, sendFile, wanted } from '../representation.ts';
import { annexHead, cursorOf, cursorPart, positionOf, problems, readProblems } from '../view.ts';
import { known } from './publicity-rounds.ts';

const roundParams = z.object({ roundId: z.string() });

const annex2 = z
  .object({
    roundId: z.string(),
    ...annexHead,
    entries: z
      .array(
        z.object({
          no: z.int(),
          caseNo: z.string(),
          name: z.string().nullable(),
          gender: z.enum(['male', 'female']).nullable(),
          idNumber: z.string().nullable(),
          employer: z.string().nullable(),
          certificate: z.object({
            kind: z.string(),
            occupation: z.string(),
            level: z.int(),
            number: z.string().nullable(),
            issuedOn: z.string().nullable(),
          }),
          amountFen: z.int(),
        }),
      )
      .readonly(),
    totalFen: z.int(),
  })
  .meta({ id: 'Annex2' });

const passedList = z
  .object({
    roundId: z.string(),
    passed: z.int(),
    held: z.int(),
    listHash: z.string().describe('SHA-256 of the case numbers in entry order, a line each'),
    tellAt: z.string().describe('when HRSS tells the agency; the 7 working days run from that day (N3.3)'),
    toldAt: z.string().nullable(),
    ...page(z.object({ entryId: z.string(), caseNo: z.string(), amountFen: z.int() })).shape,
  })
  .meta({ id: 'PassedList' });

const look = z.object({
  at: z.string(),
  result: z.enum(['sent', 'seen', 'away', 'changed']),
  sent: z.string().describe('SHA-256 of the page as it should be'),
  shown: z.string().nullable().describe('SHA-256 of what the site showed; null: nothing'),
});

/** Lists as files that are made at once, and that wait. */
const printing = { atOnce: 2, waiting: 4 } as const;

/** What belongs to a round on paper: Annex 2, the passed list, and the proof that the notice was public (N3.2, N3.3). */
export function roundPaperRoutes(app: App, { store, accessLog }: Services): void {
  const printer = new ListPrinter(printing);

  app.get(
    '/v1/publicity-rounds/:roundId/annex-2',
    {
      config: { may: 'see-annex-2' },
      // A long list takes its time on paper: 50,000 lines about 50 s, and others may be before it.
      handlerTimeout: 120_000,
      schema: {
        summary: '附件2 公示备案情况表 · The reported list with full data, for HRSS and the agency; JSON, PDF or XLSX',
        params: roundParams,
        response: { 200: jsonOr(annex2, 'pdf', 'xlsx'), ...readProblems },
      },
    },
    async (request, reply) => {
      const roundId = known(request.params.roundId);
      const { state } = await readRound(store, roundId);
      const caller = callerOf(request);
      const { role } = accessUnit(caller, 'see-annex-2', state.org);
      await accessLog.record({ kind: 'read', ...traceOf(request), role, caseNo: null, roundId });
      // HRSS publishes from it; those who sign it for the agency read what they sign.
      const isWhole = role === 'hrss' || seesFullData(caller, role, state.org);
      const listed = async (): Promise<Annex2> => {
        const annex = await readAnnex2(store, roundId);
        return isWhole ? annex : maskedAnnex2(annex);
      };
      const kind = wanted(request, 'pdf', 'xlsx');
      if (kind === 'json') return listed();
      const bytes = await printer.print(kind, listed, request.signal);
      return sendFile(reply, kind, `annex-2-${roundId}`, bytes);
    },
  );

  app.get(
    '/v1/publicity-rounds/:roundId/passed-list',
    {
      config: { may: 'see-round' },
      schema: {
        summary: '公示通过名单 · Who passed, as HRSS tells the agency; 409 while the window runs (N3.3)',
        params: roundParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: passedList, ...readProblems, ...problems(409) },
      },
    },
    async (request) => {
      const roundId = known(request.params.roundId);
      const { state } = await readRound(store, roundId);
      accessUnit(callerOf(request), 'see-round', state.org);
      const end = await readEnd(store, roundId);
      if (!end) throw refusalProblem({ code: 'window-running', detail: {} });
      const { cursor, limit } = request.query;
      const [after] = positionOf(cursor, z.tuple([cursorPart.entry])) ?? [0];
      const rows = await passedEntries(store.db, roundId, { after, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { roundId, ...end, items, next: rows.length > limit && last ? cursorOf([Number(last.entryId)]) : null };
    },
  );

  app.get(
    '/v1/publicity-rounds/:roundId/proof',
    {
      config: { may: 'see-publicity-proof' },
      schema: {
        summary: '公示留痕 · What was sent to the site and seen there, in order (N3.2)',
        params: roundParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: page(look), ...readProblems },
      },
    },
    async (request) => {
      const roundId = known(request.params.roundId);
      const { state } = await readRound(store, roundId);
      accessUnit(callerOf(request), 'see-publicity-proof', state.org);
      const { cursor, limit } = request.query;
      const [after] = positionOf(cursor, z.tuple([cursorPart.number])) ?? [0];
      const rows = await listLooks(store.db, roundId, { after, limit: limit + 1 });
      const last = rows[limit - 1];
      return { items: rows.slice(0, limit), next: rows.length > limit && last ? cursorOf([last.id]) : null };
    },
  );
}
