import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The one font of every document: Noto Sans SC, regular, from the package as it is. */
export const fontPath = fileURLToPath(
  new URL('400Regular/NotoSansSC_400Regular.ttf', import.meta.resolve('@expo-google-fonts/noto-sans-sc')),
);

/** A run of characters that the font has, both ends included. */
type Range = readonly [first: number, last: number];

let known: readonly Range[] | undefined;

/** Whether the font has a shape for the character. */
export function fontHas(character: string): boolean {
  known ??= rangesOf(readFileSync(fontPath));
  const code = character.codePointAt(0) ?? 0;
  let low = 0;
  let high = known.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const [first, last] = known[middle] ?? [0, 0];
    if (code < first) high = middle - 1;
    else if (code > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** The characters of a TrueType font: its `cmap` table's full Unicode part (format 12), sorted as the format asks. */
function rangesOf(font: Buffer): readonly Range[] {
  const table = tableOf(font, 'cmap');
  for (let n = 0; n < table.readUInt16BE(2); n++) {
    const part = table.subarray(table.readUInt32BE(4 + 8 * n + 4));
    if (part.readUInt16BE(0) !== 12) continue;
    return Array.from({ length: part.readUInt32BE(12) }, (_, group): Range => {
      const at = 16 + 12 * group;
      return [part.readUInt32BE(at), part.readUInt32BE(at + 4)];
    });
  }
  throw new Error('the font lists its characters in no form that is known here');
}

function tableOf(font: Buffer, tag: string): Buffer {
  for (let n = 0; n < font.readUInt16BE(4); n++) {
    const entry = font.subarray(12 + 16 * n, 28 + 16 * n);
    if (entry.toString('latin1', 0, 4) === tag) return font.subarray(entry.readUInt32BE(8));
  }
  throw new Error(`the font has no table ${tag}`);
}
