import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { stateDiagram } from '../../dev/diagram.ts';
import { pathOf, sections, withSection } from '../../dev/docs.ts';
import { stages } from '../../domain/case/procedure.ts';

test.each(sections)('$document shows the $name as the code has it (npm run docs)', (section) => {
  const document = readFileSync(pathOf(section.document), 'utf8');
  expect(withSection(document, section)).toBe(document);
});

test('the diagram tells the life of a case', () => {
  const diagram = stateDiagram();
  for (const [stage, { label }] of Object.entries(stages))
    expect(diagram).toContain(`"${stage}<br/>${label}" as ${stage}`);
  expect(diagram).toContain('[*] --> filed: file');
  expect(diagram).toContain('review --> approved: review / approved');
  expect(diagram).toContain(
    'withdraw / withdrawn, from: filed, checking, review, supplement, certificate-registration,',
  );
});

test('what the tables allow and evolve does not do is no line', () => {
  const diagram = stateDiagram();
  expect(diagram).not.toContain('paid --> cancelled'); // N3.4b: the money has left, recovery follows
  expect(diagram).not.toContain('filed --> review'); // three look-ups: checking comes between
});

test('a document without the marked section is refused', () => {
  expect(() => withSection('# Architecture\n', { name: 'diagram', text: () => '' })).toThrow('no section');
});
