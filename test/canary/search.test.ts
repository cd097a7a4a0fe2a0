import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { searchFor } from './search.ts';

/** The search of the canary tests finds a text whatever somebody made of it, and nothing else. */

const name = '察哈尔金';
const number = '220102196111237537';
const search = searchFor([
  { name: 'name', text: name },
  { name: 'number', text: number },
  { name: 'birth date', text: '19611123', standsAlone: true },
]);
const noise = Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 7919 + (n >> 3) * 31) & 0xff));
const within = (bytes: Buffer | string): readonly string[] => search(Buffer.concat([noise, Buffer.from(bytes), noise]));

const ascii = (text: string): string =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
const made: Readonly<Record<string, (text: string) => Buffer | string>> = {
  'as it is': (text) => text,
  'in JSON': (text) => JSON.stringify({ a: text }),
  'in JSON of ASCII': ascii,
  'with capital escapes': (text) =>
    ascii(text).replace(/\\u(.{4})/g, (_, digits: string) => `\\u${digits.toUpperCase()}`),
  'in GB 18030': (text) => iconv.encode(text, 'gb18030'),
  'in UTF-16': (text) => Buffer.from(text, 'utf16le'),
  'in UTF-16, big end first': (text) => Buffer.from(text, 'utf16le').swap16(),
  'in hex': (text) => Buffer.from(text).toString('hex'),
  'in capital hex of GB 18030': (text) => iconv.encode(text, 'gb18030').toString('hex').toUpperCase(),
  'in an address': (text) => `/v1/cases?name=${encodeURIComponent(text)}`,
  'in an address, small letters': (text) => encodeURIComponent(text).toLowerCase(),
  'in XML': (text) => [...text].map((one) => `&#${one.codePointAt(0) ?? 0};`).join(''),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64 behind one byte': (text) => Buffer.from(`x${text}`).toString('base64'),
  'in base64 behind two bytes': (text) => Buffer.from(`xy${text}z`).toString('base64'),
  'in base64 of addresses': (text) => Buffer.from(`x${text}`).toString('base64url'),
  'in base64 of UTF-16': (text) => Buffer.from(`<${text}>`, 'utf16le').toString('base64'),
  'in base64 of GB 18030': (text) => iconv.encode(`您好${text}`, 'gb18030').toString('base64'),
  'in base64 of JSON of ASCII': (text) => Buffer.from(ascii(text)).toString('base64'),
};

test.each(Object.entries(made))('%s', (_how, make) => {
  expect(within(make(name)).some((one) => one.startsWith('name'))).toBe(true);
  expect(within(make(number)).some((one) => one.startsWith('number'))).toBe(true);
});

test('nothing is found where nothing is: noise, other texts, a date inside a hash', () => {
  expect(within('')).toEqual([]);
  expect(within(gzipSync('察哈尔的金子 220102196111237536'))).toEqual([]);
  expect(within('9f19611123ab 4196111230')).toEqual([]);
  expect(within('born 19611123.')).toEqual(['birth date (utf-8)']);
});

test('a text that chance could write is refused', () => {
  expect(() => searchFor([{ name: 'short', text: '1961' }])).toThrow('short (utf-8) is too short');
});
