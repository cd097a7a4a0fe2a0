import { describe, expect, test } from '@jest/globals';
import { entitlementAfter } from '../../domain/case/entitlement.ts';
import { visibleState } from '../../domain/case/state.ts';
import { movesOf } from '../../domain/fund/postings.ts';
import type { OrderNo } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { decide } from '../../domain/case/decide.ts';
import {
  caseNo,
  decideObjection,
  delivered,
  factsAt,
  failed,
  given,
  object,
  paid,
  release,
  remindOfAccount,
  reportDeath,
  returned,
  type Step,
  undelivered,
  upTo,
} from './story.ts';

const released = upTo('released');
const failedLife: readonly Step[] = [...released, ['2017-09-26T12:00:00+08:00', failed]];
const returnedLife: readonly Step[] = [...upTo('paid'), ['2017-09-28T12:00:00+08:00', returned]];
const correct: Step = ['2017-10-09T09:00:00+08:00', { type: 'correct-account' }];

describe('what the bank makes of an order (N3.3)', () => {
  test('a failed order waits for the account; a new one gives the next order number', () => {
    const { state } = given(failedLife);
    expect(state && visibleState(state)).toBe('account-hold');
    expect(state?.endedOrders).toBe(1);
    expect(state?.reservation).toEqual({ amountFen: 195_000, budgetYear: 2017 });
    const corrected = given([...failedLife, correct]).state;
    expect(corrected && visibleState(corrected)).toBe('payable');
  });

  test('returned after paid: reversed, the entitlement kept, and a payout period of its own after the new account', () => {
    const { state } = given(returnedLife);
    expect(state && visibleState(state)).toBe('account-hold');
    expect(state?.reservation).toEqual({ amountFen: 195_000, budgetYear: 2017, returned: true });
    expect(state?.deadlines.at(-1)).toMatchObject({ kind: 'payout', status: 'met' });
    const after = given([...returnedLife, correct]).state;
    expect(after?.reservation).toEqual({ amountFen: 195_000, budgetYear: 2017 });
    expect(after?.deadlines.at(-1)).toMatchObject({ kind: 'payout', startedOn: '2017-10-09', dueOn: '2017-10-18' });
  });

  test('returned before it was reported paid books both', () => {
    given(released).when('2017-09-28T12:00:00+08:00', returned).records('paid', 'payment-returned');
    const early = given([...released, ['2017-09-28T12:00:00+08:00', returned]]).state;
    // Credited when it was sent back, as nothing else is known: the payout deadline was met later, and that is all.
    expect({ ...early, deadlines: [] }).toEqual({ ...given(returnedLife).state, deadlines: [] });
  });

  test('ledger and entitlement follow: spent is reversed, and free again only when the case ends', () => {
    const before = given(upTo('paid')).state;
    const decision = decide(before, returned, factsAt('2017-09-28T12:00:00+08:00'));
    if ('refusal' in decision) throw new Error('refused');
    const [event] = decision.events.map((one) => one.event);
    expect(event && movesOf(before, event)).toEqual([
      { budgetYear: 2017, from: 'spent', to: 'returned', amountFen: 195_000 },
    ]);
    expect(event && entitlementAfter(before, event)).toBe('held');
    const back = given(returnedLife).state;
    expect(movesOf(back, { type: 'withdrawn' })).toEqual([
      { budgetYear: 2017, from: 'returned', to: 'available', amountFen: 195_000 },
    ]);
    expect(movesOf(back, { type: 'account-corrected', endedOrder: `${caseNo}-1` as OrderNo, payout: null })).toEqual([
      { budgetYear: 2017, from: 'returned', to: 'reserved', amountFen: 195_000 },
    ]);
  });

  test('another order number, a second word and a correction that nobody asked for are refused', () => {
    given(upTo('paid')).when('2017-09-28T12:00:00+08:00', paid).refuses('not-in-this-state');
    given(upTo('paid')).when('2017-09-28T12:00:00+08:00', failed).refuses('not-in-this-state');
    given(returnedLife).when('2017-09-29T12:00:00+08:00', returned).refuses('not-in-this-state');
    given(upTo('passed'))
      .when(...correct)
      .refuses('no-account-to-correct');
    given(released)
      .when(...correct)
      .refuses('not-in-this-state');
    given(failedLife).when('2017-09-27T09:00:00+08:00', release).refuses('held');
  });
});

describe('reports while the order is out (N3.4a, N3.4b)', () => {
  const reported: readonly Step[] = [...released, ['2017-09-26T10:00:00+08:00', object('report')]];

  test('one that is open holds the money once the bank gave it back', () => {
    const { state } = given([...reported, ['2017-09-26T12:00:00+08:00', failed]]);
    expect(state?.holds.map(({ kind }) => kind).sort()).toEqual(['account', 'objection']);
  });

  test('one that was found true ends the case when nothing was paid in the end', () => {
    const upheld: readonly Step[] = [...reported, ['2017-09-26T11:00:00+08:00', decideObjection('upheld')]];
    given(upheld).when('2017-09-26T12:00:00+08:00', failed).records('payment-failed', 'payment-cancelled');
    given(upheld).when('2017-09-28T12:00:00+08:00', returned).records('paid', 'payment-returned', 'payment-cancelled');
    const { state } = given([...upheld, ['2017-09-28T12:00:00+08:00', returned]]);
    expect([state?.stage, state?.reservation, state?.holds]).toEqual(['cancelled', null, []]);
  });
});

describe('the applicant is told of the account (N3.3)', () => {
  const told: Step = [
    '2017-09-27T09:00:00+08:00',
    {
      type: 'record-delivery',
      n: 1,
      delivery: {
        ...{ carrier: 'sms', messageId: 'm', proof: 'p' },
        deliveredAt: parseInstant('2017-09-27T09:00:00+08:00'),
      },
    },
  ];

  test('from the notice the 7 days stop; they go on on the working day after the new account', () => {
    expect(given(failedLife).state?.tellings?.open).toMatchObject([{ about: 'account', ref: `${caseNo}-1` }]);
    const { state } = given([...failedLife, told]);
    expect(state?.deadlines.find(({ kind }) => kind === 'payout')).toMatchObject({ status: 'stopped' });
    const after = given([...failedLife, told, correct]).state;
    // Started 2017-09-26, not counted; no day counts from the notice of the 27th; 7 days from 10 October.
    expect(after?.deadlines.filter(({ kind }) => kind === 'payout')).toMatchObject([
      { status: 'running', dueOn: '2017-10-18', stops: [{ from: '2017-09-27', resumedOn: '2017-10-10' }] },
    ]);
  });

  test('a new account that came first leaves nothing to tell and stops nothing', () => {
    const after = given([...failedLife, ['2017-09-26T13:00:00+08:00', correct[1]]]).state;
    expect(after?.tellings?.open).toEqual([]);
    expect(after?.deadlines.find(({ kind }) => kind === 'payout')).toMatchObject({ status: 'running', stops: [] });
  });
});

describe('year end (N5.1)', () => {
  const newYear = '2018-01-02T09:00:00+08:00';
  const carry: Step = [newYear, { type: 'carry-over', fromYear: 2017 }];

  test.each([
    ['reserved', upTo('passed')],
    ['obligated', released],
    ['returned', returnedLife],
  ] as const)('what is %s moves out of the old year and into the new one', (account, steps) => {
    const { state } = given(steps);
    const after = given([...steps, carry]).state;
    expect(after?.reservation?.budgetYear).toBe(2018);
    const event = { type: 'reservation-carried', fromYear: 2017, toYear: 2018, amountFen: fen(195_000) } as const;
    expect(movesOf(state, event)).toEqual([
      { budgetYear: 2017, from: account, to: 'transferred', amountFen: 195_000 },
      { budgetYear: 2018, from: 'transferred', to: account, amountFen: 195_000 },
    ]);
  });

  test('not before the year is over, not twice, and not where nothing is reserved', () => {
    given(upTo('passed')).when('2017-12-31T23:59:59+08:00', carry[1]).refuses('year-not-over');
    given([...upTo('passed'), carry])
      .when(newYear, carry[1])
      .refuses('nothing-to-carry');
    given(upTo('paid')).when(newYear, carry[1]).refuses('not-in-this-state');
    given(upTo('passed'), { availableFen: 0 }).when(newYear, carry[1]).refuses('nothing-to-carry');
  });
});

describe('an account that nobody puts right (N3.3)', () => {
  // Failed on Tuesday the 26th: 27, 28, 29, 30 September (a workday), 9 to 13 October, and the 16th is the tenth.
  const told: readonly Step[] = [
    ...failedLife,
    ['2017-09-26T12:01:00+08:00', delivered(1, '2017-09-26T12:00:30+08:00')],
  ];
  const reminded: Step = ['2017-10-16T00:00:00+08:00', remindOfAccount];

  test('after ten working days she is reminded and a handler has it; every ten days again, three times', () => {
    given(told).when('2017-10-13T23:59:59+08:00', remindOfAccount).refuses('not-yet-due');
    const once = given([...told, reminded]);
    expect(once.state).toMatchObject({
      holds: [{ kind: 'account', reminders: 1, remindedAt: '2017-10-16T00:00:00+08:00' }],
      tellings: { open: [{ n: 2, about: 'account-reminder', ref: `${caseNo}-1` }] },
    });
    const again: readonly Step[] = [
      ...[...told, reminded],
      ['2017-10-16T00:01:00+08:00', delivered(2, '2017-10-16T00:00:30+08:00')],
      ['2017-10-30T00:00:00+08:00', remindOfAccount],
      ['2017-10-30T00:01:00+08:00', undelivered(3)],
      ['2017-11-13T00:00:00+08:00', remindOfAccount],
      ['2017-11-13T00:01:00+08:00', undelivered(4)],
    ];
    given(again.slice(0, -4)).when('2017-10-27T00:00:00+08:00', remindOfAccount).refuses('not-yet-due');
    given(again).when('2018-11-27T00:00:00+08:00', remindOfAccount).refuses('not-yet-due');
    expect(given(again).state?.holds).toMatchObject([{ reminders: 3, remindedAt: '2017-10-16T00:00:00+08:00' }]);
  });

  test('not while the first notice is under way, nor where somebody died, nor once the account is right', () => {
    given(failedLife).when('2017-11-13T00:00:00+08:00', remindOfAccount).refuses('not-yet-due');
    const dead: Step = ['2017-10-10T09:00:00+08:00', reportDeath];
    given([...told, dead])
      .when('2017-11-13T00:00:00+08:00', remindOfAccount)
      .refuses('not-yet-due');
    given([...told, correct])
      .when('2017-11-13T00:00:00+08:00', remindOfAccount)
      .refuses('no-account-to-correct');
  });

  test('a new account ends the reminder that is still to be told', () => {
    const { state } = given([...told, reminded, ['2017-10-17T09:00:00+08:00', { type: 'correct-account' }]]);
    expect(state).toMatchObject({ stage: 'payable', holds: [], tellings: { open: [] } });
  });
});
