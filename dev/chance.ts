/** Numbers that look drawn by lot and are the same for the same seed, on every machine. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** One of the list. @throws RangeError for an empty list */
  one<T>(list: readonly T[]): T;
  /** That many decimal digits. */
  digits(count: number): string;
}

/** Draws from a seed (mulberry32); seeds that differ in the last digit give other numbers altogether. */
export function chance(seed: number): Chance {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    one(list) {
      const [first] = list;
      if (first === undefined) throw new RangeError('nothing to draw from');
      return list[below(list.length)] ?? first;
    },
    digits: (count) => Array.from({ length: count }, () => below(10)).join(''),
  };
}
