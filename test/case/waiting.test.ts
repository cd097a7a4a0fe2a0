import { describe, expect, test } from '@jest/globals';
import { nothingComesAfter } from '../../domain/case/state.ts';
import {
  fileFromElsewhere,
  given,
  goodFile,
  handle,
  inspect,
  lapse,
  lookUp,
  receiveRegistration,
  recordRegistration,
  review,
  type Step,
  supplement,
  upTo,
} from './story.ts';

const reviewOf = (story: ReturnType<typeof given>) => story.state?.deadlines.find(({ kind }) => kind === 'review');
const checkedAgain = (at: string): Step[] =>
  (['insurance', 'provincial', 'national'] as const).map((source) => [at, lookUp(source)]);

describe('supplement (N3.1a)', () => {
  const checked = upTo('national');
  const asked: Step = ['2017-09-06T09:00:00+08:00', handle('wang', 'supplement', { clauses: ['N2.2', 'N2.3'] })];

  test('asked by one signature, once; the clock stops, and there is a date until which', () => {
    const story = given([...checked, asked]);
    expect(story.state).toMatchObject({ stage: 'supplement', asked: { supplement: '2017-09-06T09:00:00+08:00' } });
    expect(reviewOf(story)).toMatchObject({ status: 'stopped', stops: [{ from: '2017-09-06', resumedOn: null }] });
    // 10 working days from the 6th: 7, 8, 11 to 15, 18 to 20.
    expect(story.state?.deadlines.at(-1)).toMatchObject({ kind: 'supplement', dueOn: '2017-09-20', status: 'running' });
    story.when('2017-09-07T09:00:00+08:00', review('li', 'approve')).refuses('not-in-this-state');
  });

  test('answered, everything is looked at again, with the rest of the days; a second list is refused', () => {
    const answered: Step = ['2017-09-19T16:00:00+08:00', supplement];
    const story = given([...checked, asked, answered]);
    expect(story.state).toMatchObject({ stage: 'checking', lookUps: {} });
    // Filed on the 4th, the 5th counted; from the 20th: 20, 21, 22, 25.
    expect(reviewOf(story)).toMatchObject({ status: 'running', dueOn: '2017-09-25' });
    expect(story.state?.deadlines.at(-1)).toMatchObject({ kind: 'supplement', status: 'met' });
    const again = given([...checked, asked, answered, ...checkedAgain('2017-09-19T16:01:00+08:00')]);
    expect(again.state).toMatchObject({ stage: 'review', handling: null });
    again.when('2017-09-20T09:00:00+08:00', asked[1]).refuses('supplement-asked-already');
    again.when('2017-09-20T09:00:00+08:00', handle('wang', 'approve')).records('handled');
  });

  test('24:00 of the last day is late: then the case lapses, and never before', () => {
    const story = given([...checked, asked]);
    const own = lapse('supplement', '2017-09-21T00:00:00+08:00');
    story.when('2017-09-20T23:59:59.999+08:00', own).refuses('not-this-deadline');
    story.when('2017-09-20T23:59:59.999+08:00', supplement).records('supplemented');
    story.when('2017-09-21T00:00:00+08:00', supplement).refuses('period-over');
    story
      .when('2017-09-21T00:00:00+08:00', lapse('supplement', '2017-09-22T00:00:00+08:00'))
      .refuses('not-this-deadline');
    story.when('2017-09-21T00:00:00+08:00', own).recordsLike({ type: 'lapsed', of: 'supplement' });
    const { state } = given([...checked, asked, ['2017-09-21T00:00:00+08:00', own]]);
    expect(state?.deadlines.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'review dropped',
      'supplement dropped',
    ]);
    expect(state && nothingComesAfter(state)).toBe('now');
  });

  test('a review that is late already stays late: the supplement stops nothing', () => {
    const late: Step = ['2017-09-13T09:00:00+08:00', asked[1]];
    const passed: Step = [
      '2017-09-12T00:00:00+08:00',
      { type: 'pass-deadline', kind: 'review', dueAt: reviewOf(given(checked))?.dueAt ?? fail() },
    ];
    const story = given([...checked, passed, late]);
    expect(reviewOf(story)).toMatchObject({ status: 'overdue', stops: [] });
    const answered = given([...checked, passed, late, ['2017-09-14T09:00:00+08:00', supplement]]);
    expect(reviewOf(answered)).toMatchObject({ status: 'overdue', dueOn: '2017-09-11' });
  });

  test('arrears alone do not refuse before they were told once; cured, they pass', () => {
    const inArrears = { file: { ...goodFile, insurance: { ...goodFile.insurance, arrears: true } } };
    const refusal = handle('wang', 'refuse', { clauses: ['N3.1a'] });
    given(checked, inArrears).when('2017-09-05T09:00:00+08:00', refusal).refuses('supplement-first');
    given(checked, inArrears)
      .when('2017-09-05T09:00:00+08:00', handle('wang', 'refuse', { clauses: ['N3.1a', 'N1.1'] }))
      .records('handled');
    const told: Step[] = [...checked, asked, ['2017-09-07T09:00:00+08:00', supplement]];
    const still = given([...told, ...checkedAgain('2017-09-07T09:01:00+08:00')], inArrears);
    still.when('2017-09-08T09:00:00+08:00', refusal).records('handled');
    // The other reason of N3.1a stands by itself.
    const stranger = { file: { ...goodFile, insurance: { ...goodFile.insurance, arrears: true, name: '钱二' } } };
    given(checked, stranger).when('2017-09-05T09:00:00+08:00', refusal).records('handled');
  });
});

function fail(): never {
  throw new Error('no review deadline');
}

describe('certificate registration (N3.1d)', () => {
  const elsewhere = { file: fileFromElsewhere };
  const checked = upTo('national');
  const asked: Step = ['2017-09-27T09:00:00+08:00', handle('wang', 'registration')];
  const late: Step[] = checked.map(([, command], index) => [`2017-09-26T10:0${index}:00+08:00`, command]);

  test('what stands in the provincial register already, or is of this province, stops nothing', () => {
    given(late)
      .when(...asked)
      .refuses('registration-not-needed');
    const entered = { file: { ...fileFromElsewhere, provincial: goodFile.provincial } };
    given(late, entered)
      .when(...asked)
      .refuses('registration-not-needed');
  });

  test('told once; the clock stops over the National Day and resumes on the working day after the entry', () => {
    const waiting = given([...late, asked], elsewhere);
    expect(waiting.state).toMatchObject({ stage: 'certificate-registration', step: 'awaited' });
    // 20 working days from 27 September: 28 to 30, 9 to 13, 16 to 20, 23 to 27, 30, 31.
    expect(waiting.state?.deadlines.at(-1)).toMatchObject({ kind: 'registration-filing', dueOn: '2017-10-31' });

    const received: Step = ['2017-09-29T10:00:00+08:00', receiveRegistration];
    const withHrss = given([...late, asked, received], elsewhere);
    // 30 September is worked: 30, 9, 10, 11, 12.
    expect(withHrss.state?.deadlines.at(-1)).toMatchObject({ kind: 'certificate-registration', dueOn: '2017-10-12' });
    withHrss.when('2017-09-29T11:00:00+08:00', receiveRegistration).refuses('registration-received-already');
    withHrss
      .when('2017-11-20T00:00:00+08:00', lapse('registration-filing', '2017-11-01T00:00:00+08:00'))
      .refuses('not-this-deadline');

    const accepted: Step = ['2017-09-30T15:00:00+08:00', inspect('registered')];
    const entering = given([...late, asked, received, accepted], elsewhere);
    expect(entering.state).toMatchObject({ stage: 'certificate-registration', step: 'entering' });
    expect(reviewOf(entering)).toMatchObject({ status: 'stopped' });
    entering.when('2017-09-30T16:00:00+08:00', inspect('rejected')).refuses('registration-decided-already');

    const entered = given(
      [...late, asked, received, accepted, ['2017-10-03T08:00:00+08:00', recordRegistration]],
      elsewhere,
    );
    expect(entered.state?.stage).toBe('checking');
    // Nothing had counted before the 27th; entered in the holiday: 9, 10, 11, 12, 13.
    expect(reviewOf(entered)).toMatchObject({
      status: 'running',
      dueOn: '2017-10-13',
      stops: [{ from: '2017-09-27', resumedOn: '2017-10-09' }],
    });
    expect(entered.state?.deadlines.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'review running',
      'registration-filing met',
      'certificate-registration met',
    ]);
  });

  test('rejected goes to the handler, who can not ask again', () => {
    const rejected: Step = ['2017-09-29T15:00:00+08:00', inspect('rejected')];
    const story = given([...late, asked, rejected], elsewhere);
    expect(story.state).toMatchObject({ stage: 'review', handling: null });
    expect(reviewOf(story)).toMatchObject({ status: 'running', dueOn: '2017-10-12' }); // 30, 9, 10, 11, 12
    story.when('2017-09-30T09:00:00+08:00', asked[1]).refuses('registration-asked-already');
    story.when('2017-09-30T09:00:00+08:00', handle('wang', 'refuse', { clauses: ['N3.1d'] })).records('handled');
  });

  test('the applicant does nothing: it lapses', () => {
    const story = given([...late, asked], elsewhere);
    const own = lapse('registration-filing', '2017-11-01T00:00:00+08:00');
    story.when('2017-10-31T23:59:59+08:00', own).refuses('not-this-deadline');
    story.when('2017-11-01T00:00:00+08:00', inspect('registered')).refuses('period-over');
    story.when('2017-11-01T00:00:00+08:00', own).recordsLike({ type: 'lapsed', of: 'registration-filing' });
  });
});
