import type { PayloadKeys } from '../config/keys.ts';
import { openWithRing, sealWithRing, wrappedBy } from '../crypto/keyring.ts';
import type { Database } from './database.ts';
import { reportKeyContext } from './report.ts';
import { documentKeyContext, intakeKeyName, keyContext } from './vault.ts';

const pageSize = 500;

/** What a rotation found and did, in wrapped keys. */
export interface Rewrapped {
  readonly rewrapped: number;
  /** Wrapped by the active key before. */
  readonly kept: number;
}

/**
 * Wraps every stored key with the active one of `PAYLOAD_KEYS`; data are not touched, and work goes on meanwhile. When it
 * is through, and every process knows the new key, the old ones can leave the setting.
 * @param db connected as the owner: processes may not change keys
 * @throws Error naming a key id that `PAYLOAD_KEYS` does not have
 */
export async function rewrapKeys(db: Database, ring: PayloadKeys): Promise<Rewrapped> {
  const system = await rewrapTable(db, ring, { table: 'system_key', id: 'name', context: (name) => name });
  const cases = await rewrapTable(db, ring, { table: 'case_key', id: 'case_no', context: keyContext });
  const documents = await rewrapTable(db, ring, {
    table: 'document',
    id: 'document_id::text',
    context: documentKeyContext,
  });
  const intakes = await rewrapTable(db, ring, { table: 'intake_batch', id: 'batch_id', context: intakeKeyName });
  const reports = await rewrapTable(db, ring, {
    table: 'unmatched_report',
    id: 'report_id::text',
    context: reportKeyContext,
  });
  const all = [system, cases, documents, intakes, reports];
  const sum = (of: keyof Rewrapped) => all.reduce((total, one) => total + one[of], 0);
  return { rewrapped: sum('rewrapped'), kept: sum('kept') };
}

interface KeyTable {
  readonly table: 'system_key' | 'case_key' | 'document' | 'intake_batch' | 'unmatched_report';
  readonly id: 'name' | 'case_no' | 'document_id::text' | 'report_id::text' | 'batch_id';
  readonly context: (id: string) => string;
}

async function rewrapTable(db: Database, ring: PayloadKeys, { table, id, context }: KeyTable): Promise<Rewrapped> {
  let rewrapped = 0;
  let kept = 0;
  for (let after = ''; ;) {
    const last = await db.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string; wrapped: Buffer }>(
        `SELECT ${id} AS id, wrapped FROM ${table} WHERE ${id} > $1 AND wrapped IS NOT NULL ORDER BY ${id} LIMIT ${pageSize} FOR UPDATE`,
        [after],
      );
      const old = rows.filter((row) => wrappedBy(row.wrapped) !== ring.active);
      const again = old.map((row) =>
        sealWithRing(ring, openWithRing(ring, row.wrapped, context(row.id)), context(row.id)),
      );
      await tx.query(
        `UPDATE ${table} SET wrapped = new.wrapped FROM unnest($1::text[], $2::bytea[]) AS new (id, wrapped)
         WHERE ${table}.${id} = new.id`,
        [old.map((row) => row.id), again],
      );
      rewrapped += old.length;
      kept += rows.length - old.length;
      return rows.at(-1)?.id;
    });
    if (last === undefined) return { rewrapped, kept };
    after = last;
  }
}
