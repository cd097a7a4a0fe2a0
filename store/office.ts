import type { OrgCode } from '../domain/ids.ts';
import type { Office } from '../domain/reference/office.ts';
import { only, type Queryable } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

export type Offices = ReadonlyMap<OrgCode, Office>;

/** Address and telephone of every unit's agency (N6.5). */
export async function readOffices(db: Queryable): Promise<Offices> {
  const { rows } = await db.query<Office & { code: OrgCode }>(
    'SELECT code, address, phone FROM org_unit ORDER BY code',
  );
  return new Map(rows.map(({ code, address, phone }) => [code, { address, phone }]));
}

/** The same of one unit. */
export async function readOffice(db: Queryable, org: OrgCode): Promise<Office> {
  const { rows } = await db.query<Office>('SELECT address, phone FROM org_unit WHERE code = $1', [org]);
  return only(rows, org);
}

/** Says where a unit's agency is found; the last word counts, null takes it back. @throws KeyReused */
export function setOffice(
  store: Store,
  claim: Claim,
  { org, address, phone }: Office & { readonly org: OrgCode },
): Promise<Outcome<Office & { readonly org: OrgCode }>> {
  return once(store, claim, async (tx) => {
    await tx.query('UPDATE org_unit SET address = $2, phone = $3 WHERE code = $1', [org, address, phone]);
    return { done: { org, address, phone } };
  });
}
