import { expect, test } from '@jest/globals';
import { applicationBody } from '../../dev/papers.ts';
import { people } from '../../dev/people.ts';
import { openLog, scrubbed } from '../../config/log.ts';

test('numbers of 500 people never stand in a log line, wherever somebody put them', () => {
  const lines: string[] = [];
  const log = openLog('test', (line) => lines.push(line));
  const source = people(5);
  const numbers = Array.from({ length: 500 }, () => {
    const { applicant, account, employer } = applicationBody(source.next().value);
    return [applicant.idNumber, applicant.phone, account.number, employer.creditCode];
  }).flat();
  for (const number of numbers) {
    log.info({ number, nested: { deep: [`a ${number}.`] } }, `message with ${number}，and more`);
    log.error(new Error(`failed for ${number}`));
  }
  const text = lines.join('');
  expect(numbers.filter((number) => text.includes(number))).toEqual([]);
});

test('what is needed stays: cases, rounds, orders, instants, times, hashes', () => {
  const kept = [
    '220102-2017-0000001',
    '220102-2017-0000001-2',
    '220102-2017-09-15-1',
    '2017-09-09T00:00:00+08:00',
    '1795490585283',
    '127.0.0.1:54321',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'req-12',
  ];
  for (const text of kept) expect(scrubbed(text)).toBe(text);
});
