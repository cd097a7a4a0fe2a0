import type { Brand } from './brand.ts';

/** An amount in fen (1 yuan = 100 fen): a safe integer, never a fraction. See docs/decisions. */
export type Fen = Brand<number, 'Fen'>;

/** @throws RangeError if `amount` is not a safe integer */
export function fen(amount: number): Fen {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not a whole number of fen: ${amount}`);
  return amount as Fen;
}

/** Sum in fen; throws rather than leave the safe integers. */
export const sumFen = (amounts: Iterable<Fen>): Fen => {
  let total = 0;
  for (const amount of amounts) total += amount;
  return fen(total);
};

/** `195000` → `"1,950"`, `195050` → `"1,950.50"`: yuan as people write them. */
export function yuan(amount: Fen): string {
  const whole = Math.trunc(amount / 100);
  const rest = Math.abs(amount % 100);
  const grouped = whole.toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === 0 ? grouped : `${grouped}.${rest.toString().padStart(2, '0')}`;
}
