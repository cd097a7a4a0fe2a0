import iconv from 'iconv-lite';

/** One way in which a text can stand in bytes. */
export interface Encoded {
  /** Such as `base64 of utf-8`. */
  readonly how: string;
  readonly bytes: Buffer;
}

/** Every way in which a text could have been written down, each once: a leak that is only encoded is a leak. */
export function encodings(text: string): readonly Encoded[] {
  const plain: readonly (readonly [string, Buffer])[] = [
    ['utf-8', Buffer.from(text)],
    ['gb18030', iconv.encode(text, 'gb18030')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', Buffer.from(text, 'utf16le').swap16()],
  ];
  const escaped: readonly (readonly [string, Buffer])[] = [
    ...bothCases('\\u escapes', unicodeEscapes(text)),
    ...bothCases('percent', encodeURIComponent(text)),
    ...bothCases('xml', [...text].map((one) => `&#x${codePoint(one).toString(16)};`).join('')),
    ['xml decimal', Buffer.from([...text].map((one) => `&#${codePoint(one)};`).join(''))],
  ];
  const packed = [...plain, ...escaped].flatMap(([how, bytes]) => base64(bytes).map(named('base64', how)));
  const hex = plain.flatMap(([how, bytes]) => bothCases(`hex of ${how}`, bytes.toString('hex')));
  const seen = new Set<string>();
  return [...plain, ...escaped, ...packed, ...hex]
    .map(([how, bytes]) => ({ how, bytes }))
    .filter(({ bytes }) => {
      const key = bytes.toString('latin1');
      return !seen.has(key) && Boolean(seen.add(key));
    });
}

type Named = readonly [how: string, bytes: Buffer];

const named =
  (how: string, of: string) =>
  (text: string): Named => [`${how} of ${of}`, Buffer.from(text)];

const codePoint = (one: string): number => one.codePointAt(0) ?? 0;

/** As JSON has it: what is no ASCII. */
const unicodeEscapes = (text: string): string =>
  [...text.matchAll(/[^]/g)]
    .map(([unit]) => (unit > '\x7e' ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : unit))
    .join('');

/** Digits of hex in small and in capital letters; what introduces them stays small. */
const bothCases = (how: string, text: string): readonly Named[] => {
  const capital = text.toUpperCase().replaceAll('\\U', '\\u').replaceAll('&#X', '&#x');
  const small = text.toLowerCase();
  return [small, capital].map((one): Named => [how, Buffer.from(one)]);
};

/** The characters that do not hang on what stands before or after: at each of three places, in both alphabets. */
function base64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const isOpen = (before + bytes.length) % 3 !== 0;
    const sure = whole.slice(before === 0 ? 0 : before + 1, isOpen ? -1 : undefined);
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
