import type { Role } from './actor.ts';
import type { OrgCode, Sub } from './ids.ts';
import { isWithin } from './reference/org-units.ts';

interface Right {
  readonly roles: readonly Role[];
  readonly within: 'case' | 'unit';
  readonly shows?: 'personal-data';
  /** Signed in just now: what can't be taken back. */
  readonly needs?: 'fresh-sign-in';
}

/**
 * Who may do what: the whole table. A role that is not named may not, and an action that is not here can't be asked for.
 * `within` says what the role's reach is held against: the case, or the unit that the request names. What `shows` personal
 * data is recorded in the access log before it is shown.
 */
export const rights = {
  'file-application': { roles: ['applicant', 'handler', 'employer'], within: 'unit' },
  'upload-document': { roles: ['applicant', 'handler', 'employer', 'hrss'], within: 'unit' },
  'file-batch': { roles: ['employer', 'hrss'], within: 'unit' },
  'see-batch': { roles: ['employer', 'hrss', 'supervisor', 'auditor'], within: 'unit' },
  'accept-batch': { roles: ['hrss'], within: 'unit' },
  'see-document': {
    roles: ['applicant', 'handler', 'reviewer', 'hrss', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'see-case': {
    roles: ['applicant', 'employer', 'handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'see-annex-1': {
    roles: ['applicant', 'handler', 'reviewer', 'hrss', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'see-receipt': {
    roles: ['applicant', 'employer', 'handler', 'reviewer', 'hrss', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'see-timeline': {
    roles: ['applicant', 'handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'see-tellings': {
    roles: ['applicant', 'handler', 'reviewer', 'hrss', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'tell-applicant': { roles: ['handler', 'hrss'], within: 'case' },
  'see-history': { roles: ['supervisor', 'auditor'], within: 'case' },
  // Temporal keeps the whole province's processes: who decodes any of it is of the province (api/codec.ts).
  'decode-payloads': { roles: ['supervisor', 'auditor'], within: 'unit' },
  'list-tasks': { roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor'], within: 'unit' },
  'see-calendar': { roles: ['handler', 'reviewer', 'hrss', 'supervisor', 'auditor', 'policy-admin'], within: 'unit' },
  'change-calendar': { roles: ['policy-admin'], within: 'unit' },
  'see-load': { roles: ['supervisor'], within: 'unit' },
  'claim-task': { roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor'], within: 'unit' },
  'assign-task': { roles: ['supervisor'], within: 'unit' },
  'see-refusal-reasons': { roles: ['handler', 'reviewer', 'hrss', 'supervisor'], within: 'unit' },
  'handle-case': { roles: ['handler'], within: 'case' },
  'review-case': { roles: ['reviewer'], within: 'case' },
  'supplement-case': { roles: ['applicant', 'handler'], within: 'case' },
  'confirm-certificate': { roles: ['hrss'], within: 'case' },
  'register-certificate': { roles: ['hrss'], within: 'case' },
  'merge-case': { roles: ['handler'], within: 'case' },
  'report-death': { roles: ['handler', 'hrss'], within: 'case' },
  'decide-succession': { roles: ['hrss'], within: 'case' },
  'revoke-certificate': { roles: ['hrss'], within: 'unit' },
  'ask-reconsideration': { roles: ['applicant', 'handler'], within: 'case' },
  'decide-reconsideration': { roles: ['hrss'], within: 'case' },
  'transfer-case': { roles: ['handler'], within: 'case' },
  'confirm-transfer': { roles: ['handler'], within: 'case' },
  'withdraw-case': { roles: ['applicant', 'handler'], within: 'case' },
  'correct-account': { roles: ['applicant', 'handler'], within: 'case' },
  'see-objection': { roles: ['hrss'], within: 'case', shows: 'personal-data' },
  'decide-objection': { roles: ['hrss'], within: 'case' },
  'report-case': { roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor'], within: 'case' },
  'hold-retention': { roles: ['hrss'], within: 'case' },
  'match-report': { roles: ['hrss'], within: 'unit' },
  'see-samples': { roles: ['hrss', 'supervisor', 'auditor'], within: 'unit' },
  'examine-sample': { roles: ['hrss'], within: 'case' },
  'see-recovery': {
    roles: ['applicant', 'handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'see-recovery-order': {
    roles: ['applicant', 'handler', 'hrss', 'finance', 'supervisor', 'auditor'],
    within: 'case',
    shows: 'personal-data',
  },
  'list-recoveries': { roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor'], within: 'unit' },
  'demand-recovery': { roles: ['finance'], within: 'case' },
  'receive-recovery': { roles: ['hrss', 'finance'], within: 'case' },
  'order-recovery': { roles: ['hrss'], within: 'case' },
  'propose-write-off': { roles: ['finance'], within: 'case', needs: 'fresh-sign-in' },
  'decide-write-off': { roles: ['hrss', 'finance'], within: 'case', needs: 'fresh-sign-in' },
  'cut-off-round': { roles: ['handler'], within: 'unit' },
  'see-round': { roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor'], within: 'unit' },
  'publish-round': { roles: ['hrss'], within: 'unit' },
  'sign-round': { roles: ['handler', 'reviewer', 'supervisor'], within: 'unit' },
  'strike-entry': { roles: ['hrss'], within: 'unit' },
  'see-annex-2': { roles: ['hrss', 'handler', 'reviewer', 'supervisor'], within: 'unit', shows: 'personal-data' },
  'see-publicity-proof': { roles: ['hrss', 'supervisor', 'auditor'], within: 'unit' },
  'prepare-payments': { roles: ['finance'], within: 'unit' },
  'see-payments': { roles: ['finance', 'supervisor', 'auditor'], within: 'unit' },
  'release-payments': { roles: ['finance'], within: 'unit', needs: 'fresh-sign-in' },
  'draft-policy': { roles: ['policy-admin'], within: 'unit' },
  'preview-policy': { roles: ['policy-admin'], within: 'unit' },
  'adopt-policy': { roles: ['policy-admin'], within: 'unit', needs: 'fresh-sign-in' },
  'see-policy': {
    roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor', 'policy-admin'],
    within: 'unit',
  },
  'close-difference': { roles: ['finance'], within: 'unit' },
  'appoint-staff': { roles: ['security-admin'], within: 'unit' },
  'set-office': { roles: ['policy-admin'], within: 'unit' },
  'see-staff': { roles: ['security-admin', 'supervisor', 'auditor'], within: 'unit' },
  'add-budget': { roles: ['finance'], within: 'unit' },
  'confirm-budget': { roles: ['finance'], within: 'unit', needs: 'fresh-sign-in' },
  'grant-adjustment': { roles: ['finance'], within: 'unit', needs: 'fresh-sign-in' },
  'see-fund': { roles: ['finance', 'hrss', 'supervisor', 'auditor'], within: 'unit' },
  'see-statistics': { roles: ['handler', 'hrss', 'finance', 'supervisor', 'auditor'], within: 'unit' },
} as const satisfies Record<string, Right>;
export type Action = keyof typeof rights;

/** How far a role sees: a city its counties, the province all, a county itself; people what is theirs. */
const reachOf = {
  applicant: 'own-cases',
  employer: 'own-filings',
  handler: 'unit-and-below',
  reviewer: 'unit-and-below',
  hrss: 'unit-and-below',
  finance: 'unit-and-below',
  supervisor: 'unit-and-below',
  auditor: 'unit-and-below',
  'policy-admin': 'unit-and-below',
  'security-admin': 'unit-and-below',
} as const satisfies Record<Role, string>;

/** Who works with a case's full ID and account numbers, in the case's own unit; everybody else sees them covered. */
const fullDataRoles: readonly Role[] = ['handler', 'reviewer', 'finance'];

/** Who asks, as far as rights go. */
export interface Asker {
  readonly sub: Sub;
  readonly roles: readonly Role[];
  /** The unit that staff belong to; null for people and employers, and then no unit is theirs. */
  readonly org: OrgCode | null;
}

/** What a case's reach is decided on. */
export interface CaseOwners {
  readonly org: OrgCode;
  /** Whether the asker is the person whom the case is about. */
  readonly isOwn: boolean;
  /** Who filed it, where that was an employer (N2.5). */
  readonly employer: Sub | null;
  /** The agency that is asked to take the case over (N2.1). */
  readonly transferTo: OrgCode | null;
}

/** Whether a case of that unit is shown with its full numbers; applicants see their own. */
export const seesFullData = (asker: Asker, role: Role, org: OrgCode): boolean =>
  role === 'applicant' || (asker.org === org && fullDataRoles.some((one) => asker.roles.includes(one)));

/** Whether the action shows personal data, and so leaves a trace in the access log. */
export const showsPersonalData = (action: Action): boolean => 'shows' in rights[action];

/** Whether the sign-in must be a fresh one. */
export const needsFreshSignIn = (action: Action): boolean => 'needs' in rights[action];

/** The asker's roles that allow the action, in the table's order; empty: forbidden, whatever it is about. */
export const rolesFor = (asker: Asker, action: Action): readonly Role[] =>
  rights[action].roles.filter((role) => asker.roles.includes(role));

/** The role in which the asker may do this on the case; undefined: as if there were no such case. */
export const roleOnCase = (asker: Asker, action: Action, owners: CaseOwners): Role | undefined =>
  rolesFor(asker, action).find((role) => reachesCase(asker, role, action, owners));

/** The staff role in which the asker may do this in the unit; undefined: as if there were no such unit. */
export const roleInUnit = (asker: Asker, action: Action, org: string): Role | undefined =>
  rolesFor(asker, action).find((role) => reachOf[role] === 'unit-and-below' && isUnitOf(asker, org));

function reachesCase(asker: Asker, role: Role, action: Action, owners: CaseOwners): boolean {
  switch (reachOf[role]) {
    case 'own-cases':
      return owners.isOwn;
    case 'own-filings':
      return owners.employer === asker.sub;
    case 'unit-and-below':
      return agenciesFor(action, owners).some((org) => isUnitOf(asker, org));
  }
}

const readings: readonly Action[] = ['see-case', 'see-timeline', 'see-document'];

/** The agencies whose staff may do it: one that is asked to take the case over reads it, and it alone answers (N2.1). */
function agenciesFor(action: Action, { org, transferTo }: CaseOwners): readonly OrgCode[] {
  if (transferTo === null) return [org];
  if (action === 'confirm-transfer') return [transferTo];
  return readings.includes(action) ? [org, transferTo] : [org];
}

const isUnitOf = (asker: Asker, org: string): boolean => asker.org !== null && isWithin(org, asker.org);
