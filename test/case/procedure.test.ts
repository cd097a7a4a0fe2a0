import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseCommand } from '../../domain/case/commands.ts';
import { decide } from '../../domain/case/decide.ts';
import type { CaseEvent, CaseEventType } from '../../domain/case/events.ts';
import { entitlementAfter } from '../../domain/case/entitlement.ts';
import { evolve } from '../../domain/case/evolve.ts';
import { eventTable } from '../../domain/case/event-table.ts';
import { commands, type Stage, stages } from '../../domain/case/procedure.ts';
import { type CaseState, nothingComesAfter } from '../../domain/case/state.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { movesOf } from '../../domain/fund/postings.ts';
import type { OrgCode } from '../../domain/ids.ts';
import {
  askReconsideration,
  caseNo,
  decideSuccession,
  lookAgain,
  merge,
  reportDeath,
  reconsider,
  fileFromElsewhere,
  goodFile,
  inspect,
  lapse,
  receiveRegistration,
  recordRegistration,
  supplement,
  decideObjection,
  factsAt,
  failed,
  file,
  handle,
  list,
  lookUp,
  object,
  paid,
  pass,
  publish,
  release,
  remindOfAccount,
  returned,
  review,
  tellInPerson,
  sub,
} from './story.ts';

const anyCommand: fc.Arbitrary<CaseCommand> = fc.oneof(
  fc.constantFrom<CaseCommand>(
    file,
    lookUp('insurance'),
    lookUp('provincial'),
    lookUp('national'),
    handle('wang', 'approve'),
    handle('wang', 'refuse', { clauses: ['N1.1'] }),
    handle('wang', 'supplement', { clauses: ['N2.2'] }),
    handle('wang', 'registration'),
    supplement,
    receiveRegistration,
    inspect('registered'),
    inspect('rejected'),
    recordRegistration,
    merge,
    reportDeath,
    decideSuccession('heirs'),
    decideSuccession('close'),
    lookAgain('national'),
    askReconsideration,
    reconsider('hr', 'overturn'),
    reconsider('hr', 'uphold'),
    reconsider('li', 'overturn'),
    reconsider('hr', 'overturn', 'court'),
    review('li', 'approve'),
    review('li', 'refuse'),
    review('li', 'return'),
    review('wang', 'approve'),
    { type: 'record-told', about: 'refusal', messageId: 'm' },
    { type: 'record-undelivered', n: 1, attempts: [] },
    tellInPerson(1, '2017-09-18'),
    list,
    publish('2017-09-18T10:00:00+08:00'),
    pass,
    object(),
    object('report'),
    decideObjection('upheld', true),
    decideObjection('upheld'),
    decideObjection('dismissed'),
    { type: 'reserve-fund' },
    { type: 'ask-transfer', to: '220202' as OrgCode, by: sub('wang') },
    { type: 'confirm-transfer', by: sub('gao'), accepted: true },
    { type: 'confirm-transfer', by: sub('gao'), accepted: false },
    release,
    paid,
    failed,
    returned,
    { type: 'correct-account' },
    remindOfAccount,
    { type: 'carry-over', fromYear: 2016 },
  ),
  { weight: 1, arbitrary: fc.constant<CaseCommand>({ type: 'withdraw' }) },
);

/** A walk through the procedure: the commands in the order in which a case would see them, with others in between. */
const anyLife = fc.tuple(
  fc.array(anyCommand, { maxLength: 60 }),
  fc.integer({ min: 0, max: 20 }),
  fc.constantFrom(0, 10_000_000),
  fc.nat({ max: 7 }),
);

const usualOrder: CaseCommand[] = [
  file,
  lookUp('insurance'),
  lookUp('provincial'),
  lookUp('national'),
  handle('wang', 'approve'),
  review('li', 'approve'),
  list,
  publish('2017-09-18T10:00:00+08:00'),
  pass,
  release,
  paid,
];

const newerCase = '220102-2017-0000002' as CaseNo;

interface Seen {
  readonly before: CaseState | null;
  readonly command: CaseCommand;
  readonly after: CaseState;
  readonly events: readonly CaseEvent[];
}

const refusedAndAsked: CaseCommand[] = [
  ...usualOrder.slice(0, 4),
  handle('wang', 'refuse', { clauses: ['N1.1'] }),
  review('li', 'refuse'),
  askReconsideration,
  lookUp('insurance'),
  lookUp('provincial'),
  lookUp('national'),
];

const orders: CaseCommand[][] = [
  usualOrder,
  [...usualOrder.slice(0, 4), handle('wang', 'refuse', { clauses: ['N1.1'] }), review('li', 'refuse')],
  [...usualOrder.slice(0, 8), object('report'), decideObjection('upheld')],
  [
    ...usualOrder.slice(0, 4),
    handle('wang', 'supplement', { clauses: ['N2.2'] }),
    lapse('supplement', '2017-10-01T00:00:00+08:00'),
  ],
  [
    ...usualOrder.slice(0, 4),
    handle('wang', 'registration'),
    receiveRegistration,
    inspect('registered'),
    recordRegistration,
    lookUp('insurance'),
    lookUp('provincial'),
    lookUp('national'),
  ],
  [
    ...usualOrder.slice(0, 4),
    handle('wang', 'registration'),
    lapse('registration-filing', '2017-10-21T00:00:00+08:00'),
  ],
  [...refusedAndAsked, reconsider('hr', 'overturn'), list],
];
/** With this one a newer case has the entitlement meanwhile. */
const overtaken = orders.push([...refusedAndAsked, reconsider('hr', 'overturn')]) - 1;
/** In this one and the next the certificate is from elsewhere. */
const fromElsewhere = 4;

function live([others, usual, availableFen, which]: [CaseCommand[], number, number, number]): Seen[] {
  const seen: Seen[] = [];
  let state: CaseState | null = null;
  let isLate = false;
  [...(orders[which] ?? []).slice(0, usual), ...others].forEach((command, index) => {
    const minute = String(index).padStart(2, '0').slice(-2);
    isLate ||= command.type === 'lapse';
    const day = isLate ? '2017-11-20' : index < 8 ? '2017-09-18' : '2017-09-27';
    const isElsewhere = which === fromElsewhere || which === fromElsewhere + 1;
    const file = isElsewhere ? fileFromElsewhere : goodFile;
    const facts = factsAt(`${day}T08:${minute}:00+08:00`, {
      availableFen,
      file,
      ...(which === overtaken ? { rival: newerCase } : {}),
    });
    const before: CaseState | null = state;
    const decision = decide(before, command, facts);
    if ('refusal' in decision) return;
    let after = before;
    for (const { event } of decision.events) after = evolve(caseNo, after, { at: facts.now, event });
    if (!after) throw new Error('nothing happened');
    seen.push({ before, command, after, events: decision.events.map(({ event }) => event) });
    state = after;
  });
  return seen;
}

describe('the procedure table', () => {
  test('decide never leaves it: stages, events and where they lead', () => {
    const visited = new Set<Stage>();
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { before, command, after, events } of live(life)) {
          const types: CaseEventType[] = events.map(({ type }) => type);
          visited.add(after.stage);
          if (command.type === 'file') continue;
          const row = commands[command.type];
          expect(row.in).toContain(before?.stage);
          for (const type of types) expect(row.events).toContain(type);
          if (before?.stage !== after.stage)
            expect(types.map((type) => eventTable[type].leadsTo)).toContain(after.stage);
        }
      }),
      { numRuns: 2_000 },
    );
    // A walk that never gets anywhere proves nothing.
    expect([...visited].sort()).toEqual(Object.keys(stages).sort());
  });

  test('invariants: reservation, holds and entitlement agree with the stage', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        let entitlement: string | null = null;
        let reservedFen = 0;
        let isFalse = false;
        for (const { before, after, events } of live(life)) {
          for (const event of events) {
            for (const { from, to, amountFen } of movesOf(before, event)) {
              if (to === 'reserved') reservedFen += amountFen;
              if (from === 'reserved') reservedFen -= amountFen;
            }
            if (event.type === 'objection-upheld') isFalse ||= event.intentional;
            // Barred stays barred (store/case-record.ts).
            if (entitlement !== 'barred') entitlement = entitlementAfter(before, event) ?? entitlement;
          }
          if (['paying', 'paid'].includes(after.stage)) expect(after.holds).toEqual([]);
          if (['withdrawn', 'lapsed', 'merged', 'cancelled', 'refused'].includes(after.stage))
            expect(after.reservation).toBeNull();
          expect(reservedFen).toBeGreaterThanOrEqual(0);
          // N4.3: a decision that found intentional falsity bars, whatever became of the case.
          if (isFalse) expect(entitlement).toBe('barred');
          else if (after.stage === 'paid') expect(entitlement).toBe('used');
          else if (['withdrawn', 'lapsed', 'merged', 'refused'].includes(after.stage))
            expect(entitlement).toBe('released');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('a case that nothing can come for is refused, paid, withdrawn, lapsed, merged or cancelled, and no other', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { after } of live(life)) {
          if (nothingComesAfter(after) !== null)
            expect(['refused', 'paid', 'withdrawn', 'lapsed', 'merged', 'cancelled']).toContain(after.stage);
        }
      }),
      { numRuns: 500 },
    );
  });
});
