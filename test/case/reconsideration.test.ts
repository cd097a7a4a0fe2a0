import { describe, expect, test } from '@jest/globals';
import { entitlementAfter } from '../../domain/case/entitlement.ts';
import { nothingComesAfter } from '../../domain/case/state.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { askReconsideration, given, handle, lookUp, reconsider, review, type Step, sub, upTo } from './story.ts';

const refused: Step[] = [
  ...upTo('national'),
  ['2017-09-05T09:00:00+08:00', handle('wang', 'refuse', { clauses: ['N3.1c'] })],
  ['2017-09-05T14:00:00+08:00', review('li', 'refuse')],
];
const asked: Step = ['2017-09-20T10:00:00+08:00', askReconsideration];
const lookedAgain: Step[] = (['insurance', 'provincial', 'national'] as const).map((source) => [
  '2017-09-20T10:01:00+08:00',
  lookUp(source),
]);
const later = '2017-09-25T10:00:00+08:00';
const newer = { rival: '220102-2017-0000002' as CaseNo };

describe('reconsideration (N3.1f)', () => {
  test('asked within 60 days, once, and everything is looked at again', () => {
    const story = given(refused);
    story.when('2017-11-04T23:59:59+08:00', askReconsideration).recordsLike({ reserves: true });
    story.when('2017-11-05T00:00:00+08:00', askReconsideration).refuses('reconsideration-period-over');
    const open = given([...refused, asked]);
    expect(open.state).toMatchObject({ stage: 'reconsideration', lookUps: {}, clauses: ['N3.1c'] });
    expect(open.state && nothingComesAfter(open.state)).toBeNull();
    open.when(later, reconsider('hr', 'overturn')).refuses('look-ups-missing');
    open.when(later, askReconsideration).refuses('not-in-this-state');
    const looked = given([...refused, asked, ...lookedAgain]);
    expect(looked.state).toMatchObject({ stage: 'reconsideration' });
    looked.when(later, handle('zhao', 'approve')).refuses('not-in-this-state');
  });

  test('whoever refused has no part in it', () => {
    const story = given([...refused, asked, ...lookedAgain]);
    for (const one of ['wang', 'li']) {
      story.when(later, reconsider(one, 'overturn')).refuses('took-part');
      story.when(later, reconsider(one, 'overturn', 'court')).refuses('took-part');
    }
    // Also after HRSS has upheld it and a court decides.
    const upheld = given([...refused, asked, ...lookedAgain, [later, reconsider('hr', 'uphold')]]);
    upheld.when('2018-03-01T10:00:00+08:00', reconsider('li', 'overturn', 'court')).refuses('took-part');
  });

  test('overturned it goes on as approved, with its money reserved', () => {
    const story = given([...refused, asked, ...lookedAgain]);
    story.when(later, reconsider('hr', 'overturn')).records('reconsideration-overturned', 'fund-reserved');
    const { state } = given([...refused, asked, ...lookedAgain, [later, reconsider('hr', 'overturn')]]);
    expect(state).toMatchObject({
      stage: 'approved',
      award: { amountFen: 195_000 },
      reservation: { amountFen: 195_000, budgetYear: 2017 },
      holds: [],
      reconsidered: { by: 'hr', source: 'hrss-review', refusedBy: { handler: 'wang', reviewer: 'li' } },
    });
    given([...refused, asked, ...lookedAgain], { availableFen: 0 })
      .when(later, reconsider('hr', 'overturn'))
      .records('reconsideration-overturned');
  });

  test('upheld it stays refused, and is not asked a second time; a court may still overturn it', () => {
    const upheld: Step = [later, reconsider('hr', 'uphold')];
    const story = given([...refused, asked, ...lookedAgain, upheld]);
    expect(story.state).toMatchObject({ stage: 'refused', clauses: ['N3.1c'] });
    story.when('2017-09-26T10:00:00+08:00', askReconsideration).refuses('reconsidered-already');
    story.when('2018-03-01T10:00:00+08:00', reconsider('hr', 'overturn')).refuses('not-in-this-state');
    story
      .when('2018-03-01T10:00:00+08:00', {
        type: 'decide-reconsideration',
        by: sub('hr'),
        decision: 'overturn',
        source: 'court',
        documentId: null,
      })
      .refuses('document-missing');
    story
      .when('2018-03-01T10:00:00+08:00', reconsider('hr', 'overturn', 'court'))
      .records('reconsideration-overturned', 'fund-reserved');
    // A court needs nobody to have asked here.
    given(refused)
      .when('2018-03-01T10:00:00+08:00', reconsider('hr', 'overturn', 'court'))
      .records(...(['reconsideration-overturned', 'fund-reserved'] as const));
  });

  test('the entitlement is reserved meanwhile, unless a newer case has it; then exactly one goes on (N4.3)', () => {
    given(refused, newer)
      .when(...asked)
      .recordsLike({ type: 'reconsideration-asked', reserves: false });
    given(refused)
      .when(...asked)
      .recordsLike({ type: 'reconsideration-asked', reserves: true });
    const upheld = { type: 'reconsideration-upheld', by: sub('hr'), source: 'hrss-review' } as const;
    expect(entitlementAfter(null, upheld)).toBe('released');
    const open = given([...refused, asked, ...lookedAgain], newer);
    open.when(later, reconsider('hr', 'overturn')).records('reconsideration-overturned', 'merged');
    const merged = given([...refused, asked, ...lookedAgain, [later, reconsider('hr', 'overturn')]], newer).state;
    expect(merged).toMatchObject({ stage: 'merged', into: newer.rival, reservation: null, holds: [] });
    expect(merged && nothingComesAfter(merged)).toBe('now');
  });
});
