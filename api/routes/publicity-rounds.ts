import { z } from 'zod';
import { type EntryId, isRoundId, type RoundId } from '../../domain/ids.ts';
import { dateOf } from '../../domain/time.ts';
import { roundStages, type RoundState } from '../../domain/round/round.ts';
import { NotFound } from '../../store/case.ts';
import { cutOff, freeze } from '../../store/cut-off.ts';
import { orderPublication, signRound } from '../../store/round.ts';
import { listRounds, readRound, roundPosition } from '../../store/round-view.ts';
import { strikeEntry } from '../../store/strike.ts';
import { accessUnit, callerOf, unitsFor } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { expectedSeq, line, orgCode, page, pageQuery, prose } from '../input.ts';
import {
  caseAnswerView,
  commandProblems,
  cursorOf,
  cursorPart,
  deadlineView,
  done,
  labelled,
  positionOf,
  readProblems,
} from '../view.ts';

const roundParams = z.object({ roundId: z.string() });
const round = z
  .object({
    roundId: z.string(),
    org: z.string(),
    stage: z.string(),
    stageLabel: z.string(),
    cutOffAt: z.string(),
    entries: z.int().nullable(),
    totalFen: z.int().nullable(),
    publication: deadlineView.nullable(),
    publishedOn: z.string().nullable(),
    endsAt: z.string().nullable(),
    announcedEndsAt: z.string().nullable().describe('what was announced first, where the window was lengthened'),
    contentHash: z.string().nullable().describe('SHA-256 of the page that was seen when the window began'),
    report: z.object({ preparedBy: z.string(), head: z.string(), phone: z.string() }).nullable(),
  })
  .meta({ id: 'PublicityRound' });

const notice = z
  .object({
    noticeId: z.string(),
    publishedOn: z.string().nullable(),
    endsAt: z.string().nullable().describe('null until the notice was seen on the site'),
  })
  .meta({ id: 'Publication' });

/** A round's id as ids are written. @throws NotFound */
export const known = (text: string): RoundId => {
  if (!isRoundId(text)) throw new NotFound(text);
  return text;
};

const noticeOf = (state: RoundState) => ({
  noticeId: state.roundId,
  publishedOn: 'publishedAt' in state ? dateOf(state.publishedAt) : null,
  endsAt: 'window' in state ? state.window.dueAt : null,
});

/** Publicity rounds of the agencies (N3.2). */
export function publicityRoundRoutes(app: App, services: Services): void {
  const { store } = services;

  app.post(
    '/v1/publicity-rounds',
    {
      config: { may: 'cut-off-round' },
      schema: {
        summary: '截取公示名单并报送 · Cut off now and report to HRSS (N3.2)',
        body: z
          .strictObject({
            org: orgCode,
            preparedBy: line(50).optional(),
            head: line(50).optional(),
            phone: line(30).optional(),
          })
          .meta({ id: 'CutOff' }),
        response: { 201: z.object({ roundId: z.string(), entries: z.int() }), ...commandProblems },
      },
    },
    async (request, reply) => {
      const { org, preparedBy = '', head = '', phone = '' } = request.body;
      const { actor } = accessUnit(callerOf(request), 'cut-off-round', org);
      const report = preparedBy || head || phone ? { preparedBy, head, phone } : null;
      const { roundId } = done(await cutOff(store, claimOf(request), actor, { org, report }));
      return reply.code(201).send(await freeze(store, roundId, actor));
    },
  );

  app.post(
    '/v1/publicity-rounds/:roundId/publication',
    {
      config: { may: 'publish-round' },
      schema: {
        summary: '发布公示 · HRSS publishes; the window starts when the notice was seen on the site (N3.2)',
        params: roundParams,
        body: z.preprocess((body) => body ?? {}, z.strictObject({})),
        response: { 200: notice, 202: notice, ...commandProblems },
      },
    },
    async (request, reply) => {
      const roundId = known(request.params.roundId);
      const { state } = await readRound(store, roundId);
      const { actor } = accessUnit(callerOf(request), 'publish-round', state.org);
      const answer = noticeOf(done(await orderPublication(store, claimOf(request), actor, roundId)));
      return reply.code(answer.endsAt === null ? 202 : 200).send(answer);
    },
  );

  app.post(
    '/v1/publicity-rounds/:roundId/entries/:entryId/strike',
    {
      config: { may: 'strike-entry' },
      schema: {
        summary: '撤下公示条目 · HRSS takes an entry off the list; nobody else’s window changes (N3.2)',
        params: roundParams.extend({ entryId: z.string() }),
        body: z
          .strictObject({ reason: prose(2_000), backTo: z.enum(['review', 'approved']), expectedSeq })
          .meta({ id: 'Strike' }),
        response: { 200: caseAnswerView, ...commandProblems },
      },
    },
    async (request) => {
      const roundId = known(request.params.roundId);
      const { state } = await readRound(store, roundId);
      const { actor } = accessUnit(callerOf(request), 'strike-entry', state.org);
      const entryId = request.params.entryId as EntryId;
      const asked = { roundId, entryId, ...request.body };
      return labelled(done(await strikeEntry(store, claimOf(request), actor, asked)));
    },
  );

  app.post(
    '/v1/publicity-rounds/:roundId/signatures',
    {
      config: { may: 'sign-round' },
      schema: {
        summary: '附件2签字 · 填报人 and 负责人 sign the reported list, two different people',
        params: roundParams,
        body: z
          .strictObject({ as: z.enum(['preparer', 'head']), name: line(50), phone: line(30).optional() })
          .meta({ id: 'Annex2Signature' }),
        response: { 200: round, ...commandProblems },
      },
    },
    async (request) => {
      const roundId = known(request.params.roundId);
      const { state } = await readRound(store, roundId);
      const { actor } = accessUnit(callerOf(request), 'sign-round', state.org);
      const { as, name, phone = null } = request.body;
      done(await signRound(store, claimOf(request), actor, roundId, { as, name, phone }));
      return shown(roundId);
    },
  );

  const shown = async (roundId: RoundId) => {
    const { state, report } = await readRound(store, roundId);
    return view(state, report);
  };

  app.get(
    '/v1/publicity-rounds/:roundId',
    {
      config: { may: 'see-round' },
      schema: { summary: '公示批次 · A round', params: roundParams, response: { 200: round, ...readProblems } },
    },
    async (request) => {
      const found = await shown(known(request.params.roundId));
      accessUnit(callerOf(request), 'see-round', found.org);
      return found;
    },
  );

  app.get(
    '/v1/publicity-rounds',
    {
      config: { may: 'see-round' },
      schema: {
        summary: '公示批次列表 · Rounds, the latest first',
        querystring: z.strictObject({ ...pageQuery, org: orgCode.optional() }),
        response: { 200: page(round), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, org } = request.query;
      const orgs = unitsFor(callerOf(request), 'see-round', org);
      const [before] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [null];
      const rows = await listRounds(store, orgs, { before, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const next = rows.length > limit && last ? cursorOf([roundPosition(last.state)]) : null;
      return { items: shown.map(({ state, report }) => view(state, report)), next };
    },
  );
}

function view(state: RoundState, report: z.infer<typeof round>['report']): z.infer<typeof round> {
  const { publishedOn, endsAt } = noticeOf(state);
  const reported = 'entries' in state ? state : null;
  return {
    roundId: state.roundId,
    org: state.org,
    stage: state.stage,
    stageLabel: roundStages[state.stage].label,
    cutOffAt: state.cutOffAt,
    entries: reported?.entries ?? (state.stage === 'empty' ? 0 : null),
    totalFen: reported?.totalFen ?? null,
    publication: reported?.publication ?? null,
    publishedOn,
    endsAt,
    announcedEndsAt: (state.stage === 'public' && state.announced?.dueAt) || null,
    contentHash: state.stage === 'public' ? state.contentHash : null,
    report,
  };
}
