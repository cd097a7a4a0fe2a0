import { describe, expect, test } from '@jest/globals';
import { visibleState } from '../../domain/case/state.ts';
import {
  apply,
  decideObjection,
  failed,
  given,
  goodFile,
  handle,
  lookUp,
  object,
  paid,
  pass,
  plainLife,
  publish,
  release,
  review,
  type Step,
  upTo,
} from './story.ts';

const inWindow = '2017-09-20T10:00:00+08:00';
const objected: Step = [inWindow, object()];

describe('filing and checks', () => {
  test('filing starts the review clock: 5 working days, day of receipt not counted (N3.1)', () => {
    const { state } = given(upTo('filed'));
    expect(state?.deadlines).toMatchObject([
      {
        kind: 'review',
        startedOn: '2017-09-04',
        workingDays: 5,
        dueOn: '2017-09-11',
        dueAt: '2017-09-12T00:00:00+08:00',
      },
    ]);
    expect(state?.stage).toBe('filed');
  });

  test('the last look-up completes the checks, in whatever order they answer (N3.1a-c)', () => {
    const story = given([plainLife.filed, plainLife.national, plainLife.insurance]);
    expect(story.state?.stage).toBe('checking');
    story.when('2017-09-04T10:02:00+08:00', lookUp('provincial')).records('looked-up', 'checked');
    story.when('2017-09-04T10:02:00+08:00', lookUp('national')).refuses('already-answered');
  });

  test('check details stay beside the event, never in it', () => {
    const before = given([plainLife.filed, plainLife.insurance, plainLife.provincial]).state;
    const after = apply(before, plainLife.national);
    expect(after.checks.every((check) => Object.keys(check).join() === 'clause,code,passed')).toBe(true);
    expect(after.checks.filter((check) => !check.passed)).toEqual([]);
  });
});

describe('two people decide (N3.1g)', () => {
  const checked = upTo('national');
  const handled = upTo('handled');

  test('handler and reviewer are two people', () => {
    given(handled).when('2017-09-05T14:00:00+08:00', review('wang', 'approve')).refuses('four-eyes');
    given(handled)
      .when('2017-09-05T14:00:00+08:00', review('li', 'approve'))
      .recordsLike({ type: 'approved', by: 'li' });
  });

  test('the reviewer says the same, or returns', () => {
    given(handled).when('2017-09-05T14:00:00+08:00', review('li', 'refuse')).refuses('differs-from-handling');
    given(handled).when('2017-09-05T14:00:00+08:00', review('li', 'return')).records('returned');
    given(checked).when('2017-09-05T14:00:00+08:00', review('li', 'approve')).refuses('not-handled-yet');
    given(handled)
      .when('2017-09-05T14:00:00+08:00', handle('zhao', 'refuse', { clauses: ['N1.1'] }))
      .refuses('already-handled');
  });

  test('approving past a failed check needs an override for each; refusing needs reasons (N3.1e)', () => {
    const file = { ...goodFile, insurance: { ...goodFile.insurance, arrears: true } };
    const story = given(checked, { file });
    const at = '2017-09-05T09:00:00+08:00';
    story.when(at, handle('wang', 'approve')).refuses('check-failed');
    story.when(at, handle('wang', 'approve', { overrides: ['no-arrears'] })).records('handled');
    story.when(at, handle('wang', 'approve', { overrides: ['no-arrears', 'employed'] })).refuses('nothing-to-override');
    story.when(at, handle('wang', 'refuse')).refuses('reasons-missing');
    story.when(at, handle('wang', 'refuse', { clauses: ['N1.1'] })).records('handled');
  });

  test('no override makes a level payable that the notice does not cover (N1.2)', () => {
    const file = {
      ...goodFile,
      certificate: { ...goodFile.certificate, level: 2 as const },
      provincial: { ...goodFile.provincial, level: 2 as const },
      national: { ...goodFile.national, level: 2 as const },
    };
    given(checked, { file })
      .when('2017-09-05T09:00:00+08:00', handle('wang', 'approve', { overrides: ['certificate-level'] }))
      .refuses('not-covered-level');
  });

  test('approval fixes the amount and reserves it (N4.2, N5.2)', () => {
    given(handled)
      .when('2017-09-05T14:00:00+08:00', review('li', 'approve'))
      .recordsLike({ amountFen: 195_000, shortage: true, reserved: true, budgetYear: 2017 });
  });

  test('too little money in the fund stops neither approval nor publicity, only the release (N5.2)', () => {
    const poor = { availableFen: 194_999 };
    const story = given(upTo('passed'), poor);
    expect(story.state?.reservation).toBeNull();
    expect(story.state && visibleState(story.state)).toBe('fund-hold');
    story.when('2017-09-26T09:00:00+08:00', release).refuses('held');
    story.when('2017-09-26T09:00:00+08:00', { type: 'reserve-fund' }).refuses('fund-short');
    given(upTo('passed')).when('2017-09-26T09:00:00+08:00', { type: 'reserve-fund' }).refuses('not-in-this-state');
  });

  test('a refusal is told within 5 working days and may be reconsidered for 60 days (N3.1e, N3.1f)', () => {
    const steps: Step[] = [...checked, ['2017-09-29T09:00:00+08:00', handle('wang', 'refuse', { clauses: ['N1.1'] })]];
    given(steps)
      .when('2017-09-29T15:00:00+08:00', review('li', 'refuse'))
      .recordsLike({
        type: 'refused',
        clauses: ['N1.1'],
        // 2017-09-30 is a make-up workday, 1 to 8 October is the holiday.
        notice: { kind: 'refusal-notice', dueOn: '2017-10-12' },
        reconsiderUntil: '2017-11-29T00:00:00+08:00',
      });
  });
});

describe('publicity (N3.2)', () => {
  test('the window: publication day not counted, over at 24:00 of the 5th working day', () => {
    given(upTo('listed'))
      .when('2017-09-18T10:00:00+08:00', publish('2017-09-18T10:00:00+08:00'))
      .recordsLike({ window: { startedOn: '2017-09-18', dueOn: '2017-09-25', dueAt: '2017-09-26T00:00:00+08:00' } });
    const story = given(upTo('published'));
    story.when('2017-09-25T23:59:59.999+08:00', pass).refuses('window-running');
    story.when('2017-09-26T00:00:00+08:00', pass).records('passed');
  });

  test('HRSS tells on the next working day, and the 7 working days run from then (N3.3)', () => {
    given(upTo('published'))
      .when('2017-09-26T00:00:00+08:00', pass)
      .recordsLike({ payout: { kind: 'payout', startedOn: '2017-09-26', dueOn: '2017-10-11' } });
  });

  test('an objection up to 24:00 of the last day holds; at 24:00 it is too late (N3.4a)', () => {
    const story = given(upTo('published'));
    story.when('2017-09-25T23:59:59.999+08:00', object()).recordsLike({ type: 'objection-received', holds: true });
    story.when('2017-09-26T00:00:00+08:00', object()).refuses('window-over');
    story.when('2017-09-26T00:00:00+08:00', object('report')).recordsLike({ type: 'objection-received', holds: true });
  });

  test('a held case does not pass; dismissed after the window it does, with 7 new days (N3.3)', () => {
    const held = given([...upTo('published'), objected]);
    expect(held.state && visibleState(held.state)).toBe('objection-hold');
    held.when('2017-09-26T00:00:00+08:00', pass).refuses('held');
    const dismissed: Step = ['2017-09-28T10:00:00+08:00', decideObjection('dismissed')];
    const after = given([...upTo('published'), objected, dismissed]);
    after.when('2017-09-28T10:00:01+08:00', decideObjection('upheld')).refuses('objection-decided');
    after
      .when('2017-09-28T10:00:01+08:00', pass)
      .recordsLike({ payout: { startedOn: '2017-09-28', dueOn: '2017-10-13' } });
  });

  test('upheld: the entitlement to payment is cancelled and the reservation given back', () => {
    const { state } = given([...upTo('published'), objected, ['2017-09-22T10:00:00+08:00', decideObjection('upheld')]]);
    expect(state).toMatchObject({ stage: 'cancelled', holds: [], reservation: null });
  });
});

describe('payment (N3.3)', () => {
  test('a report between publicity and release holds the money; after release it only stands on record', () => {
    given([...upTo('passed'), ['2017-09-26T08:00:00+08:00', object('report')]])
      .when('2017-09-26T09:00:00+08:00', release)
      .refuses('held');
    given(upTo('released')).when('2017-09-26T10:00:00+08:00', object('report')).recordsLike({ holds: false });
  });

  test('met by the credit date; the bank may return the money for a while', () => {
    const { state } = given(upTo('paid'));
    expect(state?.deadlines.find((one) => one.kind === 'payout')?.status).toBe('met');
    expect(state).toMatchObject({ stage: 'paid', returnPeriod: { dueOn: '2017-10-16' }, reservation: null });
  });

  test('a failed order waits for the account; only the order that is out can be answered', () => {
    const story = given([...upTo('released'), ['2017-09-26T11:00:00+08:00', failed]]);
    expect(story.state && visibleState(story.state)).toBe('account-hold');
    expect(story.state?.endedOrders).toBe(1);
    story.when('2017-09-26T12:00:00+08:00', paid).refuses('not-in-this-state');
    story.when('2017-09-26T12:00:00+08:00', release).refuses('held');
  });
});

describe('deadlines', () => {
  const passDeadline = (dueAt: string) => ({ type: 'pass-deadline', kind: 'review', dueAt: dueAt as never }) as const;

  test('24:00 is late; a breach is recorded once and decides nothing', () => {
    const story = given(upTo('national'));
    story.when('2017-09-11T23:59:59.999+08:00', passDeadline('2017-09-12T00:00:00+08:00')).refuses('not-this-deadline');
    story.when('2017-09-12T00:00:00+08:00', passDeadline('2017-09-12T00:00:00+08:00')).records('deadline-passed');
    const late: Step[] = [
      ...upTo('national'),
      ['2017-09-12T00:00:00+08:00', passDeadline('2017-09-12T00:00:00+08:00')],
    ];
    const after = given(late);
    expect(after.state).toMatchObject({ stage: 'review', deadlines: [{ status: 'overdue' }] });
    after.when('2017-09-12T00:00:01+08:00', passDeadline('2017-09-12T00:00:00+08:00')).refuses('not-this-deadline');
    const decided = given([
      ...late,
      ['2017-09-13T09:00:00+08:00', handle('wang', 'approve')],
      ['2017-09-13T10:00:00+08:00', review('li', 'approve')],
    ]);
    expect(decided.state?.deadlines).toMatchObject([{ status: 'met-late' }]);
  });
});

describe('withdrawal', () => {
  test.each(['filed', 'insurance', 'national', 'handled', 'approved', 'listed', 'published', 'passed'] as const)(
    'after %s',
    (step) => {
      const { state } = given([...upTo(step), ['2017-09-27T09:00:00+08:00', { type: 'withdraw' }]]);
      expect(state).toMatchObject({ stage: 'withdrawn', reservation: null });
    },
  );
  test('not once the order is out', () => {
    given(upTo('released')).when('2017-09-26T10:00:00+08:00', { type: 'withdraw' }).refuses('not-in-this-state');
  });
});
