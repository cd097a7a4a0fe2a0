import { continueAsNew, defineSignal, patched, setHandler, sleep } from '@temporalio/workflow';
import type { RoundCommand } from '../domain/round/decide.ts';
import { evolveRound, type RoundEvent, runningDeadlines, type RoundState } from '../domain/round/round.ts';
import {
  freezeRound,
  moveWindows,
  passEntries,
  publishEntries,
  publishNotice,
  type RoundNews,
  submitRoundStep,
  takeDownNotice,
  watchNotice,
} from './activities.ts';
import { keepDeadlines } from './deadlines.ts';
import { Follower, type Known } from './follow.ts';
import { lookSignal } from './follow-names.ts';
import { keepLookingAgainAtEntries } from './look-again.ts';
import type { Run } from './run.ts';
import type { Instant } from '../domain/time.ts';

type Round = Follower<RoundState, RoundEvent>;

/** An entry has left the notice by its case's own event. */
const noticeChanged = defineSignal(lookSignal);

/** One publicity round (N3.2, N3.3): cut off, reported, published and seen, window over, passed list told. */
export async function publicityRound(run: Run<RoundState>): Promise<Known<RoundState>> {
  const round: Round = new Follower(run, (state, { at, event }) => evolveRound(state, at, event));
  const deadlines = keepDeadlines(round, runningDeadlines, ({ kind, dueAt }) =>
    submit(round, { type: 'pass-deadline', kind, dueAt }),
  );
  // Rounds that began before leave their cases to themselves.
  const looks = patched('look-again-at-entries') ? keepLookingAgainAtEntries(round) : null; // N3.1c
  let changes = 0;
  setHandler(noticeChanged, () => {
    changes += 1;
  });
  for (;;) {
    const { state } = round;
    const { roundId } = state;
    const knownSeq = round.seq;
    switch (state.stage) {
      case 'freezing':
        follow(round, await freezeRound({ roundId, knownSeq }));
        break;
      case 'reported':
        await round.change(); // HRSS orders the publication
        break;
      case 'publishing':
        follow(round, await publishNotice({ roundId, knownSeq })); // until it was seen on the site
        break;
      case 'public':
        await publishEntries({ roundId });
        if (patched('watched-notice')) await watch(round, () => changes);
        else await round.until(state.window.dueAt, () => true);
        if (!looks) await sleep('5 seconds'); // they ask to pass by themselves first
        // Refused: the database's clock is a little behind this one, or a new calendar is about to be told.
        if (!follow(round, await passEntries({ roundId, knownSeq: round.seq })) && looks) await sleep('5 seconds');
        break;
      case 'passed':
        await round.until(state.tellAt, () => true);
        await takeDownNotice({ roundId });
        if (!(await submit(round, { type: 'tell' }))) await sleep('1 second');
        break;
      case 'told':
      case 'empty':
        deadlines.stop();
        looks?.stop();
        return { seq: round.seq, hash: round.next.hash, state };
    }
  }
}

/**
 * Looks at the site again and again until the window is over; what was struck or given up is noticed at once. A window
 * that ends later is told to every entry (N3.2).
 */
async function watch(round: Round, changes: () => number): Promise<void> {
  let toldUntil: Instant | null = null;
  for (let nextAt: Instant | null = null; round.state.stage === 'public';) {
    const { roundId, window, announced } = round.state;
    const { dueAt } = window;
    if (dueAt !== toldUntil && (toldUntil !== null || announced)) await moveWindows({ roundId });
    toldUntil = dueAt;
    const { seq } = round;
    const known = changes();
    const at: Instant = nextAt === null || nextAt > dueAt ? dueAt : nextAt;
    const isQuiet = nextAt === null || (await round.until(at, () => round.seq === seq && changes() === known));
    if (nextAt !== null && isQuiet && at === dueAt) return;
    const { nextAt: next, ...news } = await watchNotice({ roundId, knownSeq: round.seq });
    follow(round, news);
    nextAt = next;
    if (round.isLong) await continueAsNew<typeof publicityRound>(round.next);
  }
}

async function submit(round: Round, command: RoundCommand): Promise<boolean> {
  return follow(round, await submitRoundStep({ roundId: round.state.roundId, knownSeq: round.seq, command }));
}

function follow(round: Round, news: RoundNews): boolean {
  round.take(news.events);
  return news.refused === undefined;
}
