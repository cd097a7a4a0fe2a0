import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Search } from './search.ts';

/** Something found: where, and `what (how)`. */
export type Finding = string;

type Query = <R extends object>(text: string, values?: readonly unknown[]) => Promise<R[]>;

/** Every row of every table as text, bytes as hex: what a dump of the database would hold, whatever is compressed. */
export async function foundInRows(query: Query, search: Search): Promise<readonly Finding[]> {
  const tables = await query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const found: Finding[] = [];
  for (const { name } of tables) {
    const rows = await query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    found.push(...named(`table ${name}`, search(Buffer.from(rows.map(({ row }) => row).join('\n')))));
  }
  return found;
}

/** Every file of a folder, byte by byte. @param others files that hold them rightly */
export function foundInFiles(folder: string, search: Search, others: RegExp): readonly Finding[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !others.test(name));
  return names
    .filter((name) => statSync(join(folder, name)).isFile())
    .flatMap((name) => named(name, search(readFileSync(join(folder, name)))));
}

export const foundInText = (place: string, text: string, search: Search): readonly Finding[] =>
  named(place, search(Buffer.from(text)));

const named = (place: string, found: readonly string[]): readonly Finding[] => found.map((what) => `${place}: ${what}`);
