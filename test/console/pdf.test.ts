import { expect, test } from '@jest/globals';
import { fontHas } from '../../console/font.ts';
import { pdf } from '../../console/pdf.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { pdfText } from './pdf-text.ts';

const at = parseInstant('2017-09-04T10:00:00+08:00');

test('a document says what it was given, on paper of one size', async () => {
  const { bytes, missing } = await pdf({
    title: '样张',
    at,
    footer: '220102-2017-0000001',
    content: [
      { text: '吉林省参保企业职工' },
      {
        table: {
          body: [
            ['姓名', '阿卜杜拉·买买提'],
            ['金额', '1,950元'],
          ],
        },
      },
    ],
  });
  expect(bytes.toString('latin1', 0, 5)).toBe('%PDF-');
  const text = pdfText(bytes);
  for (const said of ['吉林省参保企业职工', '阿卜杜拉·买买提', '1,950元', '220102-2017-0000001', '第1页，共1页'])
    expect(text).toContain(said);
  expect(missing).toEqual([]);
});

test('a character that the font lacks is printed by its code and named, never as a box', async () => {
  const { bytes, missing } = await pdf({ title: '样张', at, content: ['王𠮷', { table: { body: [['李䶮𰻝']] } }] });
  const lacking = Array.from('𠮷䶮𰻝').filter((character) => !fontHas(character));
  expect(lacking.length).toBeGreaterThan(0);
  expect(missing).toEqual(lacking);
  const text = pdfText(bytes);
  expect(text).not.toContain('\ufffd');
  expect(text).not.toContain('\u0000');
  for (const character of lacking) {
    const code = `U+${character.codePointAt(0)?.toString(16).toUpperCase()}`;
    expect(text).toContain(`〔${code}〕`);
  }
  expect(text).toContain('请手工填写');
});

test('what the font has: every common character, the middle dots of names; what it lacks: part of Ext-B, emoji', () => {
  expect(Array.from('焊龘㐀·•．（）〔〕□√×Aé').filter((one) => !fontHas(one))).toEqual([]);
  expect(fontHas('𨭎')).toBe(false);
  expect(fontHas('😀')).toBe(false);
});

test('the same document at the same time is the same file', async () => {
  const twice = await Promise.all([1, 2].map(() => pdf({ title: '样张', at, content: ['同样'] })));
  expect(twice[0]?.bytes.equals(twice[1]?.bytes ?? Buffer.alloc(0))).toBe(true);
});
