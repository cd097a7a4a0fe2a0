import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const project = fileURLToPath(new URL('../..', import.meta.url));
const markdownIn = (folder: string, recursive: boolean): string[] =>
  readdirSync(join(project, folder), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const documents = [...markdownIn('.', false), ...markdownIn('docs', true)];

const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');
const withoutCode = (text: string): string => withoutBlocks(text).replace(/`[^`\n]*`/g, '');

/** The name that GitHub gives a heading; Chinese characters stay. */
const slug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
const anchorsOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading));

/** Links in the text of a document that lead nowhere. */
function brokenLinks(path: string, text: string): string[] {
  return [...withoutCode(text).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?:|mailto:)/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = join(project, dirname(path), file);
      if (!existsSync(found)) return true;
      return anchor !== undefined && !anchorsOf(file === '' ? text : readFileSync(found, 'utf8')).includes(anchor);
    });
}

const folders = readdirSync(project, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
  .map((entry) => entry.name);

/** Files and folders of the project that a text names in backticks and that are not there. */
function missingFiles(text: string): string[] {
  return [...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => folders.includes(name.split('/', 1)[0] ?? '') && !existsSync(join(project, name)));
}

const tooLong = (text: string): string[] => text.split('\n').filter((line) => [...line].length > 120);

describe.each(documents)('%s', (path) => {
  const text = readFileSync(join(project, path), 'utf8');

  test('every link leads somewhere, and every file that it names is there', () => {
    expect({ links: brokenLinks(path, text), files: missingFiles(text) }).toEqual({ links: [], files: [] });
  });

  test('no line is longer than 120 characters', () => {
    expect(tooLong(text)).toEqual([]);
  });
});

test('what is broken would be seen', () => {
  const text =
    '# A heading: one\n[a](gone.md) [b](#a-heading-one) [c](#gone) [d](../README.md) [e](../README.md#gone)\n`[f](gone.md)`';
  expect(brokenLinks('docs/x.md', text)).toEqual(['gone.md', '#gone', '../README.md#gone']);
  expect(missingFiles('`domain/money.ts`, `domain/`, `domain/gone.ts`, `elsewhere/gone.ts`')).toEqual([
    'domain/gone.ts',
  ]);
  expect(tooLong('公'.repeat(121))).toHaveLength(1);
});
