/** What a benchmark found: lines of figures, and ratios against the baselines of the same run. */
export interface Measured {
  readonly rows: readonly { readonly what: string; readonly figures: Readonly<Record<string, number>> }[];
  /** By what is compared with what, as in `handling / bare SQL`. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** How long each of many things took, in milliseconds. */
export type Times = Readonly<Record<'count' | 'p50Ms' | 'p99Ms' | 'perSecond', number>>;

/**
 * Does `work` for each item, `concurrency` of them at a time, and says how long they took.
 * @throws the first error of `work`
 */
export async function timed<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<unknown>,
): Promise<Times> {
  const waiting = items.values();
  const tookMs: number[] = [];
  const began = performance.now();
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      const start = performance.now();
      await work(item);
      tookMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const perSecond = (items.length * 1_000) / (performance.now() - began);
  return { count: items.length, p50Ms: percentile(tookMs, 50), p99Ms: percentile(tookMs, 99), perSecond };
}

/** Nearest rank. @throws RangeError for no values */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('a percentile of nothing');
  return found;
}

/** A table with one line for each row, then the ratios. */
export function printed({ rows, ratios }: Measured): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const cells = [
    ['', ...columns],
    ...rows.map(({ what, figures }) => [what, ...columns.map((column) => shown(figures[column]))]),
  ];
  const widths = ['', ...columns].map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const lines = cells.map((line) =>
    line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
  );
  return [...lines, '', ...Object.entries(ratios).map(([what, ratio]) => `${what}: ${shown(ratio)}`)].join('\n');
}

const shown = (figure: number | undefined): string => {
  if (figure === undefined) return '';
  return Number.isInteger(figure) ? String(figure) : figure.toFixed(2);
};
