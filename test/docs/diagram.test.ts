import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { stateDiagram, withDiagram } from '../../dev/diagram.ts';
import { stages } from '../../domain/case/procedure.ts';

const architecture = readFileSync(fileURLToPath(new URL('../../docs/architecture.md', import.meta.url)), 'utf8');

test('docs/architecture.md shows the procedure as the code has it (npm run diagram)', () => {
  expect(withDiagram(architecture)).toBe(architecture);
});

test('the diagram tells the life of a case', () => {
  const diagram = stateDiagram();
  for (const [stage, { label }] of Object.entries(stages))
    expect(diagram).toContain(`"${stage}<br/>${label}" as ${stage}`);
  expect(diagram).toContain('[*] --> filed: file');
  expect(diagram).toContain('review --> approved: review / approved');
  expect(diagram).toContain(
    'withdraw / withdrawn, from: filed, checking, review, approved, listed, publicity, payable',
  );
});

test('what the tables allow and evolve does not do is no line', () => {
  const diagram = stateDiagram();
  expect(diagram).not.toContain('paid --> cancelled'); // N3.4b: the money has left, recovery follows
  expect(diagram).not.toContain('filed --> review'); // three look-ups: checking comes between
});

test('a document without the marked section is refused', () => {
  expect(() => withDiagram('# Architecture\n')).toThrow('no section');
});
