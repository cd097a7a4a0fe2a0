import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CaseState } from '../../domain/case/state.ts';
import type { CaseNo, OrgCode, RoundId, Sub } from '../../domain/ids.ts';
import { instantFromMs } from '../../domain/policy/dates.ts';
import { epochMs, type Instant } from '../../domain/time.ts';
import { prepareBatch } from '../../store/batch-prepare.ts';
import { releaseBatch } from '../../store/batch-release.ts';
import { commandCase, readCase } from '../../store/case.ts';
import { decideAgain, readOnRecord, readRules } from '../../store/decide-again.ts';
import { receiveObjection } from '../../store/objection.ts';
import type { Outcome } from '../../store/once.ts';
import { cutOff, freeze } from '../../store/cut-off.ts';
import { readRound } from '../../store/round-view.ts';
import { submitForRun } from '../../store/run.ts';
import { addBudget, beginLife, claim, decide, done, handle, type Life, publish, staff, step } from './life.ts';

/** Two at the same instant, on a real PostgreSQL, 200 times each: one outcome, the same in answers, events and rows. */

const times = 200;
const org = '220102' as OrgCode;
const complaint = { text: '不属实', contact: null };
const withdrawal = { type: 'withdraw' } as const;

let life: Life;
beforeAll(async () => {
  life = await beginLife(909);
  await life.setNow('2017-09-04T09:00:00+08:00');
  await addBudget(life, 2017, 100_000_000);
});
afterAll(async () => {
  await life.close();
});

/** Makes as many cases as there are races, a few at a time. */
async function make(one: () => Promise<CaseNo>): Promise<readonly CaseNo[]> {
  const made: CaseNo[] = [];
  for (let n = 0; n < times; n += 4) made.push(...(await Promise.all([one(), one(), one(), one()])));
  return made;
}

/** Both at once: now this one, now that one has a start of up to 3 ms. */
async function race<A, B>(n: number, one: () => Promise<A>, other: () => Promise<B>): Promise<[A, B]> {
  const headStart = n % 4;
  if (n % 2 === 0) return Promise.all([one(), sleep(headStart).then(other)]);
  return Promise.all([sleep(headStart).then(one), other()]);
}

const isDone = (outcome: Outcome<unknown>): boolean => 'done' in outcome;
const refusalOf = (outcome: Outcome<unknown>): string => ('refused' in outcome ? outcome.refused.code : '');
const stateOf = async (caseNo: CaseNo): Promise<CaseState> => (await readCase(life.store.db, caseNo)).state;

async function eventsOf(caseNo: CaseNo): Promise<readonly string[]> {
  const { rows } = await life.store.db.query<{ type: string }>(
    `SELECT body ->> 'type' AS type FROM event WHERE stream = 'case-' || $1 ORDER BY seq`,
    [caseNo],
  );
  return rows.map(({ type }) => type);
}

/** Every decision made again from what is stored, every row held against its events. */
async function everythingAgrees(caseNos: readonly CaseNo[]): Promise<void> {
  const rules = await readRules(life.store.db);
  const onRecord = await readOnRecord(life.store, caseNos);
  expect(onRecord).toHaveLength(times);
  expect(onRecord.flatMap((one) => decideAgain(one, rules).differences)).toEqual([]);
}

test('two reviewers: one signs, the other is told that it is decided', async () => {
  const caseNos = await make(() => handle(life, 'approve'));
  const won = { li: 0, chen: 0 };
  for (const [n, caseNo] of caseNos.entries()) {
    const review = (sub: 'li' | 'chen') => {
      const command = { type: 'review', by: sub as string as Sub, outcome: 'approve' } as const;
      return commandCase(life.store, claim('review'), staff(sub, 'reviewer'), { caseNo, command });
    };
    const [li, chen] = await race(
      n,
      () => review('li'),
      () => review('chen'),
    );
    expect([li, chen].filter(isDone)).toHaveLength(1);
    const winner = isDone(li) ? 'li' : 'chen';
    won[winner] += 1;
    const loser = winner === 'li' ? chen : li;
    expect(refusalOf(loser)).toBe('not-in-this-state');
    expect(loser).toMatchObject({ refused: { changed: { by: { sub: winner } } } });
    expect((await stateOf(caseNo)).signatures).toEqual({ handler: 'wang', reviewer: winner });
    expect((await eventsOf(caseNo)).filter((type) => type === 'approved')).toHaveLength(1);
  }
  expect(Math.min(won.li, won.chen)).toBeGreaterThan(0);
  await everythingAgrees(caseNos);
  for (const caseNo of caseNos)
    // the next race freezes whatever is approved
    done(await commandCase(life.store, claim('withdraw'), staff('wang', 'handler'), { caseNo, command: withdrawal }));
}, 120_000);

test('withdrawal against freeze: withdrawn before the list, or struck from it', async () => {
  const caseNos: CaseNo[] = [];
  const seen = { before: 0, after: 0 };
  for (let n = 0; n < times; n++) {
    const caseNo = await decide(life, 'approve');
    caseNos.push(caseNo);
    const wang = staff('wang', 'handler');
    const { roundId } = done(await cutOff(life.store, claim('cut-off'), wang, { org, report: null }));
    const [withdrawn, frozen] = await race(
      n,
      () => commandCase(life.store, claim('withdraw'), wang, { caseNo, command: withdrawal }),
      () => freeze(life.store, roundId, wang),
    );
    expect(isDone(withdrawn)).toBe(true);
    expect((await stateOf(caseNo)).stage).toBe('withdrawn');
    const wasListed = (await eventsOf(caseNo)).includes('listed');
    expect(frozen.entries).toBe(wasListed ? 1 : 0);
    expect((await readRound(life.store, roundId)).state.stage).toBe(wasListed ? 'reported' : 'empty');
    const { rows } = await life.store.db.query('SELECT status FROM round_entry WHERE case_no = $1', [caseNo]);
    expect(rows).toEqual(wasListed ? [{ status: 'struck' }] : []);
    seen[wasListed ? 'after' : 'before'] += 1;
  }
  expect(Math.min(seen.before, seen.after)).toBeGreaterThan(0);
  await everythingAgrees(caseNos);
}, 120_000);

/** All in one notice whose window is over at `endsAt`. */
async function inPublicity(caseNos: readonly CaseNo[]): Promise<{ roundId: RoundId; endsAt: Instant }> {
  const roundId = await publish(life);
  const ends = new Set<Instant>();
  for (const caseNo of caseNos) {
    const state = await stateOf(caseNo);
    if (state.stage === 'publicity' && state.entry.roundId === roundId) ends.add(state.window.dueAt);
  }
  const [endsAt, ...others] = ends;
  if (endsAt === undefined || others.length > 0) throw new Error('not all in one window');
  return { roundId, endsAt };
}

const askToPass = async (caseNo: CaseNo, roundId: RoundId): Promise<string> =>
  (await submitForRun(life.store, step(`case-${caseNo}`), caseNo, { type: 'pass', roundId })).refused ?? 'passed';

const shortlyBefore = (instant: Instant): Instant => instantFromMs(epochMs(instant) - 2);

test('objection against the end of the window: it holds the money, or it comes too late', async () => {
  const caseNos = await make(() => decide(life, 'approve'));
  const { roundId, endsAt } = await inPublicity(caseNos);
  const seen = { held: 0, late: 0 };
  for (const [n, caseNo] of caseNos.entries()) {
    await life.setNow(shortlyBefore(endsAt));
    const [objected, asked] = await race(
      n,
      () => receiveObjection(life.store, claim('object'), { caseNo, kind: 'objection', complaint }),
      async () => {
        // As its run does: what is refused because the window still runs is asked again.
        for (;;) {
          const answer = await askToPass(caseNo, roundId);
          if (answer !== 'window-running') return answer;
        }
      },
    );
    const state = await stateOf(caseNo);
    if (isDone(objected)) {
      seen.held += 1;
      expect(asked).toBe('held');
      expect(state).toMatchObject({ stage: 'publicity', holds: [{ kind: 'objection' }] });
      expect(state.objections.every(({ receivedAt }) => receivedAt < endsAt)).toBe(true);
    } else {
      seen.late += 1;
      expect(asked).toBe('passed');
      expect(['window-over', 'not-in-this-state']).toContain(refusalOf(objected));
      expect(state).toMatchObject({ stage: 'payable', holds: [], objections: [] });
    }
  }
  expect(Math.min(seen.held, seen.late)).toBeGreaterThan(0);
  await everythingAgrees(caseNos);
}, 120_000);

test('release against a hold: the money is out, or it stays', async () => {
  await life.setNow('2017-10-09T09:00:00+08:00');
  const { rows: left } = await life.store.db.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM cases WHERE stage = 'payable'`,
  );
  for (const { case_no: caseNo } of left)
    done(await commandCase(life.store, claim('withdraw'), staff('wang', 'handler'), { caseNo, command: withdrawal }));
  const caseNos = await make(() => decide(life, 'approve'));
  const { roundId, endsAt } = await inPublicity(caseNos);
  await life.setNow(endsAt);
  const seen = { released: 0, held: 0 };
  for (const [n, caseNo] of caseNos.entries()) {
    expect(await askToPass(caseNo, roundId)).toBe('passed');
    const prepared = done(await prepareBatch(life.store, claim('prepare'), staff('fin1', 'finance'), org));
    expect(prepared.orders).toBe(1);
    const [released, reported] = await race(
      n,
      () => releaseBatch(life.store, claim('release'), staff('fin2', 'finance'), prepared.batchId, prepared),
      () => receiveObjection(life.store, claim('report'), { caseNo, kind: 'report', complaint }),
    );
    expect(isDone(reported)).toBe(true);
    const { rows: orders } = await life.store.db.query('SELECT FROM payment_order WHERE case_no = $1', [caseNo]);
    const state = await stateOf(caseNo);
    if (isDone(released)) {
      seen.released += 1;
      expect(state).toMatchObject({ stage: 'paying', holds: [] });
      expect(orders).toHaveLength(1);
    } else {
      seen.held += 1;
      expect(refusalOf(released)).toBe('batch-changed');
      expect(state).toMatchObject({ stage: 'payable', holds: [{ kind: 'objection' }] });
      expect(orders).toEqual([]);
    }
  }
  expect(Math.min(seen.released, seen.held)).toBeGreaterThan(0);
  await everythingAgrees(caseNos);
}, 120_000);
