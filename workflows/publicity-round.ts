import { sleep } from '@temporalio/workflow';
import type { RoundCommand } from '../domain/round/decide.ts';
import { evolveRound, type RoundEvent, runningDeadlines, type RoundState } from '../domain/round/round.ts';
import {
  freezeRound,
  passEntries,
  publishEntries,
  publishNotice,
  type RoundNews,
  submitRoundStep,
  takeDownNotice,
} from './activities.ts';
import { keepDeadlines } from './deadlines.ts';
import { Follower, type Known } from './follow.ts';
import type { Run } from './run.ts';

type Round = Follower<RoundState, RoundEvent>;

/** One publicity round (N3.2, N3.3): cut off, reported, published and seen, window over, passed list told. */
export async function publicityRound(run: Run<RoundState>): Promise<Known<RoundState>> {
  const round: Round = new Follower(run, (state, { at, event }) => evolveRound(state, at, event));
  const deadlines = keepDeadlines(round, runningDeadlines, ({ kind, dueAt }) =>
    submit(round, { type: 'pass-deadline', kind, dueAt }),
  );
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
        await round.until(state.window.dueAt, () => true);
        await sleep('5 seconds'); // cases ask to pass by themselves first
        follow(round, await passEntries({ roundId, knownSeq: round.seq }));
        break;
      case 'passed':
        await round.until(state.tellAt, () => true);
        await takeDownNotice({ roundId });
        if (!(await submit(round, { type: 'tell' }))) await sleep('1 second');
        break;
      case 'told':
      case 'empty':
        deadlines.stop();
        return { seq: round.seq, hash: round.next.hash, state };
    }
  }
}

async function submit(round: Round, command: RoundCommand): Promise<boolean> {
  return follow(round, await submitRoundStep({ roundId: round.state.roundId, knownSeq: round.seq, command }));
}

function follow(round: Round, news: RoundNews): boolean {
  round.take(news.events);
  return news.refused === undefined;
}
