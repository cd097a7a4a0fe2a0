import { allowedNow } from '../domain/case/allowed.ts';
import { stateLabels } from '../domain/case/procedure.ts';
import { allDeadlines, awardOf, type CaseState, transferOf, visibleState } from '../domain/case/state.ts';
import { missingDocuments } from '../domain/document.ts';
import type { OrgCode } from '../domain/ids.ts';
import {
  isOver,
  outstandingFen,
  overpaidFen,
  recoveryStages,
  type RecoveryState,
} from '../domain/recovery/recovery.ts';
import { yuan } from '../domain/money.ts';
import { maskedApplication } from '../domain/masking.ts';
import type { Role } from '../domain/actor.ts';
import { type Action, seesFullData } from '../domain/rights.ts';
import type { CaseView } from '../store/case-view.ts';
import { nameOf } from '../store/staff.ts';
import type { Caller } from './auth.ts';
import { deadlinesAt } from './view.ts';

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
export const employersView = (view: CaseView) => ({
  ...headOf(view),
  allowed: [],
  missingDocuments: view.application ? missingDocuments(view.application, view.documents) : [],
});

interface Reach {
  readonly role: Role;
  readonly org: OrgCode;
  readonly may: (action: Action) => boolean;
}

/** A case as the agency, HRSS, finance, supervisors and the applicant see it; numbers covered for whoever does not need them. */
export function fullView(view: CaseView, caller: Caller, { role, org, may }: Reach) {
  const { state, application, payment, documents, recoveries } = view;
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
    opinion: opinionOf(view, role),
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
function opinionOf({ state, opinion: text, signerNames }: CaseView, role: Role) {
  const handling = state.stage === 'review' ? state.handling : null;
  const isDecided = state.signatures.reviewer !== null;
  if (role === 'applicant')
    return state.stage === 'refused' || state.stage === 'reconsideration' ? { reasons: text?.reasons ?? [] } : null;
  if (!handling && !isDecided) return null;
  const { handler, reviewer } = state.signatures;
  return {
    handler,
    handlerName: nameOf(signerNames, handler),
    reviewer,
    reviewerName: nameOf(signerNames, reviewer),
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
