import { describe, expect, test } from '@jest/globals';
import { visibleState } from '../../domain/case/state.ts';
import type { CaseFile } from '../../domain/policy/checks.ts';
import type { CaseCommand } from '../../domain/case/commands.ts';
import {
  continued,
  decideObjection,
  fileFromElsewhere,
  given,
  goodFile,
  handle,
  lookAgain,
  merge,
  object,
  plainLife,
  reconsider,
  review,
  type Step,
  supplement,
  upTo,
} from './story.ts';

/** Reports before anything is public, and certificates revoked late: each has its end (N3.4a, N6.3). */

const on = '2017-09-06T09:00:00+08:00';
const later = '2017-09-07T09:00:00+08:00';
const reported: Step = [on, object('report')];
const found = (finding: 'upheld' | 'dismissed'): Step => [later, decideObjection(finding)];

describe('a report before publicity', () => {
  const places: readonly (readonly [string, readonly Step[]])[] = [
    ['filed', upTo('filed')],
    ['checking', upTo('insurance')],
    ['review', upTo('national')],
    ['supplement', [...upTo('national'), ['2017-09-05T09:00:00+08:00', handle('wang', 'supplement')]]],
    ['approved', upTo('approved')],
  ];
  test.each(places)('in %s: taken, holds, and ends the case or leaves it as it was', (stage, steps) => {
    const before = given(steps).state;
    expect(before?.stage).toBe(stage);
    const held = given([...steps, reported]).state;
    expect(held).toMatchObject({ stage, holds: [{ kind: 'objection' }] });
    const { state } = given([...steps, reported, found('dismissed')]);
    expect(state).toMatchObject({ stage, holds: [], objections: [{ state: 'dismissed' }] });
    expect(given([...steps, reported, found('upheld')]).state).toMatchObject({
      ...{ stage: 'cancelled', holds: [], reservation: null },
      tellings: { open: [{ about: 'cancellation' }] },
    });
  });

  test('while a certificate from elsewhere is registered', () => {
    const steps: Step[] = [...upTo('national'), ['2017-09-05T09:00:00+08:00', handle('wang', 'registration')]];
    const elsewhere = { file: fileFromElsewhere };
    expect(given([...steps, reported, found('upheld')], elsewhere).state?.stage).toBe('cancelled');
  });

  test('signed all the same, listed and published with it: it passes only when the report is decided', () => {
    const { published, handled, approved, listed } = plainLife;
    const open: Step = ['2017-09-05T08:00:00+08:00', object('report')];
    const steps: Step[] = [...upTo('national'), open, handled, approved, listed, published];
    const story = given(steps);
    expect(story.state && visibleState(story.state)).toBe('objection-hold');
    story
      .when('2017-09-26T00:00:00+08:00', { type: 'pass', roundId: '220102-2017-09-15-1' } as CaseCommand)
      .refuses('held');
  });

  test('it goes through the supplement with the case, and can be decided while it is looked up again', () => {
    const asked: Step = ['2017-09-05T09:00:00+08:00', handle('wang', 'supplement')];
    const steps: Step[] = [...upTo('national'), asked, reported, ['2017-09-06T10:00:00+08:00', supplement]];
    expect(given(steps).state).toMatchObject({ stage: 'checking', holds: [{ kind: 'objection' }] });
    expect(given([...steps, found('upheld')]).state?.stage).toBe('cancelled');
  });

  test('a case with one is not merged away from under it', () => {
    given([...upTo('national'), reported])
      .when(later, merge)
      .refuses('held');
    given([...upTo('national'), reported, found('dismissed')])
      .when('2017-09-08T09:00:00+08:00', merge)
      .records('merged');
  });
});

describe('found true, and the case was refused', () => {
  const refused: Step[] = [
    ...upTo('national'),
    reported,
    ['2017-09-06T10:00:00+08:00', handle('wang', 'refuse', { clauses: ['N3.1c'] })],
    ['2017-09-06T11:00:00+08:00', review('li', 'refuse')],
  ];

  test('HRSS can’t overturn against its own finding; a judgment sets it aside, and nothing holds the case any more', () => {
    const story = given([...refused, found('upheld')]);
    expect(story.state).toMatchObject({ stage: 'refused', objections: [{ state: 'upheld' }] });
    story.when('2018-03-01T10:00:00+08:00', reconsider('hr2', 'uphold', 'court')).records('reconsideration-upheld');
    const judged: Step = ['2018-03-01T10:00:00+08:00', reconsider('hr2', 'overturn', 'court')];
    const { state } = given([...refused, found('upheld'), judged]);
    expect(state).toMatchObject({ stage: 'approved', holds: [], objections: [{ state: 'dismissed' }] });
  });

  test('with the report still open it holds the money after the judgment', () => {
    const judged: Step = ['2017-09-07T10:00:00+08:00', reconsider('hr2', 'overturn', 'court')];
    const { state } = given([...refused, judged]);
    expect(state).toMatchObject({ stage: 'approved', holds: [{ kind: 'objection' }] });
    expect(given([...refused, judged, ['2017-09-08T09:00:00+08:00', decideObjection('upheld')]]).state?.stage).toBe(
      'cancelled',
    );
  });
});

describe('revoked since (N6.3)', () => {
  const record = goodFile.national;
  const named = (status: 'valid' | 'revoked', name: string): CaseFile => ({
    ...goodFile,
    national: record.answer === 'found' ? { ...record, name, status } : record,
  });
  const again: CaseCommand = { ...lookAgain('national'), reportsRevoked: true } as CaseCommand;
  /** Published in spite of a name that differs: a person answered for it, or a court did. */
  const steps: Step[] = [
    ...upTo('national'),
    ['2017-09-05T09:00:00+08:00', handle('wang', 'approve', { overrides: ['national-register'] })],
    ...upTo('published').slice(5),
  ];

  test('is reported also where the register’s record had differed before, and once', () => {
    const before = given(steps, { file: named('valid', '赵二') });
    before.when('2017-09-25T09:00:00+08:00', again).records('looked-again');
    const at = '2017-09-25T09:00:00+08:00';
    const revoked = { file: named('revoked', '赵二') };
    const { state } = given(steps, { file: named('valid', '赵二') });
    if (!state) throw new Error('no case');
    const story = continued(state, revoked);
    story.when(at, again).records('looked-again', 'objection-received');
    const held = story.after([at, again]);
    expect(held.state).toMatchObject({ holds: [{ kind: 'objection' }] });
    held.when('2017-09-25T10:00:00+08:00', again).records('looked-again');
  });

  test('as commands of before had it, nothing is reported', () => {
    const { state } = given(steps, { file: named('valid', '赵二') });
    if (!state) throw new Error('no case');
    continued(state, { file: named('revoked', '赵二') })
      .when('2017-09-25T09:00:00+08:00', lookAgain('national'))
      .records('looked-again');
  });
});
