import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { SETTING_NAMES } from '../../config/variables.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name);
const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

const operations = read('docs/operations.md');
const compose = read('docker-compose.yml');
const example = unique(found(read('.env.example'), /^#?([A-Z_]+)=/gm));

test('docs/operations.md explains every setting that a process reads', () => {
  for (const name of SETTING_NAMES) expect(operations).toContain(`\`${name}\``);
});

test('docs/operations.md names every npm script', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const told = Object.keys(scripts).filter((name) => !name.includes(':') && name !== 'format');
  for (const name of told) expect(operations).toMatch(new RegExp(`\`npm (run )?${name}\``));
});

test('.env.example has what docker-compose.yml asks for, no more and no less, and no secret', () => {
  expect(example).toEqual(unique(found(compose, /\$\{([A-Z_]+)/g)));
  expect(found(read('.env.example'), /^[A-Z_]+=(.+)$/gm)).toEqual([]);
});

test('docker-compose.yml gives the processes settings that they know', () => {
  const given = found(
    compose.slice(compose.indexOf('\n  migrate:'), compose.indexOf('\nconfigs:')),
    /^ {6}([A-Z_]+):/gm,
  );
  expect(given.length).toBeGreaterThan(10);
  expect(given.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
});
