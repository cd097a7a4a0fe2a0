import { describe, expect, test } from '@jest/globals';
import type { CaseCommand } from '../../domain/case/commands.ts';
import { decide } from '../../domain/case/decide.ts';
import { evolve } from '../../domain/case/evolve.ts';
import { type CaseState, transferOf } from '../../domain/case/state.ts';
import { movesOf } from '../../domain/fund/postings.ts';
import type { OrgCode } from '../../domain/ids.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { caseNo, factsAt, file, given, goodFile, handle, lookUp, org, review, sub, upTo } from './story.ts';

/** Which agency has the case: handed over by HRSS (N2.5), transferred (N2.1). */

const away = '220202' as OrgCode;
const askTransfer = (by = 'wang', to: OrgCode = away): CaseCommand => ({ type: 'ask-transfer', to, by: sub(by) });
const confirm = (accepted: boolean, by = 'gao'): CaseCommand => ({ type: 'confirm-transfer', by: sub(by), accepted });

/** One decision on facts of one's own. */
function decided(state: CaseState | null, at: string, command: CaseCommand, more: object = {}) {
  const facts = { ...factsAt(at), ...more };
  const decision = decide(state, command, facts);
  if ('refusal' in decision) return { refused: decision.refusal.code, events: [], state };
  let after = state;
  for (const { event } of decision.events) after = evolve(caseNo, after, { at: facts.now, event });
  return { refused: null, events: decision.events.map(({ event }) => event), state: after };
}

describe('collective, with HRSS first (N2.5)', () => {
  const collective = { ...file, channel: 'collective', throughHrss: true } as CaseCommand;
  const issuedOn = civilDate('2016-09-08');
  const handOver = (receivedOn: string): CaseCommand => ({ type: 'hand-over', receivedOn: civilDate(receivedOn) });
  const filed = decided(null, '2017-09-04T10:00:00+08:00', collective).state;
  const checked = (['insurance', 'provincial', 'national'] as const).reduce(
    (state, source) => decided(state, '2017-09-04T10:01:00+08:00', lookUp(source)).state,
    filed,
  );

  test('until HRSS has handed it over, the hand-over runs and no review', () => {
    expect(filed?.deadlines).toMatchObject([{ kind: 'handover', startedOn: '2017-09-04', dueOn: '2017-09-05' }]);
  });

  test('two dates: received starts the hand-over, handed over starts the review', () => {
    const after = decided(checked, '2017-09-06T09:00:00+08:00', handOver('2017-09-05'), { issuedOn });
    expect(after.events).toMatchObject([
      {
        type: 'handed-over',
        receivedOn: '2017-09-05',
        handover: { kind: 'handover', startedOn: '2017-09-05', dueOn: '2017-09-06' },
        review: { kind: 'review', startedOn: '2017-09-06', dueOn: '2017-09-13' },
      },
    ]);
    expect(after.state?.deadlines).toMatchObject([
      { kind: 'handover', status: 'met' },
      { kind: 'review', status: 'running' },
    ]);
    expect(after.state?.throughHrss).toEqual({ receivedOn: '2017-09-05', handedOverOn: '2017-09-06' });
    expect(after.state?.stage).toBe('review');
  });

  test('handed over after 24:00 of the working day after receipt is late, and counted', () => {
    const { state } = decided(checked, '2017-09-06T00:00:00+08:00', handOver('2017-09-04'), { issuedOn });
    expect(state?.deadlines).toMatchObject([{ kind: 'handover', status: 'met-late' }, { kind: 'review' }]);
  });

  test('N2.0 goes by the day on which HRSS received it', () => {
    const inTime = (receivedOn: string) =>
      decided(checked, '2017-09-18T09:00:00+08:00', handOver(receivedOn), { issuedOn }).state?.checks.find(
        ({ code }) => code === 'filed-in-time',
      )?.passed;
    // Issued on 2016-09-08: the last day is 2017-09-08.
    expect(inTime('2017-09-08')).toBe(true);
    expect(inTime('2017-09-11')).toBe(false);
  });

  test('once, not before it happened, and only what comes by HRSS', () => {
    const at = '2017-09-06T09:00:00+08:00';
    const { state } = decided(checked, at, handOver('2017-09-05'), { issuedOn });
    expect(decided(state, at, handOver('2017-09-05'), { issuedOn }).refused).toBe('not-to-be-handed-over');
    expect(decided(checked, at, handOver('2017-09-07'), { issuedOn }).refused).toBe('received-in-the-future');
    given(upTo('national')).when(at, handOver('2017-09-05')).refuses('not-to-be-handed-over');
  });
});

describe('transfer to the right agency (N2.1)', () => {
  const at = '2017-09-07T09:00:00+08:00';

  test('number, filing date and certificate stay; agency, fund and review clock are new', () => {
    const before = given(upTo('national')).state;
    const asked = decided(before, at, askTransfer());
    expect(asked.state).toMatchObject({ transfer: { to: away, by: 'wang', since: at } });
    const insurance = { ...goodFile.insurance, org: away };
    const taken = decided(asked.state, '2017-09-08T09:00:00+08:00', confirm(true), {
      file: { ...goodFile, insurance },
    });
    expect(taken.events.map(({ type }) => type)).toEqual(['transferred', 'checked']);
    const { state } = taken;
    expect(state).toMatchObject({ org: away, fund: '220200', stage: 'review', caseNo, filedAt: before?.filedAt });
    expect(state?.certificate).toEqual(before?.certificate);
    expect(state && transferOf(state)).toBeNull();
    expect(state?.deadlines).toMatchObject([
      { kind: 'review', startedOn: '2017-09-04', status: 'dropped' },
      { kind: 'review', startedOn: '2017-09-08', dueOn: '2017-09-15', status: 'running' },
    ]);
    expect(state?.checks.find(({ code }) => code === 'insured-place')?.passed).toBe(true);
  });

  test('nobody decides while the other agency is asked; then both signatures are new', () => {
    const asked = given([...upTo('handled'), [at, askTransfer()]]).state;
    expect(decided(asked, at, review('li', 'approve')).refused).toBe('transfer-pending');
    expect(decided(asked, at, handle('wang', 'approve')).refused).toBe('transfer-pending');
    expect(decided(asked, at, askTransfer()).refused).toBe('transfer-pending');
    expect(asked).toMatchObject({ stage: 'review', handling: null, signatures: { handler: null, reviewer: null } });
  });

  test('sent back: it stays where it was, under its own clock', () => {
    const asked = given([...upTo('national'), [at, askTransfer()]]).state;
    const { state } = decided(asked, at, confirm(false));
    expect(state).toMatchObject({ org, stage: 'review', deadlines: [{ kind: 'review', status: 'running' }] });
    expect(state && transferOf(state)).toBeNull();
    expect(decided(state, at, confirm(true)).refused).toBe('no-transfer');
  });

  test('an approved case is in review again, and the money of its fund is free', () => {
    const approved = given(upTo('approved')).state;
    const asked = decided(approved, at, askTransfer());
    expect(asked.state).toMatchObject({ stage: 'review', reservation: null });
    expect(asked.state?.deadlines).toMatchObject([
      { kind: 'review', status: 'met' },
      { kind: 'review', startedOn: '2017-09-07', status: 'running' },
    ]);
    expect(asked.events.flatMap((event) => movesOf(approved, event))).toMatchObject([
      { from: 'reserved', to: 'available' },
    ]);
  });

  test.each([
    ['listed', '2017-09-15T10:00:00+08:00'],
    ['published', '2017-09-19T10:00:00+08:00'],
    ['passed', '2017-09-26T08:00:00+08:00'],
  ] as const)('found out when it was %s: in review again, nothing left on the list or to pay here', (step, when) => {
    const before = given(upTo(step)).state;
    const asked = decided(before, when, askTransfer());
    expect(asked.state).toMatchObject({ stage: 'review', reservation: null, handling: null });
    expect(asked.state && 'entry' in asked.state).toBe(false);
    expect(asked.events.flatMap((event) => movesOf(before, event))).toMatchObject([
      { from: 'reserved', to: 'available' },
    ]);
    expect(asked.state?.deadlines.filter(({ status }) => status === 'running')).toMatchObject([{ kind: 'review' }]);
  });

  test('a review clock that was late stays counted as late, and the new one can be late too', () => {
    const late = given([
      ...upTo('national'),
      ['2017-09-12T00:00:00+08:00', { type: 'pass-deadline', kind: 'review', dueAt: dueAt() }],
      ['2017-09-12T09:00:00+08:00', askTransfer()],
    ]).state;
    const { state } = decided(late, '2017-09-12T10:00:00+08:00', confirm(true));
    expect(state?.deadlines.map(({ status }) => status)).toEqual(['met-late', 'running']);
  });

  test('two people, two agencies', () => {
    const asked = given([...upTo('national'), [at, askTransfer()]]).state;
    expect(decided(asked, at, confirm(true, 'wang')).refused).toBe('four-eyes');
    given(upTo('national')).when(at, askTransfer('wang', org)).refuses('same-agency');
    given(upTo('released')).when('2017-09-26T10:00:00+08:00', askTransfer()).refuses('not-in-this-state');
  });

  function dueAt() {
    const [deadline] = given(upTo('national')).state?.deadlines ?? [];
    if (!deadline) throw new Error('no review clock');
    return deadline.dueAt;
  }
});
