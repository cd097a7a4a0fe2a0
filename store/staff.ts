import type { Actor, Role } from '../domain/actor.ts';
import type { OrgCode, Sub } from '../domain/ids.ts';
import { type Appointment, areCompatible } from '../domain/staff.ts';
import type { CivilDate } from '../domain/time.ts';
import { fallBack } from './assignment.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

const columns = `id, sub, name, role, org, from_on AS "fromOn", until_on AS "untilOn", ended_at IS NOT NULL AS "isEnded"`;

/** Every appointment of a person, ended ones too: a role that was once given is decided by them. */
export async function appointmentsOf(
  db: Queryable,
  sub: Sub,
  lock: '' | 'FOR SHARE' = '',
): Promise<readonly Appointment[]> {
  const query = `SELECT ${columns} FROM appointment WHERE sub = $1 ORDER BY id ${lock}`;
  return (await db.query<Appointment>(query, [sub])).rows;
}

/** Appointments at the given units, in order of their making. */
export async function listAppointments(
  db: Queryable,
  orgs: readonly OrgCode[],
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly Appointment[]> {
  const { rows } = await db.query<Appointment>(
    `SELECT ${columns} FROM appointment WHERE org = ANY ($1) AND id > $2 ORDER BY id LIMIT $3`,
    [orgs, after, limit],
  );
  return rows;
}

/** Names of the staff by sign-in name: the latest that somebody was given, also of who left. */
export type StaffNames = ReadonlyMap<Sub, string>;

/** Names of those among the given people who have one. */
export async function staffNames(db: Queryable, subs: readonly (Sub | null | undefined)[]): Promise<StaffNames> {
  const asked = [...new Set(subs)].filter((one) => typeof one === 'string');
  if (asked.length === 0) return new Map();
  const { rows } = await db.query<{ sub: Sub; name: string }>(
    'SELECT DISTINCT ON (sub) sub, name FROM appointment WHERE sub = ANY ($1) AND name IS NOT NULL ORDER BY sub, id DESC',
    [asked],
  );
  return new Map(rows.map(({ sub, name }) => [sub, name]));
}

export const nameOf = (names: StaffNames, sub: Sub | null): string | null => (sub && names.get(sub)) ?? null;

/** Everyone waits for this lock, so that two appointments of one person are decided one after the other. */
const lockPerson = (tx: Queryable, sub: Sub) =>
  tx.query(`SELECT pg_advisory_xact_lock(hashtext('staff ' || $1))`, [sub]);

export interface NewAppointment {
  readonly sub: Sub;
  readonly name: string | null;
  readonly role: Role;
  readonly org: OrgCode;
  readonly fromOn: CivilDate;
  readonly untilOn: CivilDate | null;
}

/** Gives a person a role at a unit; one unit at a time, and nothing beside security-admin. @throws KeyReused */
export function appoint(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  { sub, name, role, org, fromOn, untilOn }: NewAppointment,
): Promise<Outcome<Appointment>> {
  return once(store, claim, async (tx) => {
    if (sub === actor.sub) return { refused: { code: 'own-appointment', detail: {} } };
    await lockPerson(tx, sub);
    const standing = (await appointmentsOf(tx, sub)).filter(({ isEnded }) => !isEnded);
    if (standing.some((one) => one.role === role)) return { refused: { code: 'already-appointed', detail: {} } };
    const other = standing.find((one) => one.org !== org || !areCompatible(one.role, role));
    if (other) return { refused: { code: 'incompatible-roles', detail: { role: other.role, org: other.org } } };
    const { rows } = await tx.query<Appointment>(
      `INSERT INTO appointment (sub, name, role, org, from_on, until_on, appointed_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${columns}`,
      [sub, name, role, org, fromOn, untilOn, actor.sub],
    );
    return { done: only(rows, 'appointment') };
  });
}

/** @throws NotFound */
export async function readAppointment(db: Queryable, id: number): Promise<Appointment> {
  const { rows } = await db.query<Appointment>(`SELECT ${columns} FROM appointment WHERE id = $1`, [id]);
  const [row] = rows;
  if (!row) throw new NotFound('appointment');
  return row;
}

/** Ends an appointment: the next request of that person is answered without the role. @throws KeyReused */
export function endAppointment(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  id: number,
): Promise<Outcome<Appointment>> {
  return once(store, claim, async (tx) => {
    const { rows } = await tx.query<Appointment>(
      `UPDATE appointment SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL RETURNING ${columns}`,
      [id, await businessNow(tx), actor.sub],
    );
    const [ended] = rows;
    if (!ended) return { refused: { code: 'already-ended', detail: {} } };
    await fallBack(tx, actor, ended.sub, ended.role);
    return { done: ended };
  });
}
