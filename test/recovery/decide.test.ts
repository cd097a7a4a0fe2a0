import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseInstant } from '../../domain/policy/dates.ts';
import { decideRecovery } from '../../domain/recovery/decide.ts';
import { evolveRecovery } from '../../domain/recovery/evolve.ts';
import {
  isOver,
  nextDeadline,
  outstandingFen,
  overpaidFen,
  type RecoveryState,
} from '../../domain/recovery/recovery.ts';
import {
  after,
  agree,
  apply,
  close,
  demand,
  demanded,
  factsAt,
  given,
  giveBack,
  order,
  ordered,
  propose,
  receive,
} from './story.ts';

/** N3.4b: what came out of a report found true after payment. Real dates of autumn 2017. */

const noon = '2017-11-20T12:00:00+08:00';
const state = (found: RecoveryState | null): RecoveryState => {
  if (!found) throw new Error('a recovery was expected');
  return found;
};

test('ordered once: the agency has 5 working days to demand, and being late is recorded, no more', () => {
  given()
    .when(ordered[0], order)
    .records({ type: 'recovery-ordered', demand: { dueOn: '2017-11-08' } as never });
  given(ordered).when(noon, order).refuses('recovery-ordered');
  const dueAt = parseInstant('2017-11-09T00:00:00+08:00');
  const late = { type: 'pass-deadline', kind: 'recovery-demand', dueAt } as const;
  given(ordered).when('2017-11-08T23:59:59+08:00', late).refuses('not-this-deadline');
  given(ordered).when('2017-11-09T00:00:00+08:00', late).records({ type: 'recovery-overdue', reminder: null });
  const overdue = state(after(ordered, ['2017-11-09T00:00:00+08:00', late]));
  expect([overdue.stage, overdue.demand.status, nextDeadline(overdue)]).toEqual(['ordered', 'overdue', null]);
});

describe('the demand', () => {
  test('without a plan everything is due after 30 working days', () => {
    given(ordered)
      .when(demanded[0], demand())
      .records({ type: 'demanded', plan: [{ dueOn: '2017-12-18', amountFen: 195_000 } as never] });
  });

  test('a plan covers what is owed, in order; a day off moves to the next working day', () => {
    const at = demanded[0];
    // 30 September 2017 was a make-up workday; 1 January 2018 is a holiday.
    given(ordered)
      .when(at, demand(['2017-12-01', 100_000], ['2018-01-01', 95_000]))
      .records({ type: 'demanded', plan: [{ dueOn: '2017-12-01' }, { dueOn: '2018-01-02' }] as never });
    given(ordered)
      .when(at, demand(['2017-12-01', 100_000]))
      .refuses('plan-differs');
    given(ordered)
      .when(at, demand(['2018-01-02', 95_000], ['2017-12-01', 100_000]))
      .refuses('plan-differs');
    given(ordered)
      .when(at, demand(['2017-11-03', 195_000]))
      .refuses('plan-differs');
    given(ordered, demanded).when(noon, demand()).refuses('not-in-this-state');
  });
});

describe('what comes in', () => {
  test('in parts, then too much: the rest goes back before it can be closed', () => {
    given(ordered, demanded)
      .when(noon, receive(100_000))
      .records({ appliedFen: 100_000 } as never);
    const part = [ordered, demanded, [noon, receive(100_000)]] as const;
    given(...part)
      .when(noon, close)
      .refuses('still-owed');
    given(...part)
      .when(noon, receive(100_000))
      .records({ amountFen: 100_000, appliedFen: 95_000 } as never);
    const tooMuch = [...part, [noon, receive(100_000)]] as const;
    expect(overpaidFen(state(after(...tooMuch)))).toBe(5_000);
    given(...tooMuch)
      .when(noon, close)
      .refuses('overpaid-not-given-back');
    given(...tooMuch)
      .when(noon, giveBack(5_001))
      .refuses('not-overpaid');
    given(...tooMuch, [noon, giveBack(5_000)])
      .when(noon, close)
      .records({ type: 'recovery-closed' });
    given(...tooMuch, [noon, giveBack(5_000)], [noon, close])
      .when(noon, receive(1))
      .refuses('not-in-this-state');
  });

  test('also before it was demanded, never of tomorrow', () => {
    given(ordered)
      .when(noon, receive(195_000))
      .records({ appliedFen: 195_000 } as never);
    given(ordered, [noon, receive(195_000)])
      .when(noon, close)
      .records({ type: 'recovery-closed' });
    given(ordered).when(noon, receive(1, '2017-11-21')).refuses('in-the-future');
  });

  test('the bank sends the payment itself back: nothing is owed, and what came in is the recipient’s', () => {
    const back = [ordered, demanded, [noon, receive(50_000)], [noon, { type: 'record-return' }]] as const;
    const now = state(after(...back));
    expect([outstandingFen(now), overpaidFen(now)]).toEqual([0, 50_000]);
    given(...back, [noon, giveBack(50_000)])
      .when(noon, close)
      .records({ type: 'recovery-closed' });
  });
});

describe('lateness', () => {
  const plan = ['2017-11-06T10:00:00+08:00', demand(['2017-11-13', 100_000], ['2017-12-13', 95_000])] as const;
  const passed = (s: RecoveryState, at: string): RecoveryState => {
    const next = nextDeadline(s);
    if (!next) throw new Error('nothing is due');
    return apply(s, [at, { type: 'pass-deadline', kind: next.kind, dueAt: next.dueAt }]);
  };

  test('a day that is not covered is told; reminders every 10 working days, three in all', () => {
    let now = state(after(ordered, plan));
    expect(nextDeadline(now)).toEqual({ kind: 'recovery-payment', dueAt: '2017-11-14T00:00:00+08:00' });
    now = passed(now, '2017-11-14T00:00:05+08:00');
    expect(now.untold.at(-1)).toEqual({ about: 'reminder', n: 1 });
    expect(nextDeadline(now)).toMatchObject({ kind: 'recovery-reminder', dueAt: '2017-11-29T00:00:00+08:00' });
    now = passed(now, '2017-11-29T00:00:05+08:00');
    now = passed(now, '2017-12-14T00:00:05+08:00');
    expect(now.reminders).toBe(3);
    // No more of them; the next day of the plan is still looked at.
    expect(nextDeadline(now)).toEqual({ kind: 'recovery-payment', dueAt: '2017-12-14T00:00:00+08:00' });
  });

  test('a part that reaches the day ends the reminders; a new plan begins anew', () => {
    const late = passed(state(after(ordered, plan)), '2017-11-14T00:00:05+08:00');
    expect(nextDeadline(apply(late, [noon, receive(99_999)]))?.kind).toBe('recovery-reminder');
    expect(nextDeadline(apply(late, [noon, receive(100_000)]))).toMatchObject({ dueAt: '2017-12-14T00:00:00+08:00' });
    const changed = apply(late, [
      noon,
      { ...demand(['2018-02-01', 195_000]), type: 'change-plan' } as Parameters<typeof apply>[1][1],
    ]);
    expect(nextDeadline(changed)).toMatchObject({ kind: 'recovery-payment', dueAt: '2018-02-02T00:00:00+08:00' });
  });
});

describe('given up, enforced, handed over', () => {
  test('two people give it up; what comes after all is still booked', () => {
    given(ordered, demanded).when(noon, agree('fin2')).refuses('no-write-off');
    given(ordered, demanded, [noon, propose()]).when(noon, agree('fin1')).refuses('four-eyes');
    given(ordered, demanded, [noon, propose()]).when(noon, propose('fin2')).refuses('write-off-open');
    given(ordered, demanded, [noon, propose()])
      .when(noon, agree('fin2', false))
      .records({ type: 'write-off-declined' });
    const gone = [ordered, demanded, [noon, propose()], [noon, agree('fin2')]] as const;
    expect(state(after(...gone)).writeOff).toMatchObject({ proposedBy: 'fin1', confirmedBy: 'fin2' });
    given(...gone)
      .when(noon, receive(10))
      .records({ appliedFen: 10 } as never);
    given(...gone)
      .when(noon, close)
      .refuses('not-in-this-state');
  });

  test('everything came in meanwhile: nothing is left to give up', () => {
    const paid = [ordered, demanded, [noon, propose()], [noon, receive(195_000)]] as const;
    given(...paid)
      .when(noon, agree('fin2'))
      .refuses('no-write-off');
  });

  test('a court enforces, with or without success; a crime is handed over beside it and ends nothing', () => {
    const ask = { type: 'request-enforcement', by: 'hr', documentId: null } as never;
    const referred = { type: 'refer-crime', by: 'hr', documentId: null } as never;
    const end = (outcome: string) => ({ type: 'end-enforcement', by: 'hr', outcome }) as never;
    const before = [ordered, demanded, [noon, referred], [noon, ask]] as const;
    expect(state(after(...before))).toMatchObject({ stage: 'enforcing', crimeReferredAt: noon });
    given(...before)
      .when(noon, end('satisfied'))
      .refuses('still-owed');
    expect(state(after(...before, [noon, receive(195_000)], [noon, end('satisfied')])).stage).toBe('enforced');
    expect(state(after(...before, [noon, end('unsuccessful')])).stage).toBe('demanded');
    given(...before)
      .when(noon, referred)
      .refuses('already-referred');
  });
});

test('whatever is asked in whatever order: fen are neither made nor lost, and over means even or given up by two', () => {
  const amount = fc.integer({ min: 1, max: 250_000 });
  const who = fc.constantFrom('fin1', 'fin2');
  const command = fc.oneof(
    amount.map((n) => receive(n)),
    amount.map((n) => giveBack(n)),
    fc.constant(demand()),
    who.map((by) => propose(by)),
    fc.tuple(who, fc.boolean()).map(([by, yes]) => agree(by, yes)),
    fc.constant(close),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      let now = apply(null, ordered);
      let applied = 0;
      for (const one of commands) {
        const decision = decideRecovery(now, one, factsAt(noon));
        if ('refusal' in decision) continue;
        if (decision.event.type === 'instalment-received') applied += decision.event.appliedFen;
        now = evolveRecovery(now, parseInstant(noon), decision.event);
        expect(applied + outstandingFen(now)).toBe(now.amountFen);
        expect(now.receivedFen - now.givenBackFen).toBe(applied + overpaidFen(now));
        expect(overpaidFen(now)).toBeGreaterThanOrEqual(0);
        if (now.stage === 'closed') expect([outstandingFen(now), overpaidFen(now)]).toEqual([0, 0]);
        if (now.stage === 'written-off') expect(now.writeOff?.confirmedBy).not.toBe(now.writeOff?.proposedBy);
        if (isOver(now)) expect(nextDeadline(now)).toBeNull();
      }
    }),
  );
});
