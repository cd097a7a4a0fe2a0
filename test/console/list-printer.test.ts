import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ListPrinter, NotPrinted } from '../../console/list-printer.ts';
import { readWorkbook } from '../../console/xlsx.ts';
import { listOf } from './long-list.ts';
import { pdfText } from './pdf-text.ts';

/** Long lists are made beside the event loop, a few at once. */

const server = createServer((_request, response) => response.end('ok'));
beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
afterAll(() => new Promise((closed) => server.close(closed)));

const someone = (): AbortSignal => new AbortController().signal;
const read = (lines: number) => () => Promise.resolve(listOf(lines));
const answered = (): Promise<void> =>
  new Promise((done, failed) => {
    const { port } = server.address() as AddressInfo;
    get({ port, agent: false }, (response) => response.resume().on('end', done)).on('error', failed);
  });

test('while a long list is made, what is asked later is answered first', async () => {
  const printer = new ListPrinter({ atOnce: 1, waiting: 0 });
  const order: string[] = [];
  const list = printer.print('pdf', read(1_500), someone()).then(() => order.push('list'));
  // One after the other, each begun later: made on the loop, the list would be there before the last of them.
  for (let n = 1; n <= 20; n++) await answered().then(() => order.push('answer'));
  await list;
  expect(order).toEqual([...Array<string>(20).fill('answer'), 'list']);
});

test('a list says what it was given, on paper and as a workbook', async () => {
  const printer = new ListPrinter({ atOnce: 1, waiting: 0 });
  const text = pdfText(await printer.print('pdf', read(2), someone()));
  for (const said of ['附件2', '第2厂', 'JL0002']) expect(text).toContain(said);
  const workbook = await printer.print('xlsx', read(2), someone());
  const rows = await readWorkbook(workbook, { entries: 50, unpackedBytes: 4_000_000, lines: 10, columns: 9 });
  expect(rows.at(-3)?.cells.slice(4, 7)).toEqual(['第2厂', '职业资格证书\n焊工 中级（四级）', 'JL0002']);
});

test('as many at once as there are places; some wait, in their order; who comes beyond is turned away at once', async () => {
  const printer = new ListPrinter({ atOnce: 1, waiting: 2 });
  const order: number[] = [];
  const print = (n: number, signal = someone()): Promise<unknown> =>
    printer
      .print(
        'xlsx',
        () => {
          order.push(n);
          return Promise.resolve(listOf(1));
        },
        signal,
      )
      .catch((error: unknown) => (error instanceof NotPrinted ? error.reason : error));
  const impatient = new AbortController();
  const [first, second, third] = [print(1), print(2, impatient.signal), print(3)];
  expect(await print(4)).toBe('busy');
  impatient.abort();
  expect(await second).toBe('unread');
  const fifth = print(5); // in the place of the second
  expect(await print(6)).toBe('busy');
  expect(await first).toBeInstanceOf(Buffer);
  const seventh = print(7); // the place of the first is the third's already
  for (const made of [third, fifth, seventh]) expect(await made).toBeInstanceOf(Buffer);
  expect(order).toEqual([1, 3, 5, 7]);
  expect(await print(8)).toBeInstanceOf(Buffer);
});

test('who goes away while the list is made ends the work, and makes room', async () => {
  const printer = new ListPrinter({ atOnce: 1, waiting: 0 });
  const reader = new AbortController();
  const list = printer.print('pdf', read(3_000), reader.signal);
  await answered();
  reader.abort();
  await expect(list).rejects.toMatchObject({ reason: 'unread' });
  expect(await printer.print('xlsx', read(1), someone())).toBeInstanceOf(Buffer);
});

test('what goes wrong in the thread, or before it, is the reader’s to hear; the place is free again', async () => {
  const printer = new ListPrinter({ atOnce: 1, waiting: 0 });
  const broken = { ...listOf(1), periodFrom: null as never };
  await expect(printer.print('pdf', () => Promise.resolve(broken), someone())).rejects.toMatchObject({
    name: 'TypeError',
  });
  await expect(printer.print('pdf', () => Promise.reject(new Error('no database')), someone())).rejects.toThrow(
    'no database',
  );
  expect(await printer.print('xlsx', read(1), someone())).toBeInstanceOf(Buffer);
});
