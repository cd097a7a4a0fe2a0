import type { Role } from './actor.ts';
import type { OrgCode, Sub } from './ids.ts';
import type { CivilDate } from './time.ts';

/** A member of the staff in a role, at a unit, from a day to a day (the last one included; null: until it is ended). */
export interface Appointment {
  readonly id: number;
  readonly sub: Sub;
  /** What colleagues call her; never told to applicants. */
  readonly name: string | null;
  readonly role: Role;
  readonly org: OrgCode;
  readonly fromOn: CivilDate;
  readonly untilOn: CivilDate | null;
  readonly isEnded: boolean;
}

/** Roles and unit of whoever asks. */
export interface Standing {
  readonly roles: readonly Role[];
  readonly org: OrgCode | null;
}

/** Roles that are given by an appointment; the others people have by themselves. */
export const isStaffRole = (role: Role): role is Exclude<Role, 'applicant' | 'employer'> =>
  role !== 'applicant' && role !== 'employer';

/** Who gives out roles can't use any: a role beside it does not count. */
const exclusive: Role = 'security-admin';

/** Whether one person may have both roles at once (the preparer and releaser of one batch are told apart by the batch). */
export const areCompatible = (one: Role, other: Role): boolean =>
  one === other || (one !== exclusive && other !== exclusive);

const isActive = ({ isEnded, fromOn, untilOn }: Appointment, today: CivilDate): boolean =>
  !isEnded && fromOn <= today && (untilOn === null || today <= untilOn);

/**
 * What a token's claims and the appointments come to today. Appointments decide on every role that they name; a role that
 * only the token claims counts where tokens of that issuer are trusted with roles (development).
 */
export function standing(
  claimed: Standing,
  appointments: readonly Appointment[],
  { today, trustClaims }: { readonly today: CivilDate; readonly trustClaims: boolean },
): Standing {
  const active = appointments.filter((one) => isActive(one, today));
  const named = new Set(appointments.map(({ role }) => role));
  const roles = [
    ...claimed.roles.filter((role) => !isStaffRole(role) || (trustClaims && !named.has(role))),
    ...active.map(({ role }) => role),
  ];
  const org = active[0]?.org ?? (trustClaims ? claimed.org : null);
  return { roles: roles.includes(exclusive) ? [exclusive] : [...new Set(roles)], org };
}
