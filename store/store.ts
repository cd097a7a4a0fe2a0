import type { PayloadKeys } from '../config/keys.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { openRules, type Rules } from './rules.ts';
import { openVault, type Vault } from './vault.ts';

/** What every function of this folder works with: the database, the keys, and the rules as data. */
export interface Store {
  readonly db: Database;
  readonly vault: Vault;
  readonly rules: Rules;
}

export async function openStore(database: DatabaseOptions, ring: PayloadKeys): Promise<Store> {
  const db = openDatabase(database);
  return { db, vault: await openVault(db, ring), rules: openRules() };
}
