import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OrgCode } from '../../domain/ids.ts';
import { canonicalOccupation, entitledSkill, normaliseOccupation } from '../../domain/policy/occupations.ts';
import { policy201767 as policy } from '../../domain/policy/policy-2017-67.ts';
import type { Level, Policy } from '../../domain/policy/policy.ts';
import { standard } from '../../domain/policy/standards.ts';
import { occupations } from '../../domain/reference/occupations.ts';
import { orgUnits } from '../../domain/reference/org-units.ts';

const org = '220102' as OrgCode;
const levels: readonly Level[] = [1, 2, 3, 4, 5];

describe('standards (N4.1, N4.2)', () => {
  test.each<[string, Level, number, boolean]>([
    ['电工', 5, 100_000, false],
    ['电工', 4, 150_000, false],
    ['电工', 3, 200_000, false],
    ['焊工', 5, 130_000, true],
    ['焊工', 4, 195_000, true],
    ['焊工', 3, 260_000, true],
    ['电焊工', 4, 195_000, true],
    ['星际领航工', 4, 150_000, false],
  ])('%s at level %i: %i fen', (occupation, level, amountFen, shortage) => {
    expect(standard({ occupation, level, org }, policy)).toEqual({ amountFen, shortage });
  });

  test.each<Level>([1, 2])('level %i has no standard', (level) => {
    expect(standard({ occupation: '焊工', level, org }, policy)).toBeUndefined();
  });

  test('a shortage row counts within its scope only', () => {
    const local: Policy = {
      ...policy,
      shortage: { ...policy.shortage, occupations: [{ name: '焊工', scope: '220100' as OrgCode }] },
    };
    expect(standard({ occupation: '焊工', level: 4, org }, local)?.amountFen).toBe(195_000);
    expect(standard({ occupation: '焊工', level: 4, org: '220202' as OrgCode }, local)?.amountFen).toBe(150_000);
  });

  test('every amount comes from the table', () => {
    const table = [policy.standards, policy.shortage.standards].flatMap((standards) => Object.values(standards));
    const names = fc.oneof(fc.string(), fc.constantFrom(...occupations.map(({ name }) => name)));
    const anywhere = fc.constantFrom(...orgUnits.map(({ code }) => code));
    fc.assert(
      fc.property(names, fc.constantFrom(...levels), anywhere, (occupation, level, where) => {
        const found = standard({ occupation, level, org: where }, policy);
        expect(found === undefined).toBe(level < 3);
        if (found) expect(table).toContain(found.amountFen);
      }),
    );
  });
});

describe('occupations (N4.3)', () => {
  test('the list has every shortage occupation, and no spelling means two of them', () => {
    const spellings = occupations.flatMap(({ name, aliases }) => [name, ...aliases]).map(normaliseOccupation);
    expect(spellings.filter((spelling, at) => spellings.indexOf(spelling) !== at)).toEqual([]);
    expect(spellings).not.toContain('');
    for (const { name } of policy.shortage.occupations) {
      expect(canonicalOccupation(name)).toEqual({ name, known: true });
    }
    expect(occupations.length).toBeGreaterThanOrEqual(120);
  });

  test.each([
    ['电焊工', '焊工'],
    ['厨师', '中式烹调师'],
    [' 焊 工 ', '焊工'],
    ['焊工（四级）', '焊工'],
    ['焊工(中级)', '焊工'],
    ['焊工【三级/高级工】', '焊工'],
    ['「焊工」', '焊工'],
    ['维修电工', '电工'],
    ['数控车工', '数控车工'],
  ])('%p means %s', (text, name) => expect(canonicalOccupation(text)).toEqual({ name, known: true }));

  test('a kind of work in brackets is kept and goes to a person', () => {
    expect(canonicalOccupation('汽车维修工（车身整形）')).toEqual({ name: '汽车维修工车身整形', known: false });
  });

  test('a list of its own can be given', () => {
    expect(canonicalOccupation('领航员', [{ name: '星际领航工', aliases: ['领航员'] }])).toEqual({
      name: '星际领航工',
      known: true,
    });
  });

  test('an entitlement is about the canonical occupation and the level', () => {
    expect(entitledSkill('电焊工', 4)).toEqual({ occupation: '焊工', level: 4 });
  });

  test('normalising twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('焊工四级（）() ·-一中初A')) }), (text) => {
        const once = normaliseOccupation(text);
        expect(normaliseOccupation(once)).toBe(once);
      }),
    );
  });
});
