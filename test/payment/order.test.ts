import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseNo, OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import {
  type BankReport,
  decideReport,
  orderNumber,
  type OrderStatus,
  orderStatuses,
} from '../../domain/payment/order.ts';
import { parseInstant } from '../../domain/policy/dates.ts';

const caseNo = '220102-2017-0000001' as CaseNo;
const amountFen = fen(195_000);
const orderOf = (status: OrderStatus) => ({ orderNo: `${caseNo}-1` as OrderNo, caseNo, amountFen, status });
const at = parseInstant('2017-09-26T11:00:00+08:00');
const said = (outcome: BankReport['outcome'], amount = amountFen): BankReport =>
  outcome === 'accepted' ? { outcome } : { outcome, code: 'code', amountFen: amount, at };

/** What each word of the bank does in each status: `→ x` moves, `=` agrees, `≠` is a difference. */
const table: Readonly<Record<OrderStatus, Readonly<Record<BankReport['outcome'], string>>>> = {
  released: { accepted: '→ accepted', paid: '→ paid', failed: '→ failed', returned: '→ returned' },
  unknown: { accepted: '→ accepted', paid: '→ paid', failed: '→ failed', returned: '→ returned' },
  accepted: { accepted: '=', paid: '→ paid', failed: '→ failed', returned: '→ returned' },
  paid: { accepted: '=', paid: '=', failed: '≠', returned: '→ returned' },
  failed: { accepted: '=', paid: '≠', failed: '=', returned: '≠' },
  returned: { accepted: '=', paid: '=', failed: '≠', returned: '=' },
};
const cells = orderStatuses.flatMap((status) =>
  (['accepted', 'paid', 'failed', 'returned'] as const).map((outcome) => [status, outcome, table[status][outcome]]),
) as readonly (readonly [OrderStatus, BankReport['outcome'], string])[];

describe('the bank’s word on an order', () => {
  test.each(cells)('%s, and the bank says %s: %s', (status, outcome, expected) => {
    const decision = decideReport(orderOf(status), said(outcome));
    if (expected === '=') expect(decision).toEqual({ effect: 'agreed' });
    else if (expected === '≠') expect(decision).toEqual({ effect: 'difference', why: 'outcome-differs' });
    else expect(decision).toEqual({ effect: 'moved', to: expected.slice(2) });
  });

  test.each(orderStatuses)('%s: another amount moves nothing', (status) => {
    for (const outcome of ['paid', 'failed', 'returned'] as const)
      expect(decideReport(orderOf(status), said(outcome, fen(195_001)))).toEqual({
        effect: 'difference',
        why: 'amount-differs',
      });
  });

  test('whatever order callback, query and statement come in, and however often, the end is the same', () => {
    const truths: readonly (readonly BankReport['outcome'][])[] = [['paid'], ['failed'], ['paid', 'returned']];
    fc.assert(
      fc.property(
        fc.constantFrom(...truths),
        fc.array(fc.nat({ max: 3 }), { maxLength: 12 }),
        fc.constantFrom<OrderStatus>('released', 'unknown', 'accepted'),
        fc.infiniteStream(fc.nat()),
        (truth, extra, first, chance) => {
          const words = [...truth, ...extra.map((n) => truth[n] ?? ('accepted' as const))]
            .map((word) => ({ word, place: Number(chance.next().value) }))
            .sort((one, other) => one.place - other.place)
            .map(({ word }) => word);
          let status = first;
          for (const word of words) {
            const decision = decideReport(orderOf(status), said(word));
            expect(decision.effect).not.toBe('difference');
            if (decision.effect === 'moved') status = decision.to;
          }
          expect(status).toBe(truth.at(-1));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('the next order’s number follows from the orders that ended', () => {
    expect([0, 1, 9].map((ended) => orderNumber(caseNo, ended))).toEqual([
      `${caseNo}-1`,
      `${caseNo}-2`,
      `${caseNo}-10`,
    ]);
  });
});
