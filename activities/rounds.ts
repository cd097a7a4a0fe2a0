import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import type { Partners } from '../config/settings.ts';
import type { RoundId } from '../domain/ids.ts';
import type { RoundEvent } from '../domain/round/round.ts';
import { startOfDay } from '../domain/time.ts';
import { freeze } from '../store/cut-off.ts';
import { gapSinceLook } from '../store/look-gap.ts';
import { roundKind, type RoundNews, submitRoundStep } from '../store/round.ts';
import { endWindow, isWindowOver, moveWindows, passEntries, publishEntries } from '../store/round-entries.ts';
import { eventsSince, type RunStep } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import { nextLookAt } from '../store/visibility.ts';
import type { RoundActivities } from '../workflows/activities.ts';
import { presentStep } from './cases.ts';
import { lookAgainAtEntries } from './look-again.ts';
import { NoticeSite } from './notice-site.ts';

/** What a round's run asks of PostgreSQL and of the official site. */
export function roundActivities(store: Store, partners: Partners): RoundActivities {
  const site = new NoticeSite(store, partners.publisher);

  const newsSince = async (roundId: RoundId, seq: number): Promise<RoundNews> => ({
    events: await eventsSince<RoundEvent>(store.db, roundKind.streamOf(roundId), seq),
  });

  /** Records that nobody looked for too long, before the next look closes the gap (N3.2). @returns whether the window moved */
  async function owesLooks(step: RunStep, roundId: RoundId): Promise<boolean> {
    const gap = await gapSinceLook(store.db, store, roundId);
    if (!gap) return false;
    const { refused } = await submitRoundStep(store, step, roundId, { type: 'miss-looks', gap });
    await site.watch(roundId);
    return refused === undefined;
  }

  return {
    async freezeRound({ roundId, knownSeq }) {
      await freeze(store, roundId, { kind: 'process', name: roundKind.streamOf(roundId) });
      return newsSince(roundId, knownSeq);
    },

    async publishNotice({ roundId, knownSeq }) {
      const sent = await site.send(roundId);
      if ((await site.look(roundId, [sent])) !== 'seen')
        throw ApplicationFailure.retryable('the site does not show the notice as it was sent', 'NotSeen');
      return submitRoundStep(store, presentStep(knownSeq), roundId, { type: 'see', contentHash: sent });
    },

    async watchNotice({ roundId, knownSeq }) {
      const step = presentStep(knownSeq);
      await owesLooks(step, roundId);
      const sight = await site.watch(roundId);
      if (sight !== 'seen') await submitRoundStep(store, step, roundId, { type: 'miss', sight });
      return { ...(await newsSince(roundId, knownSeq)), nextAt: await nextLookAt(store, roundId) };
    },

    moveWindows: ({ roundId }) => moveWindows(store, roundId, heartbeat),

    publishEntries: ({ roundId }) => publishEntries(store, roundId, heartbeat),

    lookAgainAtEntries: ({ roundId, day }) =>
      lookAgainAtEntries(store, partners, presentStep(0), { roundId, from: startOfDay(day) }, heartbeat),

    async passEntries({ roundId, knownSeq }) {
      const step = presentStep(knownSeq);
      if (await owesLooks(step, roundId)) return newsSince(roundId, knownSeq);
      // Before the first page, or some would be refused and others not.
      if (!(await isWindowOver(store.db, roundId)))
        return { ...(await newsSince(roundId, knownSeq)), refused: 'window-running' };
      await passEntries(store, roundId, heartbeat);
      return endWindow(store, step, roundId);
    },

    submitRoundStep: ({ roundId, knownSeq, command }) =>
      submitRoundStep(store, presentStep(knownSeq), roundId, command),

    takeDownNotice: ({ roundId }) => site.takeDown(roundId),
  };
}
