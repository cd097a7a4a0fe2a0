import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OrgCode } from '../../domain/ids.ts';
import { currentOrgCode, fundOf, isOrgCode, isWithin, orgUnit, orgUnits } from '../../domain/reference/org-units.ts';

const code = (text: string): OrgCode => text as OrgCode;
const anyUnit = fc.constantFrom(...orgUnits);

describe('org units of Jilin', () => {
  test('nine prefectures and 长白山, 60 counties, 省直, each code once', () => {
    const count = (kind: string) => orgUnits.filter((unit) => unit.kind === kind).length;
    expect([count('province'), count('provincial-direct'), count('city'), count('county')]).toEqual([1, 1, 10, 60]);
    expect(new Set(orgUnits.map((unit) => unit.code)).size).toBe(orgUnits.length);
  });

  test('a county carries the first four digits of its city', () => {
    for (const unit of orgUnits.filter((each) => each.kind === 'county')) {
      expect(unit.parent?.slice(0, 4)).toBe(unit.code.slice(0, 4));
    }
  });

  test.each([
    ['220102', '220100'],
    ['220184', '220100'],
    ['220100', '220100'],
    ['222426', '222400'],
    ['220679', '220679'],
    ['220099', '220099'],
    ['220000', '220099'],
  ])('%s is paid from the fund of %s', (unit, fund) => expect(fundOf(code(unit))).toBe(fund));

  test('every fund is a unit that pays from itself', () => {
    fc.assert(fc.property(anyUnit, (unit) => fundOf(unit.fund) === unit.fund && isOrgCode(unit.fund)));
  });

  test('within: itself, what lies below, nothing beside', () => {
    expect(isWithin('220102', '220100')).toBe(true);
    expect(isWithin('220102', '220000')).toBe(true);
    expect(isWithin('220102', '220102')).toBe(true);
    expect(isWithin('220100', '220102')).toBe(false);
    expect(isWithin('220679', '220600')).toBe(false);
    expect(isWithin('220099', '220100')).toBe(false);
    expect(isWithin('210100', '220000')).toBe(false);
    expect(isWithin('210100', '210100')).toBe(false);
    fc.assert(fc.property(anyUnit, (unit) => isWithin(unit.code, '220000')));
  });

  test('公主岭 is known by its code of before', () => {
    expect(isOrgCode('220381')).toBe(false);
    expect(currentOrgCode('220381')).toBe('220184');
    expect(currentOrgCode('220102')).toBe('220102');
    expect(currentOrgCode('110101')).toBeUndefined();
    expect(isWithin('220381', '220100')).toBe(true);
    expect(isWithin('220184', '220381')).toBe(true);
  });

  test('an unknown code is named', () => {
    expect(() => orgUnit(code('999999'))).toThrow('999999');
    expect(orgUnit(code('220112')).name).toBe('双阳区');
  });
});
