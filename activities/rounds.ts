import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import type { Partners } from '../config/settings.ts';
import { noticePage } from '../console/notice-page.ts';
import type { RoundId } from '../domain/ids.ts';
import type { PublicEntry } from '../domain/notice/entry.ts';
import { orgUnit } from '../domain/reference/org-units.ts';
import { readOne } from '../store/aggregate.ts';
import { noticeEntries } from '../store/notice.ts';
import { freeze, passedList, passEntries, publishEntries, roundKind, submitRoundStep } from '../store/round.ts';
import { eventsSince } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import type { RoundEvent } from '../domain/round/round.ts';
import type { RoundActivities } from '../workflows/activities.ts';
import { presentStep } from './cases.ts';
import type { Partner } from './partner.ts';
import { contentHash, isSeen, publish, takeDown } from './publisher.ts';

const entriesAtOnce = 500;

/** What a round's run asks of PostgreSQL and of the official site. */
export function roundActivities(store: Store, partners: Partners): RoundActivities {
  const site: Partner = { name: '公示网站', url: partners.publisher };
  return {
    async freezeRound({ roundId, knownSeq }) {
      const stream = roundKind.streamOf(roundId);
      await freeze(store, roundId, { kind: 'process', name: stream });
      return { events: await eventsSince<RoundEvent>(store.db, stream, knownSeq) };
    },

    async publishNotice({ roundId, knownSeq }) {
      const html = await pageOf(store, roundId);
      await publish(site, roundId, html);
      if (!(await isSeen(site, roundId, html)))
        throw ApplicationFailure.retryable('the site does not show the notice as it was sent', 'NotSeen');
      return submitRoundStep(store, presentStep(knownSeq), roundId, { type: 'see', contentHash: contentHash(html) });
    },

    publishEntries: ({ roundId }) => publishEntries(store, roundId, heartbeat),

    async passEntries({ roundId, knownSeq }) {
      await passEntries(store, roundId, heartbeat);
      const list = await passedList(store, roundId);
      return submitRoundStep(store, presentStep(knownSeq), roundId, { type: 'end-window', ...list });
    },

    submitRoundStep: ({ roundId, knownSeq, command }) =>
      submitRoundStep(store, presentStep(knownSeq), roundId, command),

    takeDownNotice: ({ roundId }) => takeDown(site, roundId),
  };
}

async function pageOf(store: Store, roundId: RoundId): Promise<string> {
  const { state } = await readOne(store.db, roundKind, roundId);
  const entries: PublicEntry[] = [];
  for (let after = 0; ;) {
    const page = await noticeEntries(store.db, store, roundId, { after, limit: entriesAtOnce });
    entries.push(...page);
    heartbeat();
    const last = page.at(-1);
    if (!last) return noticePage({ noticeId: roundId, orgName: orgUnit(state.org).name, entries });
    after = Number(last.entryId);
  }
}
