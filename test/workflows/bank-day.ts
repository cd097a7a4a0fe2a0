import type { Matching } from '../../domain/payment/reconciliation.ts';

/** A day on which 1,950 yuan were paid and everything agreed. */
export const matching: Matching = {
  lines: 1,
  badLines: 0,
  openingFen: 1_000_000,
  closingFen: 805_000,
  proven: true,
  differences: 0,
  statementHash: 'f'.repeat(64),
};
