import { expect, test } from '@jest/globals';
import { climb, type Step } from '../../dev/ladder.ts';
import { StartError } from '../../dev/start-error.ts';

const found = (name: string, value: string): Step<string> => ({ name, find: () => Promise.resolve(value) });
const failing = (name: string, reason: string): Step<string> => ({
  name,
  find: () => Promise.reject(new Error(reason)),
});

test('the first step that finds it is taken, the later ones are not tried', async () => {
  const lines: string[] = [];
  const never: Step<string> = { name: 'third', find: () => Promise.reject(new Error('must not be tried')) };
  const steps = [failing('first', 'none'), found('second', '/bin/server'), never];
  await expect(climb('server', steps, 'install it', (line) => lines.push(line))).resolves.toBe('/bin/server');
  expect(lines).toEqual(['server: first: none', 'server: second: found /bin/server']);
});

test('when none finds it, each has said why in one line, and the last word says what to install', async () => {
  const lines: string[] = [];
  const steps = [failing('first', 'none'), failing('second', 'no network\nat stack')];
  const climbing = climb('server', steps, 'install the server', (line) => lines.push(line));
  await expect(climbing).rejects.toThrow(new StartError('install the server'));
  expect(lines).toEqual(['server: first: none', 'server: second: no network']);
});

test('progress of a step is told under its name', async () => {
  const lines: string[] = [];
  const step: Step<string> = {
    name: 'download',
    find: (say) => {
      say('10 MB so far');
      return Promise.resolve('/tmp/it');
    },
  };
  await climb('server', [step], '', (line) => lines.push(line));
  expect(lines[0]).toBe('server: download: 10 MB so far');
});
