import type { Actor } from '../domain/actor.ts';
import type { OrgCode, Sub } from '../domain/ids.ts';
import type { CivilDate } from '../domain/time.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

/** Who does somebody's tasks while they are away, from a day to a day, the last included. */
export interface StandIn {
  readonly id: number;
  readonly absent: Sub;
  readonly standIn: Sub;
  readonly org: OrgCode;
  readonly fromOn: CivilDate;
  readonly untilOn: CivilDate;
  readonly isEnded: boolean;
}

const columns = `id, absent, stand_in AS "standIn", org, from_on AS "fromOn", until_on AS "untilOn",
  ended_at IS NOT NULL AS "isEnded"`;

/** A later arrangement for the same days goes before an earlier one. @throws KeyReused */
export function arrangeStandIn(
  store: Store,
  claim: Claim,
  actor: Actor & { readonly kind: 'staff' },
  { absent, standIn, org, fromOn, untilOn }: Omit<StandIn, 'id' | 'isEnded'>,
): Promise<Outcome<StandIn>> {
  return once(store, claim, async (tx) => {
    if (absent === standIn) return { refused: { code: 'same-person', detail: {} } };
    const { rows } = await tx.query<StandIn>(
      `INSERT INTO stand_in (absent, stand_in, org, from_on, until_on, arranged_by, arranged_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${columns}`,
      [absent, standIn, org, fromOn, untilOn, actor.sub, await businessNow(tx)],
    );
    return { done: only(rows, 'stand-in') };
  });
}

/** @throws NotFound */
export async function readStandIn(db: Queryable, id: number): Promise<StandIn> {
  const { rows } = await db.query<StandIn>(`SELECT ${columns} FROM stand_in WHERE id = $1`, [id]);
  const [row] = rows;
  if (!row) throw new NotFound('stand-in');
  return row;
}

/** Back earlier than planned. @throws KeyReused */
export function endStandIn(store: Store, claim: Claim, id: number): Promise<Outcome<StandIn>> {
  return once(store, claim, async (tx) => {
    const { rows } = await tx.query<StandIn>(
      `UPDATE stand_in SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING ${columns}`,
      [id, await businessNow(tx)],
    );
    const [ended] = rows;
    return ended ? { done: ended } : { refused: { code: 'already-ended', detail: {} } };
  });
}

/** At the given units, latest first. */
export async function listStandIns(
  db: Queryable,
  orgs: readonly OrgCode[],
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly StandIn[]> {
  const { rows } = await db.query<StandIn>(
    `SELECT ${columns} FROM stand_in WHERE org = ANY ($1) AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [orgs, before, limit],
  );
  return rows;
}
