import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

/** Rows of the security standard: each says what holds and which test shows it, or why it is not for us. */

const project = fileURLToPath(new URL('../..', import.meta.url));
const rows = readFileSync(join(project, 'docs/asvs.md'), 'utf8')
  .replace(/\n {2}/g, ' ')
  .split('\n')
  .filter((line) => line.startsWith('- **'));

/** What shows it where no test of ours can: the provider, our design, the package manager, a page for operators. */
const otherwise = /^(provider|by design|the image has|`npm (ci|run check)`|`Dockerfile`|`docker-compose\.yml`|\[)/;

function fault(row: string): string | null {
  if (row.includes('_not applicable_')) return null;
  const [, shown = ''] = row.split('Shown by: ');
  const named = [...shown.matchAll(/`(test\/[\w/.-]+\.test\.ts)`/g)].map(([, file = '']) => file);
  if (named.length === 0) return otherwise.test(shown) ? null : 'nothing shows it';
  const missing = named.filter((file) => !existsSync(join(project, file)));
  return missing.length === 0 ? null : `${missing.join(', ')} is not there`;
}

test('every row is shown by something that is there, and none is left open', () => {
  expect(rows.length).toBeGreaterThan(120);
  expect(rows.flatMap((row) => fault(row) ?? [])).toEqual([]);
  expect(rows.filter((row) => /\*\*open\*\*|to be decided/.test(row))).toEqual([]);
});

test('no row stands twice', () => {
  const ids = rows.flatMap((row) => [...(/^- \*\*([\d., –]+)\*\*/.exec(row)?.[1] ?? '').matchAll(/\d+\.\d+\.\d+/g)]);
  const names = ids.map(([id]) => id);
  expect(names.filter((id, n) => names.indexOf(id) !== n)).toEqual([]);
});
