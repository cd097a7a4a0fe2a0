import { encodings } from './encodings.ts';

/** A text that must not be found. */
export interface Canary {
  /** What it is, for the message: `name`, `objection text`. */
  readonly name: string;
  readonly text: string;
  /** Digits that chance could bring about inside a longer run of hex: found only where they stand alone. */
  readonly standsAlone?: boolean;
}

/** Looks for many texts in every encoding at once. @returns what was found, each once: `name (how)` */
export type Search = (bytes: Buffer) => readonly string[];

interface Pattern {
  readonly label: string;
  readonly bytes: Buffer;
  readonly standsAlone: boolean;
}

const keyBits = 24;

/** Shorter ones would be found by chance. */
const shortest = 7;

export function searchFor(canaries: readonly Canary[]): Search {
  const patterns = canaries.flatMap(({ name, text, standsAlone = false }) =>
    encodings(text).map(({ how, bytes }): Pattern => ({ label: `${name} (${how})`, bytes, standsAlone })),
  );
  const short = patterns.find(({ bytes }) => bytes.length < shortest);
  if (short) throw new Error(`${short.label} is too short to be looked for`);
  // The first three bytes say whether it is worth to look closer.
  const begins = new Uint8Array(1 << (keyBits - 3));
  const byKey = new Map<number, Pattern[]>();
  for (const pattern of patterns) {
    const key = keyAt(pattern.bytes, 0);
    begins[key >> 3] = (begins[key >> 3] ?? 0) | (1 << (key & 7));
    byKey.set(key, [...(byKey.get(key) ?? []), pattern]);
  }
  return (bytes) => {
    const found = new Set<string>();
    for (let at = 0; at + shortest <= bytes.length; at += 1) {
      const key = keyAt(bytes, at);
      if (((begins[key >> 3] ?? 0) & (1 << (key & 7))) === 0) continue;
      for (const pattern of byKey.get(key) ?? []) if (standsAt(bytes, at, pattern)) found.add(pattern.label);
    }
    return [...found];
  };
}

const keyAt = (bytes: Buffer, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);

function standsAt(bytes: Buffer, at: number, { bytes: looked, standsAlone }: Pattern): boolean {
  const end = at + looked.length;
  if (end > bytes.length || looked.compare(bytes, at, end) !== 0) return false;
  return !standsAlone || !(isHexDigit(bytes[at - 1]) || isHexDigit(bytes[end]));
}

const isHexDigit = (byte: number | undefined): boolean =>
  byte !== undefined && /[0-9A-Fa-f]/.test(String.fromCharCode(byte));
