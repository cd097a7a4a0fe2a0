/** Where two plain values part, and what stands there; a missing property is undefined. */
export interface Parting {
  /** Such as `deadlines.0.dueAt`; empty for the value as a whole. */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** The first place where two plain values differ; undefined when they say the same. The order of properties says nothing. */
export function firstParting(one: unknown, other: unknown, path = ''): Parting | undefined {
  if (Object.is(one, other)) return undefined;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return { path, one, other };
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = firstParting(one[name], other[name], path === '' ? name : `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** In words: `amountFen is 150000, <found> it is 195000`. Never call it on personal data. */
export const partingInWords = ({ path, one, other }: Parting, found: string): string =>
  `${path || 'it'} is ${inWords(one)}, ${found} it is ${inWords(other)}`;

const longest = 80;

function inWords(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
