import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import type { Partners } from '../config/settings.ts';
import { noticePage } from '../console/notice-page.ts';
import type { RoundId } from '../domain/ids.ts';
import type { PublicEntry } from '../domain/notice/entry.ts';
import { orgUnit } from '../domain/reference/org-units.ts';
import { readOne } from '../store/aggregate.ts';
import { noticeEntries, noticeStand } from '../store/notice.ts';
import { freeze } from '../store/cut-off.ts';
import { roundKind, submitRoundStep } from '../store/round.ts';
import { endWindow, moveWindows, passEntries, publishEntries } from '../store/round-entries.ts';
import { eventsSince } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import type { RoundEvent } from '../domain/round/round.ts';
import type { Sight } from '../domain/round/visibility.ts';
import type { RoundActivities } from '../workflows/activities.ts';
import { presentStep } from './cases.ts';
import { type Partner, UnexpectedAnswer } from './partner.ts';
import { lastSent, nextLookAt, recordLook } from '../store/visibility.ts';
import { contentHash, publish, shownPage, takeDown } from './publisher.ts';

const entriesAtOnce = 500;

/** What a round's run asks of PostgreSQL and of the official site. */
export function roundActivities(store: Store, partners: Partners): RoundActivities {
  const site: Partner = { name: '公示网站', url: partners.publisher };
  const hashes = new Map<RoundId, { readonly stand: string; readonly hash: string }>();

  async function send(roundId: RoundId, html: string): Promise<string> {
    const sent = contentHash(html);
    await publish(site, roundId, html);
    await recordLook(store.db, roundId, { result: 'sent', sent, shown: null });
    return sent;
  }

  /** Hash of the notice's page as it should be now; made anew only where something has happened since. */
  async function rightHash(roundId: RoundId): Promise<string> {
    const stand = await noticeStand(store.db, roundId);
    const known = hashes.get(roundId);
    if (known?.stand === stand) return known.hash;
    const hash = contentHash(await pageOf(store, roundId));
    hashes.set(roundId, { stand, hash });
    return hash;
  }

  /** What the site shows, held against the pages that are right, the latest first; kept as proof. */
  async function look(roundId: RoundId, right: readonly [string, ...string[]]): Promise<{ sight: Sight }> {
    const shown = await shownPage(site, roundId);
    const sight = shown === null ? 'away' : right.includes(shown) ? 'seen' : 'changed';
    await recordLook(store.db, roundId, { result: sight, sent: right[0], shown });
    return { sight };
  }

  return {
    async freezeRound({ roundId, knownSeq }) {
      const stream = roundKind.streamOf(roundId);
      await freeze(store, roundId, { kind: 'process', name: stream });
      return { events: await eventsSince<RoundEvent>(store.db, stream, knownSeq) };
    },

    async publishNotice({ roundId, knownSeq }) {
      const html = await pageOf(store, roundId);
      const sent = await send(roundId, html);
      const { sight } = await look(roundId, [sent]);
      if (sight !== 'seen')
        throw ApplicationFailure.retryable('the site does not show the notice as it was sent', 'NotSeen');
      return submitRoundStep(store, presentStep(knownSeq), roundId, { type: 'see', contentHash: sent });
    },

    async watchNotice({ roundId, knownSeq }) {
      const right = await rightHash(roundId);
      const standing = await lastSent(store.db, roundId);
      const sendAgain = async () => send(roundId, await pageOf(store, roundId)).catch(isAway);
      // An entry that was struck or given up disappears; until the site has the new page, the one before is right too.
      if (standing !== right) await sendAgain();
      const { sight } = await look(roundId, [right, ...(standing === null ? [] : [standing])]);
      if (sight !== 'seen') await sendAgain();
      const step = presentStep(knownSeq);
      const news =
        sight === 'seen'
          ? { events: await eventsSince<RoundEvent>(store.db, roundKind.streamOf(roundId), knownSeq) }
          : await submitRoundStep(store, step, roundId, { type: 'miss', sight });
      return { ...news, nextAt: await nextLookAt(store, roundId) };
    },

    moveWindows: ({ roundId }) => moveWindows(store, roundId, heartbeat),

    publishEntries: ({ roundId }) => publishEntries(store, roundId, heartbeat),

    async passEntries({ roundId, knownSeq }) {
      await passEntries(store, roundId, heartbeat);
      return endWindow(store, presentStep(knownSeq), roundId);
    },

    submitRoundStep: ({ roundId, knownSeq, command }) =>
      submitRoundStep(store, presentStep(knownSeq), roundId, command),

    async takeDownNotice({ roundId }) {
      hashes.delete(roundId);
      await takeDown(site, roundId);
    },
  };
}

/** A site that can't be reached is what the look finds; everything else is a fault of ours. */
function isAway(error: unknown): void {
  if (!(error instanceof ApplicationFailure) && !(error instanceof UnexpectedAnswer)) throw error;
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
