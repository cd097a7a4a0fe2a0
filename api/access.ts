import type { FastifyRequest } from 'fastify';
import type { Actor, Role } from '../domain/actor.ts';
import { type Action, roleInUnit, roleOnCase, rolesFor, showsPersonalData } from '../domain/rights.ts';
import { type CaseNo, isCaseNo, type OrgCode } from '../domain/ids.ts';
import { isStaffRole } from '../domain/staff.ts';
import { unitsWithin } from '../domain/reference/org-units.ts';
import { NotFound, type StillMay } from '../store/case.ts';
import { readOwnership } from '../store/case-view.ts';
import type { CaseFilter } from '../store/case-list.ts';
import type { Store } from '../store/store.ts';
import type { Services } from './app.ts';
import { actorOf, type Caller, staffOf } from './auth.ts';
import { Problem } from './problems.ts';

/** The one who asks. @throws Problem `unauthenticated` on a route that is open to everyone: a mistake of ours */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Problem('unauthenticated');
  return request.caller;
}

export interface Access {
  readonly role: Role;
  readonly actor: Actor;
}

/**
 * The role in which the caller may do this on the case. A foreign case and an unknown one are the same 404. What shows
 * personal data is recorded first. `may`: what else of the case is the caller's to do. `stillMay`: the same right once
 * more, under the case's lock.
 * @throws NotFound
 */
export async function accessCase(
  services: Pick<Services, 'store' | 'accessLog'>,
  request: FastifyRequest,
  action: Action,
  caseNo: string,
): Promise<Access & { caseNo: CaseNo; org: OrgCode; may: (other: Action) => boolean; stillMay: StillMay }> {
  const { store, accessLog } = services;
  const caller = callerOf(request);
  const found = isCaseNo(caseNo) ? await readOwnership(store, caseNo) : undefined;
  if (!isCaseNo(caseNo) || !found) throw new NotFound(caseNo);
  const person = caller.idNumber === null ? null : store.vault.blindIndex('person', caller.idNumber);
  const { org, employer, transferTo } = found;
  const isOwn = person?.equals(found.personKey) ?? false;
  const owners = { org, employer, transferTo, isOwn };
  const role = roleOnCase(caller, action, owners);
  if (!role) throw new NotFound(caseNo);
  if (showsPersonalData(action)) await accessLog.record({ kind: 'read', ...traceOf(request), role, caseNo });
  const may = (other: Action): boolean => roleOnCase(caller, other, owners) !== undefined;
  const actor = actorOf(caller, role);
  const stillMay: StillMay = (now) => {
    if (actor.kind !== 'staff') return; // whose case it is, and who filed it, stays
    if (!roleOnCase({ ...caller, roles: [role] }, action, { ...owners, ...now })) throw new NotFound(caseNo);
  };
  return { caseNo, org, role, actor, may, stillMay };
}

/**
 * Who asked what, for the access log: the route as it is written, never the address; staff by their sign-in name, people
 * and employers by a keyed hash of theirs.
 */
export function traceOf({ caller, method, routeOptions }: FastifyRequest) {
  const isPerson = caller !== null && (caller.idNumber !== null || caller.creditCode !== null);
  const who = isPerson ? `#${caller.callerKey}` : (caller?.sub ?? null);
  return { who, org: caller?.org ?? null, route: `${method} ${routeOptions.url ?? ''}` };
}

/** The staff role in which the caller may do this in a unit. @throws NotFound where the unit is not within reach */
export function accessUnit(
  caller: Caller,
  action: Action,
  org: string,
): { role: Role; actor: Actor & { kind: 'staff' } } {
  const role = roleInUnit(caller, action, org);
  if (!role) throw new NotFound(org);
  return { role, actor: staffOf(caller, role) };
}

/** The units that an action reaches for the caller: one that was asked for, or all of theirs. @throws NotFound */
export function unitsFor(caller: Caller, action: Action, org: OrgCode | undefined): readonly OrgCode[] {
  const asked = org ?? caller.org;
  if (asked === null) throw new Problem('forbidden');
  accessUnit(caller, action, asked);
  return unitsWithin(asked);
}

/** Whose cases a list shows: staff see their units', people and employers their own. */
export function listScope(store: Store, caller: Caller, action: Action, org: OrgCode | undefined): CaseFilter['scope'] {
  const allowed = rolesFor(caller, action);
  if (allowed.some(isStaffRole)) return { orgs: unitsFor(caller, action, org) };
  if (allowed.includes('employer')) return { employer: caller.sub };
  if (caller.idNumber === null) throw new Problem('forbidden');
  return { personKey: store.vault.blindIndex('person', caller.idNumber) };
}
