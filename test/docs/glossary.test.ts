import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { roleLabels } from '../../domain/actor.ts';
import { holds, stages } from '../../domain/case/procedure.ts';
import { batchStages } from '../../domain/payment/batch.ts';
import { certificateKindLabels, levelLabels } from '../../domain/policy/policy.ts';
import { recoveryStages } from '../../domain/recovery/recovery.ts';
import { roundStages } from '../../domain/round/round.ts';

const glossary = readFileSync(fileURLToPath(new URL('../../docs/glossary.md', import.meta.url)), 'utf8');
const rows = glossary
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const labelled = (table: Readonly<Record<string, { readonly label: string }>>): [string, string][] =>
  Object.entries(table).map(([name, { label }]) => [`\`${name}\``, label]);

const terms: [term: string, label: string][] = [
  ...labelled(stages),
  ...Object.values(holds).map(({ state, label }): [string, string] => [`\`${state}\``, label]),
  ...labelled(roundStages),
  ...labelled(batchStages),
  ...labelled(recoveryStages),
  ...Object.entries(roleLabels).map(([role, label]): [string, string] => [`role \`${role}\``, label]),
  ...Object.entries(levelLabels).map(([level, label]): [string, string] => [`level ${level}`, label]),
  ...Object.entries(certificateKindLabels).map(([kind, label]): [string, string] => [`kind \`${kind}\``, label]),
];

test.each(terms)('the glossary has %s as %s, as the code labels it', (term, label) => {
  expect(rows.filter((cells) => cells[1] === term).map((cells) => cells[2])).toContain(label);
});
