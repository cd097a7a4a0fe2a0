import { describe, expect, test } from '@jest/globals';
import type { OrgCode } from '../../domain/ids.ts';
import {
  automaticChecks,
  type Check,
  type CheckCode,
  type CheckInput,
  type InsuranceAnswer,
  type RegisterAnswer,
} from '../../domain/policy/checks.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 as policy } from '../../domain/policy/policy-2017-67.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';

const person = { name: '阿依古丽·买买提', idNumber: '22010219880307002X' };
const certificate = {
  kind: 'qualification',
  occupation: '焊工',
  level: 4,
  number: '1707000000400123',
  issuedOn: civilDate('2017-06-30'),
  scope: 'province',
} as const;
const insurance = {
  found: true,
  name: person.name,
  employer: '长春某某制造有限公司',
  org: '220102',
  months: 48,
  arrears: false,
  status: 'employed',
} as const;
const record = {
  answer: 'found',
  ...person,
  occupation: '焊工',
  level: 4,
  number: certificate.number,
  kind: 'qualification',
  issuedOn: certificate.issuedOn,
  status: 'valid',
} as const;
const good: CheckInput = {
  filing: {
    filedAt: parseInstant('2017-09-01T10:00:00+08:00'),
    channel: 'online',
    insuredAt: '220102' as OrgCode,
  },
  person,
  employerName: insurance.employer,
  certificate,
  insurance,
  provincial: record,
  national: record,
  policy,
  calendar: workingCalendar(calendarNotices),
};

const failed = (input: CheckInput): CheckCode[] =>
  automaticChecks(input)
    .filter((check) => !check.passed)
    .map((check) => check.code);
const find = (input: CheckInput, code: CheckCode): Check => {
  const found = automaticChecks(input).find((check) => check.code === code);
  if (!found) throw new Error(`no check ${code}`);
  return found;
};
const insured = (change: Partial<InsuranceAnswer & { found: true }>): CheckInput => ({
  ...good,
  insurance: { ...insurance, ...change },
});
const nationally = (change: Partial<RegisterAnswer & { answer: 'found' }>): CheckInput => ({
  ...good,
  national: { ...record, ...change },
});

describe('the automatic checks', () => {
  test('all pass for a plain case, in clause order', () => {
    expect(automaticChecks(good).map(({ clause, code, passed }) => [clause, code, passed])).toEqual([
      ['N1.0', 'employed', true],
      ['N1.1', 'contribution-months', true],
      ['N1.2', 'certificate-date', true],
      ['N1.2', 'certificate-level', true],
      ['N2.0', 'filed-in-time', true],
      ['N2.1', 'insured-place', true],
      ['N3.1a', 'insurance-record', true],
      ['N3.1a', 'no-arrears', true],
      ['N3.1c', 'provincial-register', true],
      ['N3.1c', 'national-register', true],
    ]);
  });

  test('without an insurance record all that rests on it fails and says so', () => {
    const input: CheckInput = { ...good, insurance: { found: false } };
    const codes: CheckCode[] = ['employed', 'contribution-months', 'insured-place', 'insurance-record', 'no-arrears'];
    expect(failed(input)).toEqual(codes);
    for (const code of codes) expect(find(input, code).detail).toBe('没有失业保险参保记录。');
  });

  test.each<[string, Partial<InsuranceAnswer & { found: true }>, CheckCode[]]>([
    ['retired (N1.0)', { status: 'retired' }, ['employed']],
    ['35 months (N1.1)', { months: 35 }, ['contribution-months']],
    ['arrears (N3.1a)', { arrears: true }, ['no-arrears']],
    ['another name (N3.1a)', { name: '别人' }, ['insurance-record']],
    ['another dot in the name', { name: '阿依古丽•买买提' }, []],
    ['another employer', { employer: '别的公司' }, []],
    ['the city above (N2.1)', { org: '220100' }, []],
    ['a sister district (N2.1)', { org: '220103' }, ['insured-place']],
    ['another province (N2.1)', { org: '210100' }, ['insured-place']],
  ])('%s', (_, change, codes) => expect(failed(insured(change))).toEqual(codes));

  test('another employer is mentioned', () => {
    expect(find(insured({ employer: '别的公司' }), 'insurance-record').detail).toContain(
      '参保单位与申请填报的单位不同',
    );
    expect(find(good, 'insurance-record').detail).not.toContain('参保单位');
  });

  test('applied to the city, insured in its district (N2.1)', () => {
    const input = { ...good, filing: { ...good.filing, insuredAt: '220100' as OrgCode } };
    expect(failed(input)).toEqual([]);
  });

  test('a register that differs names the fields (N3.1c)', () => {
    const input = nationally({ level: 5, issuedOn: civilDate('2017-06-29'), number: 'X', kind: 'skill-level' });
    expect(failed(input)).toEqual(['national-register']);
    expect(find(input, 'national-register').detail).toBe(
      '全国职业资格证书联网查询系统：等级、证书编号、核发日期、证书类别与申请不一致。',
    );
  });

  test.each<[string, CheckInput, string]>([
    ['revoked', nationally({ status: 'revoked' }), '已被撤销'],
    ['another person', nationally({ name: '别人', idNumber: '220102199001010011' }), '身份证号码与申请不一致；姓名'],
    ['another name, same number', nationally({ name: '别人' }), '身份证号码一致但姓名不一致'],
    ['another occupation', nationally({ occupation: '车工' }), '职业（工种）与申请不一致'],
    ['not covered', { ...good, national: { answer: 'not-covered' } }, '未收录此类证书'],
    ['not found', { ...good, national: { answer: 'not-found' } }, '未查到该证书。'],
  ])('a register says: %s', (_, input, words) => {
    expect(failed(input)).toEqual(['national-register']);
    expect(find(input, 'national-register').detail).toContain(words);
  });

  test('spellings of one thing do not differ', () => {
    const input = nationally({
      occupation: '电焊工 （四级）',
      idNumber: '22010219880307002x',
      number: '1707 0000 0040 0123',
    });
    expect(failed(input)).toEqual([]);
  });

  test('a certificate from elsewhere must be registered in the province (N3.1d)', () => {
    const elsewhere: CheckInput = { ...good, certificate: { ...certificate, scope: 'industry' } };
    expect(find(elsewhere, 'registered-in-province').passed).toBe(true);
    const unregistered: CheckInput = { ...elsewhere, provincial: { answer: 'not-found' } };
    expect(failed(unregistered)).toEqual(['provincial-register', 'registered-in-province']);
    expect(find(unregistered, 'provincial-register').detail).toContain('即尚未在我省查验备案');
    const uncovered: CheckInput = { ...elsewhere, provincial: { answer: 'not-covered' } };
    expect(find(uncovered, 'registered-in-province').detail).not.toContain('尚未在我省查验备案，');
  });

  test('an occupation that nobody knows goes to a person (N4.3)', () => {
    const occupation = '星际领航工';
    const input: CheckInput = {
      ...good,
      certificate: { ...certificate, occupation },
      provincial: { ...record, occupation },
      national: { ...record, occupation },
    };
    expect(automaticChecks(input).at(-1)).toMatchObject({ clause: 'N4.3', code: 'occupation-known', passed: false });
    expect(failed(input)).toEqual(['occupation-known']);
  });

  test('no detail carries a name or a number of the person, the employer or the certificate', () => {
    const inputs = [
      good,
      insured({ name: '别人', employer: '别的公司', org: '210100', arrears: true }),
      nationally({ name: '别人', idNumber: '220102199001010011', number: '999', status: 'revoked' }),
      { ...good, insurance: { found: false }, provincial: { answer: 'not-found' } } as const,
    ];
    const details = inputs.flatMap((input) => automaticChecks(input).map((check) => check.detail));
    for (const detail of details) {
      expect(detail).toMatch(/。$/u);
      expect(detail).not.toMatch(/阿依古丽|别人|某某制造|别的公司|\d{9,}|999/u);
    }
  });
});
