import { inflateSync } from 'node:zlib';

/** What a PDF of ours says, in the order of its making, without line ends: glyphs read back by the table that the file carries. */
export function pdfText(bytes: Buffer): string {
  const file = bytes.toString('latin1');
  const streams = [...file.matchAll(/\/Filter \/FlateDecode\n>>\nstream\n([\s\S]*?)\nendstream/g)].map(
    ([, data = '']) => {
      try {
        return inflateSync(Buffer.from(data, 'latin1')).toString('latin1');
      } catch {
        return '';
      }
    },
  );
  const glyphs = streams.filter((one) => one.includes('begincmap')).flatMap(charactersOf);
  return streams
    .flatMap((one) => [...one.matchAll(/\[(.*?)\] TJ/g)])
    .map(([, shown = '']) =>
      [...shown.matchAll(/<([0-9a-f]*)>/g)]
        .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
        .map((glyph) => glyphs[parseInt(glyph, 16)] ?? '\ufffd')
        .join(''),
    )
    .join('');
}

/** `beginbfrange` lists the characters of the glyphs 0, 1, 2 … as UTF-16. */
const charactersOf = (table: string): string[] =>
  [...table.matchAll(/<[0-9a-f]+> <[0-9a-f]+> \[(.*?)\]/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/<([0-9a-f ]+)>/g)].map(([, hex = '']) =>
      Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'),
    ),
  );
