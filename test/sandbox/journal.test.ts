import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { DurableMap } from '../../sandbox/durable-map.ts';
import { Journal } from '../../sandbox/journal.ts';

const recordSchema = z.object({ n: z.number() });
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'deep', 'journal.ndjson');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function replayed(): Promise<number[]> {
  const seen: number[] = [];
  const journal = await Journal.open(path, recordSchema, ({ n }) => seen.push(n));
  await journal.close();
  return seen;
}

describe('journal', () => {
  test('gives back what was appended, in order, and an append is in the file when it resolves', async () => {
    const journal = await Journal.open(path, recordSchema, () => undefined);
    await journal.append({ n: 1 });
    expect(await readFile(path, 'utf8')).toBe('{"n":1}\n');
    await Promise.all(Array.from({ length: 2000 }, (_, index) => journal.append({ n: index + 2 })));
    await journal.close();
    expect(await replayed()).toEqual(Array.from({ length: 2001 }, (_, index) => index + 1));
  });

  test('leaves out a torn last line and cuts it at the first append, not at opening', async () => {
    const first = await Journal.open(path, recordSchema, () => undefined);
    await first.append({ n: 1 });
    await first.close();
    await appendFile(path, '{"n":2');
    expect(await replayed()).toEqual([1]);
    expect(await readFile(path, 'utf8')).toBe('{"n":1}\n{"n":2');

    const second = await Journal.open(path, recordSchema, () => undefined);
    await second.append({ n: 3 });
    await second.close();
    expect(await replayed()).toEqual([1, 3]);
  });

  test('names file and line of a complete line that is no record', async () => {
    const journal = await Journal.open(path, recordSchema, () => undefined);
    await journal.close();
    await appendFile(path, '{"n":1}\n{"n":"x"}\n');
    await expect(replayed()).rejects.toThrow('journal.ndjson:2 is not a record of this journal (field "n")');
  });

  test('refuses appends once closed', async () => {
    const journal = await Journal.open(path, recordSchema, () => undefined);
    await journal.close();
    await expect(journal.append({ n: 1 })).rejects.toThrow('is closed');
  });
});

describe('durable map', () => {
  test('keeps values and deletions, and adds a key once however many ask at the same time', async () => {
    const map = await DurableMap.open(path, z.string());
    await map.set('a', 'one');
    await map.set('b', 'two');
    await map.delete('a');
    const added = await Promise.all(['x', 'y', 'z'].map((value) => map.add('c', () => value)));
    expect(added.map((one) => one.value)).toEqual(['x', 'x', 'x']);
    expect(added.map((one) => one.added)).toEqual([true, false, false]);
    await map.close();
    const again = await DurableMap.open(path, z.string());
    expect([...again.entries()]).toEqual([
      ['b', 'two'],
      ['c', 'x'],
    ]);
    await again.close();
  });
});
