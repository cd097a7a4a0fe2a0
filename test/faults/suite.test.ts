import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { mutants } from './mutants.ts';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const code = (folder: string): string =>
  readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)))
    .join('\n');

const [sql, words, calls] = [code('store'), code('domain'), code('activities/bank')];

const points = z
  .array(
    z.object({
      name: z.string(),
      statement: z.string().optional(),
      commitOf: z.string().optional(),
      with: z.array(z.string()).default([]),
      call: z.string().optional(),
      list: z.string().optional(),
      read: z.string().optional(),
    }),
  )
  .parse(JSON.parse(read('test/faults/points.json')));

// A seed takes minutes, and tells only at its end that it never came to a point; this tells at once.
describe('the fault suite fits the code', () => {
  test.each(points)('$name can be struck, and its step has a point on the other side', ({ name, ...point }) => {
    const { statement, commitOf = statement, call, list = '', read: readFrom = '' } = point;
    const missing = [
      ...[commitOf ?? ''].filter((text) => !sql.includes(text)),
      ...point.with.filter((word) => !`${words}${sql}`.includes(`'${word}'`)),
      ...[call?.split(' ')[1] ?? ''].filter((path) => !calls.includes(path)),
      ...[list, readFrom].flatMap((path) => {
        const [, folder = '', file = ''] = path.split('/');
        return path === '' || (calls.includes(`'${folder}'`) && calls.includes(file)) ? [] : [path];
      }),
    ];
    expect(missing).toEqual([]);
    const other = name.includes('-before-') ? name.replace('-before-', '-after-') : name.replace('-after-', '-before-');
    expect(points.map((one) => one.name)).toContain(other);
  });

  test.each(mutants)('the mutant can be planted: $name', ({ edits }) => {
    for (const { file, text } of edits) expect(read(file).split(text)).toHaveLength(2);
  });
});
