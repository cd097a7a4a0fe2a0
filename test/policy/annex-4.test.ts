import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fen } from '../../domain/money.ts';
import { annex4, type Annex4Source, wanYuan } from '../../domain/policy/annex-4.ts';

test.each([
  [195_000, '0.195'],
  [0, '0'],
  [1_000_000, '1'],
  [1_230_000_000, '1230'],
  [1, '0.000001'],
  [-195_000, '-0.195'],
])('%i fen are %s 万元, exactly', (amount, text) => {
  expect(wanYuan(fen(amount))).toBe(text);
});

const source: fc.Arbitrary<Annex4Source[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('qualification', 'skill-level'),
    level: fc.constantFrom(5, 4, 3),
    cases: fc.integer({ min: 0, max: 100_000 }),
    amountFen: fc.integer({ min: 0, max: 1_000_000_000 }),
  }),
);

describe('Annex 4 (N6.4)', () => {
  test('two people, two kinds', () => {
    const [qualification, skill, total] = annex4([
      { kind: 'qualification', level: 4, cases: 1, amountFen: 195_000 },
      { kind: 'skill-level', level: 3, cases: 2, amountFen: 400_000 },
    ]);
    expect(qualification).toMatchObject({ kind: 'qualification', total: { persons: 1, amountWanYuan: '0.195' } });
    expect(skill?.levels).toMatchObject([
      { level: 5, persons: 0 },
      { level: 4, persons: 0 },
      { level: 3, persons: 2 },
    ]);
    expect(total).toMatchObject({ kind: 'total', total: { persons: 3, amountFen: 595_000, amountWanYuan: '0.595' } });
  });

  test('levels add up to their row, kinds to the total, in 人 and in 万元', () => {
    /** 万元 as millionths, so that the sum is exact. */
    const millionths = (text: string) => {
      const [whole = '', decimals = ''] = text.split('.');
      return Number(`${whole}${decimals.padEnd(6, '0')}`);
    };
    fc.assert(
      fc.property(source, (rows) => {
        const [qualification, skill, total] = annex4(rows);
        for (const row of [qualification, skill, total]) {
          const levels = row?.levels ?? [];
          expect(levels.reduce((sum, one) => sum + one.persons, 0)).toBe(row?.total.persons);
          expect(levels.reduce((sum, one) => sum + millionths(one.amountWanYuan), 0)).toBe(
            millionths(row?.total.amountWanYuan ?? ''),
          );
        }
        expect(total?.total.persons).toBe((qualification?.total.persons ?? 0) + (skill?.total.persons ?? 0));
        expect(total?.total.amountFen).toBe(rows.reduce((sum, one) => sum + one.amountFen, 0));
      }),
    );
  });
});
