import { z } from 'zod';
import { allowedNow } from '../../domain/case/allowed.ts';
import { eventTable } from '../../domain/case/event-table.ts';
import { stateLabels, type VisibleState } from '../../domain/case/procedure.ts';
import { allDeadlines, awardOf, type CaseState, transferOf, visibleState } from '../../domain/case/state.ts';
import { missingDocuments } from '../../domain/document.ts';
import type { OrgCode } from '../../domain/ids.ts';
import { recoveryEventLabels } from '../../domain/recovery/event-table.ts';
import {
  isOver,
  outstandingFen,
  overpaidFen,
  type RecoveryEvent,
  recoveryStages,
  type RecoveryState,
} from '../../domain/recovery/recovery.ts';
import { yuan } from '../../domain/money.ts';
import { maskedApplication } from '../../domain/masking.ts';
import type { Role } from '../../domain/actor.ts';
import { type Action, seesFullData } from '../../domain/rights.ts';
import { listCases } from '../../store/case-list.ts';
import { type CaseView, viewCase } from '../../store/case-view.ts';
import {
  merged,
  readRecoveryTimeline,
  readTimeline,
  type RecoveryRow,
  type TimelineRow,
} from '../../store/timeline.ts';
import { accessCase, callerOf, listScope } from '../access.ts';
import type { App, Services } from '../app.ts';
import type { Caller } from '../auth.ts';
import { caseLineView, caseView, historyView, timelineView } from '../case-schemas.ts';
import { orgCode, page, pageQuery } from '../input.ts';
import { actorView } from '../problems.ts';
import { cursorOf, deadlinesAt, positionOf, readProblems } from '../view.ts';

const caseParams = z.object({ caseNo: z.string() });
const visibleStates = Object.keys(stateLabels) as [VisibleState, ...VisibleState[]];

export function caseRoutes(app: App, services: Services): void {
  const { store, histories } = services;

  app.get(
    '/v1/cases/:caseNo',
    {
      config: { may: 'see-case' },
      schema: { summary: '案件详情 · A case', params: caseParams, response: { 200: caseView, ...readProblems } },
    },
    async (request) => {
      const caller = callerOf(request);
      const access = await accessCase(services, request, 'see-case', request.params.caseNo);
      const view = await viewCase(store, access.caseNo);
      return access.role === 'employer' ? employersView(view) : fullView(view, caller, access);
    },
  );

  app.get(
    '/v1/cases/:caseNo/timeline',
    {
      config: { may: 'see-timeline' },
      schema: {
        summary: '办理过程 · What happened, in order',
        params: caseParams,
        response: { 200: timelineView, ...readProblems },
      },
    },
    async (request) => {
      const { caseNo, role } = await accessCase(services, request, 'see-timeline', request.params.caseNo);
      const rows = await readTimeline(store.db, store, caseNo);
      const recovered = await readRecoveryTimeline(store.db, store, caseNo);
      const own = rows.map((row) => timelineItem(row, reasonsOf(rows, row), role));
      const ofRecovery = recovered
        .filter(({ event }) => role !== 'applicant' || !staffOnly.has(event.type))
        .map((row) => recoveryItem(row, role));
      return { items: merged(own, ofRecovery) };
    },
  );

  app.get(
    '/v1/cases/:caseNo/history',
    {
      config: { may: 'see-history' },
      schema: {
        summary: "流程历史 · The workflow's history, decoded",
        params: caseParams,
        response: { 200: historyView, ...readProblems },
      },
    },
    async (request) => {
      const { caseNo } = await accessCase(services, request, 'see-history', request.params.caseNo);
      return { items: (await histories.read(`case-${caseNo}`)) ?? [], next: null };
    },
  );

  app.get(
    '/v1/cases',
    {
      config: { may: 'see-case' },
      schema: {
        summary: '案件列表 · Cases in reach',
        querystring: z.strictObject({
          ...pageQuery,
          state: z.enum(visibleStates).optional(),
          org: orgCode.optional(),
          kind: z.string().max(40).optional().describe('only cases with a deadline of this kind open'),
          overdue: z.stringbool().optional(),
        }),
        response: { 200: page(caseLineView), ...readProblems },
      },
    },
    async (request) => {
      const { cursor, limit, state, org, kind, overdue } = request.query;
      const [after] = positionOf(cursor, z.tuple([z.string()])) ?? [''];
      const scope = listScope(store, callerOf(request), 'see-case', org);
      const lines = await listCases(store, { scope, state, deadline: kind, overdue, after, limit: limit + 1 });
      const items = lines.slice(0, limit).map((one) => ({ ...one, stateLabel: stateLabels[one.state] }));
      const last = items.at(-1);
      return { items, next: lines.length > limit && last ? cursorOf([last.caseNo]) : null };
    },
  );
}

function headOf({ seq, state, now, calendar }: CaseView) {
  const visible = visibleState(state);
  return {
    caseNo: state.caseNo,
    seq,
    state: visible,
    stateLabel: stateLabels[visible],
    deadlines: deadlinesAt(allDeadlines(state), now, calendar),
  };
}

/** N2.5: an employer sees the state and what papers are missing, nothing else. */
const employersView = (view: CaseView) => ({
  ...headOf(view),
  allowed: [],
  missingDocuments: view.application ? missingDocuments(view.application, view.documents) : [],
});

interface Reach {
  readonly role: Role;
  readonly org: OrgCode;
  readonly may: (action: Action) => boolean;
}

function fullView(view: CaseView, caller: Caller, { role, org, may }: Reach) {
  const { state, application, opinion, payment, documents, recoveries } = view;
  const award = awardOf(state);
  return {
    ...employersView(view),
    org,
    fund: state.fund,
    channel: state.channel,
    filedAt: state.filedAt,
    receivedOn: state.throughHrss?.receivedOn ?? null,
    transfer: transferOf(state),
    holds: state.holds,
    certificate: state.certificate,
    amountFen: award?.amountFen ?? null,
    shortage: award?.shortage ?? null,
    policyVersion: state.policyVersion,
    checks: state.checks.map((check) => ({ ...check, detail: view.checkDetails.get(check.code) ?? '' })),
    objections: state.objections.map(({ objectionId, kind, state: status, receivedAt }) => ({
      objectionId,
      kind,
      state: status,
      receivedAt,
    })),
    allowed: allowedNow(state, caller.sub, may),
    opinion: opinionOf(state, opinion, role),
    lookUps: Object.entries(state.lookUps).map(([source, { answer, at = null, evidenceId }]) => ({
      ...{ source, answer, at, evidenceId },
    })),
    outages: view.outages,
    asked: askedOf(view),
    remedies: view.remedies,
    round: roundOf(state),
    payment,
    documents,
    recovery: recoveries.own && recoveryLine(recoveries.own),
    hints: role === 'applicant' ? [] : hintsOf(view),
    application: application && (seesFullData(caller, role, org) ? application : maskedApplication(application)),
  };
}

/** The reasons are the applicant's own; who signed and what they noted to each other stays with the staff (N3.1e). */
function opinionOf(state: CaseState, text: CaseView['opinion'], role: Role) {
  const handling = state.stage === 'review' ? state.handling : null;
  const isDecided = state.signatures.reviewer !== null;
  if (role === 'applicant')
    return state.stage === 'refused' || state.stage === 'reconsideration' ? { reasons: text?.reasons ?? [] } : null;
  if (!handling && !isDecided) return null;
  return {
    handler: state.signatures.handler,
    reviewer: state.signatures.reviewer,
    outcome: handling?.outcome ?? (state.stage === 'refused' ? ('refuse' as const) : ('approve' as const)),
    reasons: text?.reasons ?? [],
    overrides: text?.overrideReasons ?? [],
    note: text?.note ?? null,
  };
}

/** The complete list of a supplement (N3.1a) and the notice of a registration (N3.1d), with the last day. */
function askedOf({ state, asked }: CaseView) {
  const rows = [
    { what: 'supplement', kind: 'supplement' },
    { what: 'registration', kind: 'registration-filing' },
  ] as const;
  return rows.flatMap(({ what, kind }) => {
    const at = state.asked?.[what];
    if (at === undefined) return [];
    const open = state.deadlines.findLast((one) => one.kind === kind && one.status === 'running');
    const { reasons = [], note = null } = asked[what] ?? {};
    return [{ what, at, until: open?.dueOn ?? null, reasons, note }];
  });
}
const recoveryLine = (state: RecoveryState) => ({
  stage: state.stage,
  stageLabel: recoveryStages[state.stage].label,
  outstandingFen: outstandingFen(state),
  overpaidFen: overpaidFen(state),
});

const hintsOf = ({ recoveries, sameCertificate }: CaseView) => [
  ...recoveries.others.filter((one) => !isOver(one)).map(recoveryHint),
  ...sameCertificate.map((caseNo) => ({
    code: 'same-certificate',
    text: '另有他人以同一证书编号申请补贴，须核实证书属于谁。',
    caseNo,
  })),
];

/** N3.4b: the person's further claims see it; it is no check, and refuses nothing. */
const recoveryHint = (state: RecoveryState) => ({
  code: 'open-recovery',
  text: `申请人另有一笔补贴正在追回（${recoveryStages[state.stage].label}），尚欠${yuan(outstandingFen(state))}元。`,
  caseNo: state.caseNo,
});

function roundOf(state: CaseState) {
  if (!('entry' in state)) return null;
  const window = allDeadlines(state).findLast(({ kind }) => kind === 'publicity');
  return { ...state.entry, publishedOn: window?.startedOn ?? null, endsAt: window?.dueAt ?? null };
}

/** What was written with an event; a refusal's reasons were written with the handling that it confirms (N3.1e). */
function reasonsOf(rows: readonly TimelineRow[], { seq, event, text }: TimelineRow): readonly string[] {
  const handled = event.type === 'refused' && rows.findLast((row) => row.seq < seq && row.event.type === 'handled');
  const reasons = (handled ? handled.text : text)?.reasons ?? [];
  return reasons.map(({ clause, text: words }) => `${clause} ${words}`);
}

/** What was written to the applicant herself, notes included. */
const askedEvents: ReadonlySet<string> = new Set(['supplement-asked', 'registration-asked', 'registration-rejected']);

/** What an applicant reads of her own case: reasons, not who of the staff did what nor their notes (N3.1e). */
function timelineItem({ seq, at, actor, event, text, from, to }: TimelineRow, reasons: readonly string[], role: Role) {
  const isStaff = role !== 'applicant';
  const { type, ...detail } = event;
  const toApplicant = askedEvents.has(type) ? [...reasons, text?.note ?? []].flat() : type === 'refused' ? reasons : [];
  const told = isStaff ? [...reasons, text?.note ?? []].flat() : toApplicant;
  return {
    seq,
    at,
    event: type,
    label: eventTable[type].label,
    actor: isStaff ? actorView(actor) : { kind: actor.kind },
    from,
    to,
    reason: told.join('；') || null,
    clause: eventTable[type].clause,
    stream: 'case' as const,
    detail: isStaff ? detail : {},
  };
}

/** What is between the staff, and the judiciary, until they speak. */
const staffOnly: ReadonlySet<RecoveryEvent['type']> = new Set([
  'crime-referred',
  'write-off-proposed',
  'write-off-declined',
]);

/** What the recipient reads of the recovery: what happened and when; of the staff's own steps nothing (N3.4b). */
function recoveryItem({ seq, at, actor, event, text, from, to }: RecoveryRow, role: Role) {
  const isStaff = role !== 'applicant';
  const { type, ...detail } = event;
  const told = isStaff ? [...(text?.reasons ?? []).map((one) => one.text), text?.note ?? []].flat() : [];
  return {
    seq,
    at,
    event: type,
    label: recoveryEventLabels[type],
    actor: isStaff ? actorView(actor) : { kind: actor.kind },
    from: from && `recovery-${from}`,
    to: `recovery-${to}`,
    reason: told.join('；') || null,
    clause: type === 'crime-referred' ? 'N6.3' : 'N3.4b',
    stream: 'recovery' as const,
    detail: isStaff ? detail : {},
  };
}
