import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OrgCode } from '../../domain/ids.ts';
import { dateOf } from '../../domain/time.ts';
import { policyDifferences } from '../../domain/policy/policy-difference.ts';
import { type Policy, policyInForce } from '../../domain/policy/policy.ts';
import { NotFound } from '../../store/case.ts';
import { businessNow } from '../../store/clock.ts';
import {
  adoptDraft,
  changeDraft,
  discardDraft,
  draftPolicy,
  listDrafts,
  listVersions,
  readDraft,
} from '../../store/policy.ts';
import { previewPolicy } from '../../store/policy-preview.ts';
import type { Store } from '../../store/store.ts';
import { accessUnit, callerOf } from '../access.ts';
import type { App, Services } from '../app.ts';
import { claimOf } from '../idempotency.ts';
import { civilDate, page } from '../input.ts';
import { policyFrom } from '../policy-form.ts';
import {
  adoptionForm,
  changesForm,
  differencesView,
  draftForm,
  draftView,
  policyRefusals,
  previewView,
  versionView,
} from '../policy-schemas.ts';
import { invalid, Problem } from '../problems.ts';
import { commandProblems, cursorOf, cursorPart, done, positionOf, readProblems } from '../view.ts';

/** The rules are the province's (N7): whoever drafts or adopts belongs to it. */
const province = '220000' as OrgCode;
const draftParams = z.object({ draftId: z.string() });
const emptyBody = z.preprocess((body) => body ?? {}, z.strictObject({}));

/**
 * N7: what was decided stays decided, so a version begins today or later. Said when it is written, not only when somebody
 * else would put it in force. @throws InvalidInput
 */
async function notInThePast({ db }: Store, { inForceFrom }: Policy): Promise<void> {
  if (inForceFrom >= dateOf(await businessNow(db))) return;
  throw invalid([
    { path: 'inForceFrom', code: 'in-the-past', message: '施行日期早于今天，已申报的案件不能改变适用的政策。' },
  ]);
}

/** Policy versions as data: drafted by one, put in force by another; what one would change is seen before (N4, N7). */
export function policyRoutes(app: App, { store }: Services): void {
  const admin = (request: FastifyRequest, action: 'draft-policy' | 'adopt-policy') =>
    accessUnit(callerOf(request), action, province).actor;
  const mayRead = (request: FastifyRequest) => accessUnit(callerOf(request), 'see-policy', callerOf(request).org ?? '');

  app.get(
    '/v1/policy-versions',
    {
      config: { may: 'see-policy' },
      schema: {
        summary: '政策版本 · Policy versions, the first one first',
        response: { 200: page(versionView), ...readProblems },
      },
    },
    async (request) => {
      mayRead(request);
      const versions = await listVersions(store.db);
      const today = dateOf(await businessNow(store.db));
      const current = policyInForce(
        versions.map(({ body }) => body),
        today,
      );
      return { items: versions.map((one) => ({ ...one, isInForce: one.version === current?.id })), next: null };
    },
  );

  app.get(
    '/v1/policy-drafts',
    {
      config: { may: 'see-policy' },
      schema: { summary: '政策草案 · Drafts, the latest first', response: { 200: page(draftView), ...readProblems } },
    },
    async (request) => {
      mayRead(request);
      return { items: [...(await listDrafts(store.db))], next: null };
    },
  );

  app.get(
    '/v1/policy-drafts/:draftId',
    {
      config: { may: 'see-policy' },
      schema: { summary: '政策草案详情 · A draft', params: draftParams, response: { 200: draftView, ...readProblems } },
    },
    (request) => {
      mayRead(request);
      return readDraft(store.db, request.params.draftId);
    },
  );

  app.post(
    '/v1/policy-drafts',
    {
      config: { may: 'draft-policy' },
      schema: {
        summary: '起草政策版本 · Draft a version as a changed copy of another one (N7)',
        description: '`changes`: only what differs; objects are changed member by member, lists and all else replaced.',
        body: draftForm,
        response: { 201: draftView, ...commandProblems },
      },
    },
    async (request, reply) => {
      const actor = admin(request, 'draft-policy');
      const { version, inForceFrom, document, changes, basedOn } = request.body;
      const versions = await listVersions(store.db);
      const base = basedOn === undefined ? versions.at(-1) : versions.find((one) => one.version === basedOn);
      if (!base)
        throw new Problem('invalid', { errors: [{ path: 'basedOn', code: 'wrong', message: '没有这一政策版本。' }] });
      const body = policyFrom(base.body, changes, { id: version, inForceFrom, document });
      await notInThePast(store, body);
      return reply
        .code(201)
        .send(done(await draftPolicy(store, claimOf(request), actor, { basedOn: base.version, body }), policyRefusals));
    },
  );

  app.post(
    '/v1/policy-drafts/:draftId/changes',
    {
      config: { may: 'draft-policy' },
      schema: {
        summary: '修改草案 · Change a draft; everyone who does is one of its authors',
        params: draftParams,
        body: changesForm,
        response: { 200: draftView, ...commandProblems },
      },
    },
    async (request) => {
      const actor = admin(request, 'draft-policy');
      const draft = await readDraft(store.db, request.params.draftId);
      const { changes, version, revision = draft.revision } = request.body;
      const body = policyFrom(draft.body, changes, version === undefined ? {} : { id: version });
      await notInThePast(store, body);
      return done(await changeDraft(store, claimOf(request), actor, draft.draftId, { revision, body }), policyRefusals);
    },
  );

  app.get(
    '/v1/policy-drafts/:draftId/diff',
    {
      config: { may: 'see-policy' },
      schema: {
        summary: '与现行版本的差异 · What a draft changes, value by value',
        params: draftParams,
        querystring: z.strictObject({
          against: z.string().max(40).optional().describe('default: the version it was based on'),
        }),
        response: { 200: differencesView, ...readProblems },
      },
    },
    async (request) => {
      mayRead(request);
      const draft = await readDraft(store.db, request.params.draftId);
      const against = request.query.against ?? draft.basedOn;
      const other = (await listVersions(store.db)).find(({ version }) => version === against);
      if (!other) throw new NotFound('policy version');
      return { against, changes: policyDifferences(other.body, draft.body) };
    },
  );

  app.get(
    '/v1/policy-drafts/:draftId/preview',
    {
      config: { may: 'preview-policy' },
      schema: {
        summary: '试算 · Which past decisions and what sum a draft would change, had it been in force',
        params: draftParams,
        querystring: z.strictObject({
          filedFrom: civilDate,
          filedTo: civilDate,
          cursor: z.string().max(500).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(200).describe('cases to look at'),
        }),
        response: { 200: previewView, ...readProblems },
      },
    },
    async (request) => {
      accessUnit(callerOf(request), 'preview-policy', province);
      const { body } = await readDraft(store.db, request.params.draftId);
      const { cursor, ...range } = request.query;
      const [after] = positionOf(cursor, z.tuple([cursorPart.text])) ?? [''];
      const { next, ...preview } = await previewPolicy(store, body, { ...range, after });
      return { ...preview, differenceFen: preview.afterFen - preview.beforeFen, next: next && cursorOf([next]) };
    },
  );

  app.post(
    '/v1/policy-drafts/:draftId/adoption',
    {
      config: { may: 'adopt-policy' },
      schema: {
        summary: '施行 · Put a draft in force from its date, by somebody who wrote none of it',
        description:
          '`hash` is that of the draft as read; a draft that changed → 409 `draft-changed`. Cases filed before keep theirs.',
        params: draftParams,
        body: adoptionForm,
        response: { 201: draftView, ...commandProblems },
      },
    },
    async (request, reply) => {
      const actor = admin(request, 'adopt-policy');
      const { draftId } = await readDraft(store.db, request.params.draftId);
      const outcome = await adoptDraft(store, claimOf(request), actor, draftId, request.body.hash);
      return reply.code(201).send(done(outcome, policyRefusals));
    },
  );

  app.post(
    '/v1/policy-drafts/:draftId/discard',
    {
      config: { may: 'draft-policy' },
      schema: {
        summary: '放弃草案 · Give a draft up',
        params: draftParams,
        body: emptyBody,
        response: { 200: draftView, ...commandProblems },
      },
    },
    async (request) => {
      const actor = admin(request, 'draft-policy');
      const { draftId } = await readDraft(store.db, request.params.draftId);
      return done(await discardDraft(store, claimOf(request), actor, draftId), policyRefusals);
    },
  );
}
