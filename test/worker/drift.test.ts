import { expect, test } from '@jest/globals';
import type { Actor } from '../../domain/actor.ts';
import type { CaseEvent } from '../../domain/case/events.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { firstParting, partingInWords } from '../../store/difference.ts';
import { caseStreams, foldDifferences, foldUpTo, type StoredStream } from '../../store/stored-stream.ts';
import { knownDifferences } from '../../worker/drift.ts';
import { decide } from '../../domain/case/decide.ts';
import { apply, caseNo, factsAt, upTo } from '../case/story.ts';

const stream = `case-${caseNo}`;
const staff: Actor = { kind: 'public' };
const ownRun: Actor = { kind: 'process', name: stream };

/** The plain life up to its passing, as it would be stored; hashes are the seqs. */
function stored(outbox: readonly number[] = [], lastActor: Actor = staff): StoredStream<CaseState, CaseEvent> {
  const events: StoredStream<CaseState, CaseEvent>['events'][number][] = [];
  let state: CaseState | null = null;
  for (const step of upTo('passed')) {
    const [at, command] = step;
    const decision = decide(state, command, factsAt(at));
    if ('refusal' in decision) throw new Error(decision.refusal.code);
    for (const { event } of decision.events)
      events.push({ seq: events.length + 1, at: parseInstant(at), hash: `h${events.length + 1}`, event, actor: staff });
    state = apply(state, step);
  }
  const last = events.at(-1);
  if (!state || !last) throw new Error('a life was expected');
  events[events.length - 1] = { ...last, actor: lastActor };
  const row = { state, seq: last.seq, hash: last.hash };
  return { id: caseNo, stream, row, events, outbox: { seqs: outbox, wakes: outbox.length > 0 } };
}

const knows = (seq: number, one = stored()) => ({ seq, hash: `h${seq}`, state: foldUpTo(caseStreams, one, seq) });
const differences = (one: ReturnType<typeof stored>, known: ReturnType<typeof knows>, hasEnded = false) =>
  knownDifferences(caseStreams, one, known, hasEnded).map(({ seq, what }) => `${seq} ${what}`);

test('a run that knows everything is in order, and the row is what its events make of it', () => {
  expect(foldDifferences(caseStreams, stored())).toEqual([]);
  expect(differences(stored(), knows(10))).toEqual([]);
});

test('a run that is behind is in order while the outbox holds all that it has not heard', () => {
  expect(differences(stored([8, 9, 10]), knows(7))).toEqual([]);
  expect(differences(stored([8, 10]), knows(7))).toEqual([
    '9 its run knows 7 of 10 events, and nothing waits to tell it',
  ]);
  expect(differences(stored(), knows(7))).toEqual(['8 its run knows 7 of 10 events, and nothing waits to tell it']);
});

test('what a run that has ended recorded itself it need not have heard; an open one must', () => {
  expect(differences(stored([], ownRun), knows(9), true)).toEqual([]);
  expect(differences(stored([], ownRun), knows(9), false)).toHaveLength(1);
  expect(differences(stored(), knows(9), true)).toHaveLength(1);
});

test('a run ahead of what is recorded, on another history, or with another state is found', () => {
  expect(differences(stored(), { ...knows(10), seq: 11 })).toEqual(['11 its run knows event 11, recorded are 10']);
  expect(differences(stored(), { ...knows(10), hash: 'h9' })).toEqual([
    '10 its run knows another event under this number',
  ]);
  const state = foldUpTo(caseStreams, stored(), 10);
  expect(differences(stored(), { ...knows(10), state: state && { ...state, endedOrders: 2 } })).toEqual([
    '10 by its events endedOrders is 0, in its run it is 2',
  ]);
});

test('a stream with a gap, without events, or whose events cannot follow each other is found', () => {
  const one = stored();
  const without = (seq: number) => ({ ...one, events: one.events.filter((event) => event.seq !== seq) });
  expect(foldDifferences(caseStreams, without(4))).toEqual([{ seq: 4, what: 'event 4 is missing' }]);
  expect(foldDifferences(caseStreams, without(10))).toMatchObject([
    { what: 'the row is at 10, its last event is 9' },
    { what: expect.stringMatching(/^in the row deadlines.1 is .*, by its events it is missing$/) },
  ]);
  expect(foldDifferences(caseStreams, { ...one, events: [] })).toEqual([{ seq: 0, what: 'it has no events' }]);
  const turned = [...one.events.slice(0, 1), ...one.events.slice(1).reverse()];
  const twisted = { ...one, events: turned.map((event, index) => ({ ...event, seq: index + 1 })) };
  expect(foldDifferences(caseStreams, twisted).at(-1)?.what).toMatch(/^its events can't follow each other: /);
});

test('the first place where two values part, whatever the order of their properties', () => {
  expect(firstParting({ a: 1, b: [{ c: 'x' }] }, { b: [{ c: 'x' }], a: 1 })).toBeUndefined();
  expect(firstParting({ a: 1 }, { a: 1, b: undefined })).toBeUndefined();
  expect(firstParting({ a: [1, 2] }, { a: [1] })).toEqual({ path: 'a.1', one: 2, other: undefined });
  expect(firstParting(null, {})).toEqual({ path: '', one: null, other: {} });
  expect(firstParting([], {})).toEqual({ path: '', one: [], other: {} });
  expect(partingInWords({ path: 'a.1', one: 2, other: undefined }, 'there')).toBe('a.1 is 2, there it is missing');
  expect(partingInWords({ path: '', one: 'x'.repeat(100), other: 1 }, 'there')).toMatch(
    /^it is "x{79}…, there it is 1$/,
  );
});
