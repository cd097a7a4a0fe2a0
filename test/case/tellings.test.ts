import { describe, expect, test } from '@jest/globals';
import { letterOf, refusalLetter } from '../../domain/case/letters.ts';
import { nextTelling, openTellings } from '../../domain/case/tellings.ts';
import { type TellingFacts } from '../../domain/case/telling-texts.ts';
import type { Sub } from '../../domain/ids.ts';
import { dateOf } from '../../domain/time.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import type { CaseState } from '../../domain/case/state.ts';
import {
  caseNo,
  decideObjection,
  delivered,
  given,
  handle,
  object,
  org,
  review,
  type Step,
  tellInPerson,
  undelivered,
  upTo,
} from './story.ts';

const refused: readonly Step[] = [
  ...upTo('national'),
  ['2017-09-05T09:00:00+08:00', handle('wang', 'refuse', { clauses: ['N1.1'] })],
  ['2017-09-05T14:00:00+08:00', review('li', 'refuse')],
];
const after = (...steps: readonly Step[]): CaseState => {
  const { state } = given([...refused, ...steps]);
  if (!state) throw new Error('a case was expected');
  return state;
};
const notice = (state: CaseState) => state.deadlines.find(({ kind }) => kind === 'refusal-notice');

describe('N3.1e: a refusal is told with proof', () => {
  test('it is left to tell, and open until it was delivered', () => {
    expect(openTellings(after())).toEqual([
      { n: 1, about: 'refusal', ref: '', since: '2017-09-05T14:00:00+08:00', failed: false },
    ]);
    const told = after(['2017-09-05T14:01:00+08:00', delivered(1, '2017-09-05T14:00:30+08:00')]);
    expect(openTellings(told)).toEqual([]);
    expect(told).toMatchObject({ stage: 'refused', told: true });
    expect(notice(told)).toMatchObject({ status: 'met' });
    given([...refused, ['2017-09-05T14:01:00+08:00', delivered(1, '2017-09-05T14:00:30+08:00')]])
      .when('2017-09-05T14:02:00+08:00', delivered(1, '2017-09-05T14:01:30+08:00'))
      .refuses('already-told');
  });

  // 6, 7, 8, 11, 12 September; 24:00 of the 12th is late.
  test.each([
    ['2017-09-12T23:59:59+08:00', 'met'],
    ['2017-09-13T00:00:00+08:00', 'met-late'],
  ])('delivered %s, heard of on the 14th: %s', (at, status) => {
    expect(notice(after(['2017-09-14T09:00:00+08:00', delivered(1, at)]))).toMatchObject({ status });
  });

  test('no carrier reached her: a person tells, on a day between the decision and now, with a paper', () => {
    const failed: Step = ['2017-09-06T10:00:00+08:00', undelivered(1)];
    const state = after(failed);
    expect(nextTelling(state)).toBeUndefined();
    expect(openTellings(state)).toMatchObject([{ n: 1, failed: true }]);
    expect(notice(state)).toMatchObject({ status: 'running' });
    const then = given([...refused, failed]);
    then.when('2017-09-14T09:00:00+08:00', tellInPerson(1, '2017-09-04')).refuses('told-on-another-day');
    then.when('2017-09-14T09:00:00+08:00', tellInPerson(1, '2017-09-15')).refuses('told-on-another-day');
    then.when('2017-09-14T09:00:00+08:00', tellInPerson(2, '2017-09-12')).refuses('unknown-telling');
    const told = after(failed, ['2017-09-14T09:00:00+08:00', tellInPerson(1, '2017-09-12')]);
    expect(told).toMatchObject({ stage: 'refused', told: true });
    expect(notice(told)).toMatchObject({ status: 'met' });
  });
});

test('taken back by the staff at her request is told, her own is not', () => {
  const by = { type: 'withdraw', by: 'wang' as Sub } as const;
  given(upTo('national')).when('2017-09-05T09:00:00+08:00', by).recordsLike({ type: 'withdrawn', by: 'wang' });
  const told = given([...upTo('national'), ['2017-09-05T09:00:00+08:00', by]]);
  expect(told.state).toMatchObject({ stage: 'withdrawn', tellings: { open: [{ about: 'withdrawn-for-you' }] } });
  const own = given([...upTo('national'), ['2017-09-05T09:00:00+08:00', { type: 'withdraw' }]]);
  expect(own.state?.tellings).toBeUndefined();
});

test('a cancelled case tells, a finding after the money left does not', () => {
  const objected: readonly Step[] = [
    ...upTo('published'),
    ['2017-09-19T09:00:00+08:00', object()],
    ['2017-09-20T09:00:00+08:00', decideObjection('upheld')],
  ];
  expect(given(objected).state).toMatchObject({ stage: 'cancelled', tellings: { open: [{ about: 'cancellation' }] } });
  const paid: readonly Step[] = [
    ...upTo('paid'),
    ['2017-09-27T09:00:00+08:00', object('report')],
    ['2017-09-28T09:00:00+08:00', decideObjection('upheld')],
  ];
  expect(given(paid).state?.tellings).toBeUndefined();
});

test('the letter states facts, clause, reason, date and the remedies with their periods', () => {
  const state = after();
  const facts: TellingFacts = {
    caseNo,
    name: '赵一',
    org,
    office: { address: '大经路1号', phone: null },
    state,
    on: dateOf('2017-09-05T14:00:00+08:00' as CaseState['filedAt']),
    ref: '',
    policy: policy201767,
    reasons: [{ clause: 'N1.1', text: '截至申请之日，您累计缴费30个月，不足36个月。' }],
  };
  const letter = refusalLetter(facts);
  expect(letter).toContain('赵一：');
  expect(letter).toContain('您于2017年9月4日申请职工技能提升补贴（职业（工种）：焊工，等级：中级（四级））');
  expect(letter).toContain('1．截至申请之日，您累计缴费30个月，不足36个月。');
  expect(letter).toContain('吉人社联字〔2017〕67号）第一条第（一）项');
  expect(letter).toContain('可于2017年11月4日前（含当日）向同级人力资源和社会保障部门申请复核'); // 60 days after 5 September
  expect(letter).toContain('六十日内依法申请行政复议');
  expect(letter).toContain('办公地址：大经路1号。咨询电话：12333。');
  expect(letter).toMatch(/长春市南关区社会保险经办机构\n2017年9月5日$/);
  expect(letterOf(facts, ['经复核改为通过。'], 'hrss')).toMatch(/长春市南关区人力资源和社会保障局\n2017年9月5日$/);
});
